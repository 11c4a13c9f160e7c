import { Money } from '@isp/kernel';
import type { Charge } from './charges.js';
import type { DateRange, EngineLine, InvoicedCharge, InvoicedSum, LineTax } from './engine.types.js';
import { sumOfTax, taxKeyOf } from './invoiced-charges.js';
import { keptCredit } from './kept-credits.js';
import { groupOf, isKept, keptKeyOf } from './keys.js';

/**
 * The lines that make what was invoiced what it should be: new charges as they are, changed ones by their difference,
 * those that are no more by what they came to. Afterwards the lines of every key come to the charge of that key, so that
 * doing it again adds nothing. Left out are groups of charges that are in a draft, which is computed again before it is
 * issued, and those whose corrections weigh each other up.
 */
export function differences(
  charges: readonly Charge[],
  invoiced: readonly InvoicedCharge[],
  currency: string,
): EngineLine[] {
  if (invoiced.length === 0) return [...charges];
  const before = new Map(invoiced.map((charge) => [charge.key, charge]));
  const now = new Set(charges.map(({ key }) => key));
  const gone = invoiced.filter(({ key }) => !now.has(key) && !isKept(key));
  const lines = [
    ...gone.flatMap((charge) => correction(undefined, charge, currency)),
    ...charges.flatMap((charge) => {
      const known = before.get(charge.key);
      return known ? correction(charge, known, currency) : [charge];
    }),
  ];
  const groups = [...grouped(invoiced)].map(([group, own]) => new Group(group, own, currency));
  const credited = groups.filter((group) => group.isCredited);
  const due = grouped(credited.length === 0 ? [] : charges);
  const kept = credited.flatMap((group) => group.keptCredit(due.get(group.name) ?? []));
  const byGroup = grouped([...lines, ...kept]);
  const left = new Set(groups.flatMap(({ name, leaves }) => (leaves(byGroup.get(name) ?? []) ? [name] : [])));
  return [...lines, ...kept].filter(({ key }) => !left.has(groupOf(key)));
}

const correcting = (lineId: string | undefined, invoiceId: number | undefined) => ({
  correctsLineId: lineId,
  correctsInvoiceId: invoiceId,
});

type Keyed = EngineLine & { readonly key: string };

function grouped<T extends { readonly key: string }>(all: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const group = groupOf(one.key);
    const known = groups.get(group);
    if (known) known.push(one);
    else groups.set(group, [one]);
  }
  return groups;
}

/** Charges that stand for each other, some of which were invoiced before. */
class Group {
  constructor(
    readonly name: string,
    private readonly invoiced: readonly InvoicedCharge[],
    private readonly currency: string,
  ) {}

  /** Whether people took something back of it, or did before. */
  get isCredited(): boolean {
    return this.invoiced.some(({ key, credits }) => credits.length > 0 || isKept(key));
  }

  /** Whether nothing is to be written of it now. */
  readonly leaves = (lines: readonly Keyed[]): boolean => {
    if (this.invoiced.some(({ inDraft }) => inDraft)) return true;
    if (!this.sum(lines.map(({ amount }) => amount)).isZero()) return false;
    const taxes = lines.flatMap((line) => line.taxes);
    return [...keysOf(taxes)].every((tax) => sumOfTax(taxes, tax, this.currency).isZero());
  };

  /** What people credited counts against what the charges have come down to since. */
  keptCredit(charges: readonly Charge[]): Keyed[] {
    const credits = this.invoiced.flatMap((one) => one.credits);
    const key = keptKeyOf(this.name);
    const counted = this.invoiced.find((one) => one.key === key) ?? NOTHING;
    const { amount, taxes, inputs } = keptCredit({ charges, credits, counted }, this.currency);
    if (Number(amount) === 0 && taxes.length === 0) return [];
    const [{ lineId, invoiceId, serviceId, description, from, until }] = this.invoiced as [InvoicedCharge];
    const kind = isRepair(Money.of(amount, this.currency), taxes) ? 'repair' : 'adjustment';
    const range = { serviceId, description, from, until, ...correcting(lineId, invoiceId) };
    return [{ key, kind, ...range, amount, taxes, inputs: { rule: 'credited_before', ...inputs } }];
  }

  private sum(amounts: readonly string[]): Money {
    return Money.sumOfTexts(amounts, this.currency);
  }
}

const keysOf = (taxes: readonly LineTax[]): Set<string> => new Set(taxes.map(taxKeyOf));
const NOTHING: InvoicedSum = { amount: '0', taxes: [] };

function correction(should: Charge | undefined, was: InvoicedCharge, currency: string): Keyed[] {
  const money = (text: string): Money => Money.of(text, currency);
  const shouldAmount = should?.amount ?? '0';
  const amount = money(shouldAmount).minus(money(was.amount));
  const taxes = taxCorrections(should?.taxes ?? [], was.taxes, currency);
  if (amount.isZero() && taxes.length === 0) return [];
  const { key, lineId, invoiceId, serviceId, description } = was;
  return [
    {
      key,
      serviceId,
      description,
      ...correcting(lineId, invoiceId),
      ...corrected(should, was),
      kind: isRepair(amount, taxes) ? 'repair' : 'adjustment',
      amount: amount.toText(),
      taxes,
      inputs: {
        rule: 'correction',
        should: should?.inputs ?? null,
        should_amount: shouldAmount,
        invoiced_amount: was.amount,
      },
    },
  ];
}

/** The days that a correction is for. A charge that became shorter is taken back for those that it lost. */
function corrected(should: Charge | undefined, was: InvoicedCharge): DateRange {
  if (!should) return { from: was.from, until: was.until };
  const shorter = should.until !== null && (was.until === null || should.until < was.until);
  return shorter ? { from: should.endsOn ?? should.until, until: was.until } : { from: was.from, until: should.until };
}

function isRepair(amount: Money, taxes: readonly LineTax[]): boolean {
  return amount.isNegative() || (amount.isZero() && taxes.every((tax) => tax.amount.startsWith('-')));
}

function taxCorrections(should: readonly LineTax[], was: readonly LineTax[], currency: string): LineTax[] {
  const all = new Map([...was, ...should].map((tax) => [taxKeyOf(tax), tax]));
  return [...all].flatMap(([key, { code, name, percent, inclusive }]) => {
    const [wanted, invoiced] = [sumOfTax(should, key, currency), sumOfTax(was, key, currency)];
    const amount = wanted.minus(invoiced);
    if (amount.isZero()) return [];
    const figures = { should: wanted.toText(), invoiced: invoiced.toText() };
    return [{ code, name, percent, inclusive, amount: amount.toText(), correction: figures }];
  });
}
