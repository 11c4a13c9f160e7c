import type { Discount, EngineFacts, EngineLine } from '@isp/domain/billing';

// What the engine writes, and what people write over it. Specs of the engine hand it in: its parts have no door.

export type Keyed = EngineLine & { readonly key: string };
type Sum = { toText(): string };

interface Engine {
  readonly compute: (facts: EngineFacts) => {
    readonly lines: readonly EngineLine[];
    readonly net: Sum;
    readonly tax: Sum;
    readonly total: Sum;
  };
  readonly invoicedCharges: (lines: readonly Keyed[], currency: string) => EngineFacts['invoiced'];
  readonly prove: (invoice: never, unchanged: null) => { readonly proven: boolean };
}

export function writing({ compute, invoicedCharges, prove }: Engine) {
  return {
    /** The same facts after these lines were written, one after another. */
    after: (given: EngineFacts, ...written: readonly (readonly Keyed[])[]): EngineFacts => ({
      ...given,
      invoiced: invoicedCharges(written.flat(), given.account.currency),
    }),
    written: (given: EngineFacts): Keyed[] => keyed(compute(given).lines),
    shown: (given: EngineFacts): string[] =>
      compute(given).lines.map(({ kind, from, until, amount }) => `${kind} ${from} ${until ?? '-'} ${amount}`),
    total: (given: EngineFacts): string => compute(given).total.toText(),
    /** Whether the proof of a document with these lines holds. */
    proven: (given: EngineFacts): boolean => {
      const { lines, net, tax, total } = compute(given);
      const taxOf = ({ taxes }: EngineLine): string =>
        taxes.reduce((all, one) => all + Number(one.amount), 0).toFixed(3);
      const totals = { subtotalAmount: net.toText(), taxAmount: tax.toText(), totalAmount: total.toText() };
      const document = lines.map((line, index) => ({ ...line, position: index + 1, taxAmount: taxOf(line) }));
      return prove({ currency: given.account.currency, lines: document, ...totals } as never, null).proven;
    },
  };
}

export const keyed = (lines: readonly EngineLine[]): Keyed[] => lines.map((line) => ({ ...line, key: line.key ?? '' }));
/** A credit note over a part of a line, with as much of its taxes. */
export const credited = (line: Keyed, share: number): Keyed[] => {
  const part = (amount: string): string => (-Number(amount) * share).toFixed(2);
  const taxes = line.taxes.map((tax) => ({ ...tax, amount: part(tax.amount) }));
  return [{ ...line, kind: 'credit', amount: part(line.amount), taxes }];
};
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

export const taxRate = (
  percent: string,
  from: string,
  until: string | null = null,
): EngineFacts['taxRates'][number] => ({
  region: 'R',
  code: 'vat',
  name: 'VAT',
  serviceType: null,
  percent,
  inclusive: false,
  from,
  until,
});
