import { type Decimal, Money, decimal, taxOf } from '@isp/kernel';

/** What a service was in the eyes of the business from a day on; days before the month count as 0. */
export interface StatusStep {
  /** Day of the month, from 1. */
  readonly day: number;
  readonly status: string;
}

/** What a service cost from a day on. Amounts are decimal text without tax. */
export interface TermsStep {
  /** Day of the month, from 1; days before the month count as 0. */
  readonly day: number;
  readonly planId: number;
  readonly planVersion: number;
  readonly sku: string;
  readonly staticIp: boolean;
  readonly monthlyAmount: string;
  readonly currency: string;
  /** Per cent. */
  readonly taxPercent: string;
}

/** The history of one service as far as a month is concerned; steps in the order in which they happened. */
export interface ServiceMonth {
  readonly serviceId: number;
  readonly serviceGuid: string;
  readonly activationAmount: string;
  /** The day of the month on which it first worked; null when that was in another month. */
  readonly activatedOn: number | null;
  /** A part of a bundle, whose price is the bundle's. */
  readonly partOfBundle: boolean;
  readonly statuses: readonly StatusStep[];
  readonly terms: readonly TermsStep[];
}

export interface MonthTerms {
  /** Days in the month. */
  readonly days: number;
  /** What of the price days cost on which a service is suspended, in per cent. */
  readonly suspendedPercent: string;
}

export interface DayRange {
  /** Day of the month. */
  readonly from: number;
  /** Included. */
  readonly to: number;
}

export type LineKind = 'monthly' | 'suspended' | 'activation';

/** One line: a service at one price, its days, and the amount, half-up to the currency. Amounts are decimal text. */
export interface SettlementLine {
  readonly serviceId: number;
  readonly serviceGuid: string;
  readonly kind: LineKind;
  readonly planId: number;
  readonly planVersion: number;
  readonly sku: string;
  readonly staticIp: boolean;
  readonly periods: readonly DayRange[];
  readonly days: number;
  /** The price of a whole month, or of the activation. */
  readonly unitAmount: string;
  readonly percent: string;
  readonly currency: string;
  readonly net: string;
  readonly taxPercent: string;
  readonly tax: string;
  readonly gross: string;
}

export interface SettlementTotal {
  readonly currency: string;
  readonly net: string;
  readonly tax: string;
  readonly gross: string;
}

/**
 * The lines of a month. A day counts as what a service was, and costs what it cost, when the day ended: the day of an
 * activation or of a change to another plan is charged at the new price, the day of a termination is not charged.
 */
export function linesOf(services: readonly ServiceMonth[], month: MonthTerms): SettlementLine[] {
  return services.flatMap((service) => [...activation(service), ...recurring(service, month)]);
}

/** What lines, or totals of lines, come to: one total for each currency. */
export function totalsOf(lines: readonly SettlementTotal[]): SettlementTotal[] {
  const currencies = [...new Set(lines.map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = lines.filter((line) => line.currency === currency);
    const sum = (field: 'net' | 'tax' | 'gross') =>
      Money.sum(
        own.map((line) => Money.of(line[field], currency)),
        currency,
      ).toText();
    return { currency, net: sum('net'), tax: sum('tax'), gross: sum('gross') };
  });
}

interface Charge {
  readonly kind: LineKind;
  readonly terms: TermsStep;
  readonly days: number[];
}

function recurring(service: ServiceMonth, { days, suspendedPercent }: MonthTerms): SettlementLine[] {
  const charges = new Map<string, Charge>();
  for (let day = 1; day <= days; day += 1) {
    const status = latest(service.statuses, day)?.status;
    const terms = latest(service.terms, day);
    if (!terms || (status !== 'active' && status !== 'suspended')) continue;
    // Days that cost the same are one line, so that a whole month costs exactly its price.
    const kind = status === 'active' || decimal(suspendedPercent).equals(100) ? 'monthly' : 'suspended';
    const key = `${kind} ${service.terms.indexOf(terms)}`;
    const charge = charges.get(key) ?? { kind, terms, days: [] };
    charge.days.push(day);
    charges.set(key, charge);
  }
  return [...charges.values()].flatMap(({ kind, terms, days: charged }) => {
    const unit = Money.of(terms.monthlyAmount, terms.currency);
    if (service.partOfBundle && unit.isZero()) return [];
    const percent = kind === 'monthly' ? '100' : suspendedPercent;
    const share = unit.times(charged.length).times(percent).dividedBy(decimal(days).times(100));
    return [line(service, { kind, terms, days: charged }, { unit, percent, net: share.rounded() })];
  });
}

function activation(service: ServiceMonth): SettlementLine[] {
  const { activatedOn: day, activationAmount } = service;
  const terms = day === null ? undefined : latest(service.terms, day);
  if (day === null || !terms) return [];
  const unit = Money.of(activationAmount, terms.currency);
  if (unit.isZero()) return [];
  return [line(service, { kind: 'activation', terms, days: [day] }, { unit, percent: '100', net: unit.rounded() })];
}

function line(
  { serviceId, serviceGuid }: ServiceMonth,
  { kind, terms, days }: Charge,
  { unit, percent, net }: { readonly unit: Money; readonly percent: string; readonly net: Money },
): SettlementLine {
  const { planId, planVersion, sku, staticIp, currency, taxPercent } = terms;
  const tax = taxOf(net, taxPercent);
  return {
    serviceId,
    serviceGuid,
    kind,
    planId,
    planVersion,
    sku,
    staticIp,
    periods: rangesOf(days),
    days: days.length,
    unitAmount: unit.amount.toFixed(4),
    percent: thousandths(decimal(percent)),
    currency,
    net: net.toText(),
    taxPercent: thousandths(decimal(taxPercent)),
    tax: tax.toText(),
    gross: net.plus(tax).toText(),
  };
}

const thousandths = (value: Decimal): string => value.toFixed(3);

/** The step in force when a day ended. */
function latest<S extends { readonly day: number }>(steps: readonly S[], day: number): S | undefined {
  return steps.findLast((step) => step.day <= day);
}

function rangesOf(days: readonly number[]): DayRange[] {
  const ranges: DayRange[] = [];
  for (const day of days) {
    const open = ranges.at(-1);
    if (open?.to === day - 1) ranges[ranges.length - 1] = { from: open.from, to: day };
    else ranges.push({ from: day, to: day });
  }
  return ranges;
}
