import { currencyDecimals } from '@isp/kernel';
import { CsvError } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { type ParsedEntry, amountIn, dayIn, oneLine, saidOf, tidy, unreadable } from './parsed-entry.js';

export const DATE_FORMATS = ['YYYY-MM-DD', 'DD.MM.YYYY', 'DD/MM/YYYY', 'MM/DD/YYYY'] as const;

/** Where a bank's CSV file keeps what: names of its columns. */
export interface CsvMapping {
  readonly bankAccount: string;
  readonly currency: string;
  readonly delimiter: ',' | ';' | '\t';
  readonly decimalMark: '.' | ',';
  readonly dateFormat: (typeof DATE_FORMATS)[number];
  readonly columns: {
    readonly date: string;
    readonly amount: string;
    readonly reference?: string | undefined;
    readonly payerName?: string | undefined;
    readonly payerAccount?: string | undefined;
    readonly remittance?: string | undefined;
    readonly endToEndId?: string | undefined;
  };
}

/** The rows of a CSV file (RFC 4180, UTF-8, a header line). @throws `billing.statement.unreadable` */
export function entriesOfCsv(text: string, mapping: CsvMapping): ParsedEntry[] {
  const { columns, delimiter, bankAccount, currency } = mapping;
  if (bankAccount === '' || currency === '')
    unreadable('of a CSV file the bank account and the currency must be given');
  const wanted = Object.values(columns).filter((name) => name !== undefined);
  return rowsOf(text, delimiter, wanted).map((row, index) => {
    const where = `row ${index + 2}`;
    const raw = (name: string | undefined) => (name === undefined ? undefined : row[name]);
    const cell = (name: string | undefined) => tidy(raw(name));
    const { payerName, payerAccount, remittance, endToEndId } = columns;
    return {
      bankAccount,
      currency,
      bankReference: oneLine(raw(columns.reference)),
      bookedOn: dayIn(isoDay(row[columns.date] ?? '', mapping.dateFormat), where),
      amount: amountIn(plainAmount(row[columns.amount] ?? '', mapping, where), currency, where),
      // CSV has no word for it.
      isReturn: false,
      returnedAmount: null,
      payerName: cell(payerName),
      payerAccount: cell(payerAccount),
      remittance: cell(remittance) ?? '',
      endToEndId: cell(endToEndId),
      said: [saidOf(raw(payerName)), saidOf(raw(payerAccount)), saidOf(raw(remittance)) ?? '', saidOf(raw(endToEndId))],
    };
  });
}

/** @throws `billing.statement.unreadable` also where a wanted column is missing, or there twice */
function rowsOf(text: string, delimiter: string, wanted: readonly string[]): Record<string, string>[] {
  let header: readonly string[] = [];
  const columns = (names: string[]): string[] => {
    header = names;
    return names;
  };
  const check = (): void => {
    const missing = wanted.filter((name) => !header.includes(name));
    if (missing.length > 0) unreadable(`it has no column ${missing.join(', ')}`);
    const twice = wanted.find((name) => header.indexOf(name) !== header.lastIndexOf(name));
    if (twice !== undefined) unreadable(`it has the column ${twice} more than once`);
  };
  try {
    const rows = parse(text, { bom: true, columns, delimiter, skip_empty_lines: true, trim: true });
    check();
    return rows as unknown as Record<string, string>[];
  } catch (error) {
    if (error instanceof CsvError) unreadable(error.message);
    throw error;
  }
}

function isoDay(text: string, format: CsvMapping['dateFormat']): string {
  if (format === 'YYYY-MM-DD') return text;
  const [first = '', second = '', year = ''] = text.trim().split(/[./]/);
  const [day, month] = format === 'MM/DD/YYYY' ? [second, first] : [first, second];
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

// The whole number plain or in groups of three, all divided by the same sign.
const AMOUNTS = {
  '.': /^([+-]?)(\d+|[1-9]\d{0,2}([,\s'’])\d{3}(?:\3\d{3})*)(?:\.(\d+))?$/,
  ',': /^([+-]?)(\d+|[1-9]\d{0,2}([.\s'’])\d{3}(?:\3\d{3})*)(?:,(\d+))?$/,
} as const;

/**
 * An amount as the mapping says that it is written. Nothing is guessed: 1,234 is a thousand here and a little over one
 * there, so zeros at the end count as decimals too. @throws `billing.statement.unreadable`
 */
function plainAmount(text: string, { decimalMark, currency }: CsvMapping, where: string): string {
  const found = AMOUNTS[decimalMark].exec(text.trim());
  if (!found) unreadable(`${where} has no amount with the decimal mark ${decimalMark}`);
  const [, sign, whole = '', , decimals = ''] = found;
  const most = currencyDecimals(currency);
  if (decimals.length > most) unreadable(`${where} has an amount with more than ${most} decimals`);
  const digits = whole.replace(/\D/g, '') + (decimals && `.${decimals}`);
  return sign === '-' ? `-${digits}` : digits;
}

/** A mapping as text that is the same for the same one. */
export function textOf({ bankAccount, currency, delimiter, decimalMark, dateFormat, columns }: CsvMapping): string {
  const { date, amount, reference, payerName, payerAccount, remittance, endToEndId } = columns;
  const named = [date, amount, reference, payerName, payerAccount, remittance, endToEndId].map((name) => name ?? null);
  return JSON.stringify([bankAccount, currency, delimiter, decimalMark, dateFormat, ...named]);
}
