import { Money } from '@isp/kernel';
import type { EngineLine, InvoicedCharge, InvoicedSum, LineTax } from './engine.types.js';
import { groupOf } from './keys.js';

/** A line that was written, of a document that stands. */
export type WrittenLine = Pick<
  EngineLine,
  'kind' | 'serviceId' | 'description' | 'from' | 'until' | 'amount' | 'taxes'
> & {
  /** Of the line itself, or of the line that a credit note takes back. */
  readonly key: string;
  readonly lineId?: string;
  readonly invoiceId?: number;
  /** Of a document that is not issued yet. */
  readonly draft?: boolean;
};

/** What tells a tax from the others of a line. */
export const taxKeyOf = ({ code, percent, inclusive }: LineTax): string => `${code} ${Number(percent)} ${inclusive}`;

function added(left: readonly LineTax[], right: readonly LineTax[], currency: string): readonly LineTax[] {
  if (right.length === 0) return left;
  const sums = new Map<string, LineTax>();
  for (const tax of [...left, ...right]) {
    const { code, name, percent, inclusive, amount } = tax;
    const key = taxKeyOf(tax);
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

const begun = ({ key, lineId, invoiceId, serviceId, description, from, until }: WrittenLine): InvoicedCharge => {
  const nothing = { amount: '0', taxes: [], credited: '0', creditedTaxes: [], whenCredited: null, inDraft: false };
  return { key, lineId, invoiceId, serviceId, description, from, until, ...nothing };
};

/** What was invoiced, by key, from the lines in the order in which they were written. */
export function invoicedCharges(lines: readonly WrittenLine[], currency: string): InvoicedCharge[] {
  const plus = (left: string, right: string): string =>
    Money.of(left, currency).plus(Money.of(right, currency)).toText();
  const charges = new Map<string, InvoicedCharge>();
  for (const line of lines) {
    const { key, amount, taxes, kind, draft = false } = line;
    const was = charges.get(key) ?? begun(line);
    const inDraft = was.inDraft || draft;
    if (kind === 'credit') {
      const credited = plus(was.credited, amount);
      const creditedTaxes = added(was.creditedTaxes, taxes, currency);
      charges.set(key, { ...was, inDraft, credited, creditedTaxes });
      noteCredited(charges, groupOf(key));
    } else {
      const sums = { amount: plus(was.amount, amount), taxes: added(was.taxes, taxes, currency) };
      charges.set(key, { ...was, inDraft, until: extent(was, line), ...sums });
    }
  }
  return [...charges.values()];
}

/** Something of a group was credited: that was all that it came to by then. */
function noteCredited(charges: Map<string, InvoicedCharge>, group: string): void {
  for (const [key, charge] of charges) {
    if (groupOf(key) !== group) continue;
    const whenCredited: InvoicedSum = { amount: charge.amount, taxes: charge.taxes };
    charges.set(key, { ...charge, whenCredited });
  }
}
