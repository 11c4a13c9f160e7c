import type { Discount, EngineFacts, EngineLine, TaxRate } from '../../libs/domain/billing/engine/engine.types.js';
import { compute } from '../../libs/domain/billing/engine/compute.js';
import { type WrittenLine, invoicedCharges } from '../../libs/domain/billing/engine/invoiced-charges.js';
import { prove } from '../../libs/domain/billing/invoices/proof.js';

// What the engine writes, and what people write over it.

export const keyed = (lines: readonly EngineLine[]): WrittenLine[] =>
  lines.map((line) => ({ ...line, key: line.key ?? '' }));
/** The same facts after these lines were written, one after another. */
export const after = (given: EngineFacts, ...written: readonly WrittenLine[][]): EngineFacts => ({
  ...given,
  invoiced: invoicedCharges(written.flat(), given.account.currency),
});
export const shown = (given: EngineFacts): string[] =>
  compute(given).lines.map(({ kind, from, until, amount }) => `${kind} ${from} ${until ?? '-'} ${amount}`);
export const total = (given: EngineFacts): string => compute(given).total.toText();
/** A credit note over a part of a line, with as much of its taxes. */
export const credited = (line: WrittenLine, share: number): WrittenLine[] => {
  const part = (amount: string): string => (-Number(amount) * share).toFixed(2);
  const taxes = line.taxes.map((tax) => ({ ...tax, amount: part(tax.amount) }));
  return [{ ...line, kind: 'credit', amount: part(line.amount), taxes }];
};
/** Whether the proof of a document with these lines holds. */
export function proven(given: EngineFacts): boolean {
  const { lines, net, tax, total: sum } = compute(given);
  const taxOf = ({ taxes }: EngineLine): string => taxes.reduce((all, one) => all + Number(one.amount), 0).toFixed(2);
  const totals = { subtotalAmount: net.toText(), taxAmount: tax.toText(), totalAmount: sum.toText() };
  const written = lines.map((line, index) => ({ ...line, position: index + 1, taxAmount: taxOf(line) }));
  return prove({ currency: 'USD', lines: written, ...totals } as never, null).proven;
}
export const discount = (change: Partial<Discount>): Discount => ({
  id: 1,
  serviceId: null,
  name: 'D',
  percent: null,
  monthlyAmount: null,
  from: '2025-01-01',
  until: null,
  ...change,
});

export const taxRate = (percent: string, from: string, until: string | null = null): TaxRate => ({
  region: 'R',
  code: 'vat',
  name: 'VAT',
  serviceType: null,
  percent,
  inclusive: false,
  from,
  until,
});
