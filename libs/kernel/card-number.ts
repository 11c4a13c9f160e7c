/** What people put between the groups of a number. */
const BETWEEN = String.raw`(?: ?[-./_·] ?| )`;
/** How cards group their digits: in one, in fours, or as American Express and Diners Club do. Each alone, so that one may be part of another. */
const GROUPINGS = [
  String.raw`(?<!\d[.,])\d{14,19}`,
  String.raw`\d{4}(?:${BETWEEN}\d{4}){3}${BETWEEN}\d{1,3}`,
  String.raw`\d{4}(?:${BETWEEN}\d{4}){3}`,
  String.raw`\d{4}${BETWEEN}\d{6}${BETWEEN}\d{4,5}`,
].map((digits) => new RegExp(String.raw`(?<!\d)(?=(${digits})(?!\d))`, 'g'));
/** An account number of ISO 13616, whose digits may look like those of a card. */
const IBAN = /\b[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,3})?\b/gi;

interface Place {
  readonly from: number;
  readonly until: number;
}

/**
 * Whether text holds what may be a card number (ISO/IEC 7812 with a Luhn check digit), in one or grouped as on a card.
 * Those of 13 digits, which nobody issues any more, are phone numbers. Takes time in proportion to the text.
 */
export function holdsCardNumber(text: string): boolean {
  return cardNumbersIn(plainOf(text)).length > 0;
}

/** The text with all but the last four digits of every possible card number hidden; then in one line, and in plain signs. */
export function hideCardNumbers(text: string): string {
  const plain = plainOf(text);
  const found = cardNumbersIn(plain);
  if (found.length === 0) return text;
  return found.reduceRight((hidden, { from, until }) => {
    const number = hidden.slice(from, until).replace(/\d(?=(?:\D*\d){4})/g, '*');
    return hidden.slice(0, from) + number + hidden.slice(until);
  }, plain);
}

/** Digits, blanks and dashes of every script as those of ASCII; what cannot be seen is left out. */
function plainOf(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Pd}/gu, '-')
    .replace(/\s+/g, ' ')
    .replace(/(?![0-9])\p{Nd}/gu, digitOf);
}

/** The digits of a script stand in a row, from nought to nine (Unicode, 4.6). */
function digitOf(sign: string): string {
  const code = sign.codePointAt(0) as number;
  let zero = code;
  while (code - zero < 9 && /^\p{Nd}$/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(code - zero);
}

function cardNumbersIn(text: string): Place[] {
  const withoutIbans = text.replace(IBAN, (iban) => (isIban(iban) ? 'x'.repeat(iban.length) : iban));
  const places = GROUPINGS.flatMap((grouping) =>
    [...withoutIbans.matchAll(grouping)]
      .filter(({ 1: number = '' }) => isCardNumber(number.replace(/\D/g, '')))
      .map(({ 1: number = '', index }) => ({ from: index, until: index + number.length })),
  ).sort((one, other) => one.from - other.from || other.until - one.until);
  let end = 0;
  return places.filter(({ from, until }) => {
    const apart = from >= end;
    if (apart) end = until;
    return apart;
  });
}

// American Express has 15 digits and Diners Club 14, all others 16 to 19. What else has 15 is the IMEI of a telephone. Of
// those that begin with 2 (Mir, Mastercard) and 3 (JCB) few are issued: years and numbers of documents begin so too.
const NUMBERED =
  /^(?:[4-6]\d{15,18}|2(?:20[0-4]|22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12,15}|35(?:2[89]|[3-8]\d)\d{12,15}|3[47]\d{13}|3[0689]\d{12})$/;

function isCardNumber(digits: string): boolean {
  if (!NUMBERED.test(digits)) return false;
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The check digits of ISO 7064, mod 97-10. */
function isIban(text: string): boolean {
  const moved = text.replace(/[ -]/g, '');
  const digits = [...moved.slice(4), ...moved.slice(0, 4)].map((sign) => parseInt(sign, 36)).join('');
  return BigInt(digits) % 97n === 1n;
}
