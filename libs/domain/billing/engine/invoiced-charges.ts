import { Money } from '@isp/kernel';
import type { EngineLine, InvoicedCharge, LineTax } from './engine.types.js';

/** A line that was written, of a document that stands. */
export type WrittenLine = Pick<
  EngineLine,
  'kind' | 'serviceId' | 'description' | 'from' | 'until' | 'amount' | 'taxes'
> & {
  /** Of the line itself, or of the line that a credit note takes back. */
  readonly key: string;
};

function added(left: readonly LineTax[], right: readonly LineTax[], currency: string): LineTax[] {
  const sums = new Map<string, LineTax>();
  for (const { code, name, percent, inclusive, amount } of [...left, ...right]) {
    const key = `${code} ${Number(percent)} ${inclusive}`;
    const sum = Money.of(sums.get(key)?.amount ?? '0', currency).plus(Money.of(amount, currency));
    sums.set(key, { code, name, percent, inclusive, amount: sum.toText() });
  }
  return [...sums.values()];
}

/** The days that a charge covers after one more line of it. */
function extent(was: InvoicedCharge, line: WrittenLine): string | null {
  if (line.kind === 'repair') return line.from > was.from ? line.from : was.until;
  return line.until ?? was.until;
}

/** What was invoiced, by key, from the lines in the order in which they were written. */
export function invoicedCharges(lines: readonly WrittenLine[], currency: string): InvoicedCharge[] {
  const plus = (left: string, right: string): string =>
    Money.of(left, currency).plus(Money.of(right, currency)).toText();
  const charges = new Map<string, InvoicedCharge>();
  for (const line of lines) {
    const { key, serviceId, description, from, until, amount, taxes, kind } = line;
    const empty = {
      key,
      serviceId,
      description,
      from,
      until,
      amount: '0',
      taxes: [],
      credited: '0',
      creditedTaxes: [],
    };
    const was: InvoicedCharge = charges.get(key) ?? empty;
    charges.set(
      key,
      kind === 'credit'
        ? { ...was, credited: plus(was.credited, amount), creditedTaxes: added(was.creditedTaxes, taxes, currency) }
        : {
            ...was,
            until: extent(was, line),
            amount: plus(was.amount, amount),
            taxes: added(was.taxes, taxes, currency),
          },
    );
  }
  return [...charges.values()];
}
