/**
 * What a customer's bank needs to pay an invoice: a creditor reference that survives typing (ISO 11649), and the QR code
 * of the European Payments Council (EPC069-12, version 002) that banking apps read.
 */

/** A letter as the two digits that ISO 7064 counts with. */
const digitsOf = (text: string): string =>
  [...text].map((one) => (/\d/.test(one) ? one : String(one.charCodeAt(0) - 55))).join('');

/** What is left of a long number divided by 97. */
const mod97 = (digits: string): number => [...digits].reduce((rest, digit) => (rest * 10 + Number(digit)) % 97, 0);

/**
 * The creditor reference of a document (ISO 11649): RF, two check digits, and its number without what is no letter or
 * digit; undefined where that is longer than the 21 characters there are.
 */
export function creditorReference(number: string): string | undefined {
  const body = number.toUpperCase().replace(/[^0-9A-Z]/g, '');
  if (body.length === 0 || body.length > 21) return undefined;
  const check = 98 - mod97(digitsOf(`${body}RF00`));
  return `RF${String(check).padStart(2, '0')}${body}`;
}

/** Whether an IBAN (ISO 13616) or a creditor reference has the check digits that it should. */
export function hasCheckDigits(text: string): boolean {
  return /^[A-Z]{2}\d{2}[A-Z0-9]{1,30}$/.test(text) && mod97(digitsOf(text.slice(4) + text.slice(0, 4))) === 1;
}

/** Groups of four, as people read long numbers. */
export const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');

export interface CreditTransfer {
  readonly name: string;
  readonly iban: string;
  readonly bic: string | null;
  /** Euro, decimal text with two decimals. */
  readonly amount: string;
  /** A creditor reference, or whatever else the payer is to write. */
  readonly reference: string;
}

/** The text of the QR code of a credit transfer in euro; undefined for what it cannot express (nothing, or above 999999999.99). */
export function epcText({ name, iban, bic, amount, reference }: CreditTransfer): string | undefined {
  if (!/^\d{1,9}\.\d{2}$/.test(amount) || Number(amount) === 0) return undefined;
  const structured = /^RF\d{2}/.test(reference) && hasCheckDigits(reference);
  const texts = structured ? [reference, ''] : ['', reference.slice(0, 140)];
  const payee = name.slice(0, 70);
  return ['BCD', '002', '1', 'SCT', bic ?? '', payee, iban, `EUR${amount}`, '', ...texts].join('\n').trimEnd();
}
