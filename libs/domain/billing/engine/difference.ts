import { Money } from '@isp/kernel';
import { correctionOf } from './arithmetic.js';
import type { Charge } from './charges.js';
import type { EngineLine, InvoicedCharge, LineTax } from './engine.types.js';

const taxKey = ({ code, percent, inclusive }: LineTax): string => `${code} ${Number(percent)} ${inclusive}`;

/**
 * The lines that make what was invoiced what it should be: new charges as they are, changed ones by their difference,
 * those that are no more by what they came to. Afterwards the lines of every key come to the charge of that key, so that
 * doing it again adds nothing.
 */
export function differences(
  charges: readonly Charge[],
  invoiced: readonly InvoicedCharge[],
  currency: string,
): EngineLine[] {
  const before = new Map(invoiced.map((charge) => [charge.key, charge]));
  const now = new Set(charges.map(({ key }) => key));
  const gone = invoiced.filter(({ key }) => !now.has(key));
  return [
    ...gone.flatMap((charge) => correction(undefined, charge, currency)),
    ...charges.flatMap((charge) => {
      const known = before.get(charge.key);
      return known ? correction(charge, known, currency) : [charge];
    }),
  ];
}

function correction(should: Charge | undefined, was: InvoicedCharge, currency: string): EngineLine[] {
  const money = (text: string): Money => Money.of(text, currency);
  const shouldAmount = should?.amount ?? '0';
  const amount = correctionOf(money(shouldAmount), money(was.amount), money(was.credited));
  const taxes = taxCorrections(should?.taxes ?? [], was, currency);
  if (amount.isZero() && taxes.length === 0) return [];
  const { key, serviceId, description } = was;
  // A charge that became shorter is taken back for the days that it lost.
  const shorter = should !== undefined && should.until !== null && (was.until === null || should.until < was.until);
  const range = shorter ? { from: should.until, until: was.until } : { from: was.from, until: (should ?? was).until };
  return [
    {
      key,
      serviceId,
      description,
      ...range,
      kind: isRepair(amount, taxes) ? 'repair' : 'adjustment',
      amount: amount.toText(),
      taxes,
      inputs: {
        rule: 'correction',
        should: should?.inputs ?? null,
        should_amount: shouldAmount,
        invoiced_amount: was.amount,
        credited_amount: was.credited,
      },
    },
  ];
}

function isRepair(amount: Money, taxes: readonly LineTax[]): boolean {
  return amount.isNegative() || (amount.isZero() && taxes.every((tax) => tax.amount.startsWith('-')));
}

function taxCorrections(should: readonly LineTax[], was: InvoicedCharge, currency: string): LineTax[] {
  const all = new Map([...was.taxes, ...should].map((tax) => [taxKey(tax), tax]));
  const sum = (taxes: readonly LineTax[], key: string): Money =>
    Money.sum(
      taxes.filter((tax) => taxKey(tax) === key).map(({ amount }) => Money.of(amount, currency)),
      currency,
    );
  return [...all].flatMap(([key, { code, name, percent, inclusive }]) => {
    const [wanted, invoiced] = [sum(should, key), sum(was.taxes, key)];
    const credited = sum(was.creditedTaxes, key);
    const amount = correctionOf(wanted, invoiced, credited);
    if (amount.isZero()) return [];
    const figures = { should: wanted.toText(), invoiced: invoiced.toText(), credited: credited.toText() };
    return [{ code, name, percent, inclusive, amount: amount.toText(), correction: figures }];
  });
}
