import { Money } from '@isp/kernel';
import type { EngineLine, InvoicedCharge, InvoicedSum, LineTax } from './engine.types.js';
import { groupOf, isKept } from './keys.js';

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

/** What of a tax is in several. */
export const sumOfTax = (taxes: readonly LineTax[], key: string, currency: string): Money =>
  Money.sumOfTexts(
    taxes.filter((tax) => taxKeyOf(tax) === key).map(({ amount }) => amount),
    currency,
  );

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
  const nothing = { amount: '0', taxes: [], credits: [], inDraft: false };
  return { key, lineId, invoiceId, serviceId, description, from, until, ...nothing };
};

/** An amount with those of its taxes that are within it: what a price was. */
export function priceOf({ amount, taxes }: InvoicedSum, currency: string): Money {
  const within = taxes.filter(({ inclusive }) => inclusive).map((tax) => tax.amount);
  return Money.sumOfTexts([amount, ...within], currency);
}

/** What was invoiced, by key, from the lines in the order in which they were issued, drafts last. */
export function invoicedCharges(lines: readonly WrittenLine[], currency: string): InvoicedCharge[] {
  const charges = new Map<string, InvoicedCharge>();
  const groups = pricesOfCredited(lines, currency);
  for (const [number, line] of lines.entries()) {
    const { key, amount, taxes, kind, draft = false } = line;
    const was = charges.get(key) ?? begun(line);
    const inDraft = was.inDraft || draft;
    const group = groups.get(groupOf(key));
    if (kind === 'credit') {
      const credit = { number, amount, taxes, was: group?.toText() ?? '0' };
      charges.set(key, { ...was, inDraft, credits: [...was.credits, credit] });
    } else {
      const sum = Money.of(was.amount, currency).plus(Money.of(amount, currency)).toText();
      const sums = { amount: sum, taxes: added(was.taxes, taxes, currency) };
      charges.set(key, { ...was, inDraft, until: extent(was, line), ...sums });
      if (group && !isKept(key)) groups.set(groupOf(key), group.plus(priceOf(line, currency)));
    }
  }
  return [...charges.values()];
}

/** A sum for each group of which something was credited. */
function pricesOfCredited(lines: readonly WrittenLine[], currency: string): Map<string, Money> {
  const credits = lines.filter(({ kind }) => kind === 'credit');
  return new Map(credits.map(({ key }) => [groupOf(key), Money.zero(currency)]));
}
