import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Money, addDays } from '@isp/kernel';
import { HISTORIES } from '../../../../test/support/histories.js';
import { creditOf } from '../invoices/credit.policy.js';
import { chargesDue } from './charges.js';
import { compute, dueInAll } from './compute.js';
import type { EngineFacts, EngineLine, ServiceFacts } from './engine.types.js';
import { invoicedCharges, priceOf, taxKeyOf } from './invoiced-charges.js';
import { groupOf } from './keys.js';

const PATIENCE_MS = 60_000 + HISTORIES * 100;
const ZONES = [
  'UTC',
  'Pacific/Kiritimati',
  'Asia/Kolkata',
  'America/St_Johns',
  'America/New_York',
  'Australia/Lord_Howe',
];
const BEGIN = Date.parse('2024-01-15T00:00:00Z');

const instant = fc.integer({ min: 0, max: 400 * 24 * 60 }).map((minutes) => new Date(BEGIN + minutes * 60_000));
const amount = fc.integer({ min: 0, max: 5_000_000 }).map((units) => (units / 10_000).toFixed(4));
const service = fc
  .record({
    serviceId: fc.integer({ min: 1, max: 3 }),
    activatedAt: instant,
    life: fc.option(fc.integer({ min: 1, max: 500_000 })),
    activationAmount: amount,
    changes: fc.array(fc.record({ at: instant, planId: fc.integer({ min: 1, max: 3 }), monthlyAmount: amount }), {
      maxLength: 4,
    }),
    monthlyAmount: amount,
    taxPercent: fc.constantFrom('0', '8', '15', '9.975'),
    usage: fc.uniqueArray(
      fc.record({ day: fc.integer({ min: 0, max: 400 }), gigabytes: fc.integer({ min: 0, max: 400 }) }),
      {
        selector: ({ day }) => day,
        maxLength: 4,
      },
    ),
    blocks: fc.array(
      fc.record({
        cause: fc.constantFrom('pause', 'payment'),
        from: instant,
        minutes: fc.option(fc.integer({ min: 1, max: 90_000 })),
      }),
      { maxLength: 2 },
    ),
  })
  .map(({ life, changes, blocks, usage, activatedAt, monthlyAmount, taxPercent, ...rest }): ServiceFacts => {
    const price = (at: Date, planId: number, monthly: string) => ({
      at,
      planId,
      planVersion: 1,
      planName: `P${planId}`,
      monthlyAmount: monthly,
      taxPercent,
      dataLimitGb: 100,
    });
    const first = price(new Date(activatedAt.getTime() - 1), 1, monthlyAmount);
    const byInstant = new Map(
      changes.map((change) => [change.at.getTime(), price(change.at, change.planId, change.monthlyAmount)]),
    );
    return {
      ...rest,
      serviceType: 'internet',
      activatedAt,
      terminatedAt: life === null ? null : new Date(activatedAt.getTime() + life * 60_000),
      contract: { months: 6, earlyTerminationAmount: '25' },
      prices: [first, ...byInstant.values()],
      blocks: blocks.map(({ cause, from, minutes }) => ({
        cause,
        from,
        until: minutes === null ? null : new Date(from.getTime() + minutes * 60_000),
      })),
      windows: [{ from: '0001-01-01', until: null }],
      usage: usage.map(({ day, gigabytes }) => ({
        on: addDays('2024-01-15', day),
        bytes: `${gigabytes}123456789`,
      })),
    };
  });
const history = fc.uniqueArray(service, { selector: ({ serviceId }) => serviceId, minLength: 1, maxLength: 3 });
const terms = fc.record({
  inclusive: fc.boolean(),
  currency: fc.constantFrom('USD', 'USD', 'JPY', 'KWD'),
  timeZone: fc.constantFrom(...ZONES),
  cycleMonths: fc.constantFrom(1, 3, 12),
  billingDay: fc.integer({ min: 1, max: 28 }),
  timing: fc.constantFrom('advance' as const, 'arrears' as const),
  proration: fc.constantFrom('day' as const, 'second' as const),
  discount: fc.option(fc.constantFrom('10', '33.3333', '100')),
  other: fc.option(fc.record({ monthlyAmount: amount, day: fc.integer({ min: 0, max: 300 }) })),
  exemptFrom: fc.option(fc.integer({ min: 0, max: 300 }).map((days) => addDays('2024-02-10', days))),
  policy: fc.record({
    start: fc.constantFrom('prorate' as const, 'full' as const, 'free' as const),
    upgrade: fc.constantFrom('prorate' as const, 'next_period' as const),
    downgrade: fc.constantFrom('prorate' as const, 'next_period' as const),
    pause: fc.constantFrom('credit' as const, 'charge' as const),
    suspension: fc.constantFrom('credit' as const, 'charge' as const),
    termination: fc.constantFrom('prorate' as const, 'full' as const),
    earlyTermination: fc.constantFrom('charge' as const, 'waive' as const),
    overageAmount: fc.option(fc.constantFrom('2', '0.0333')),
  }),
});
type Terms = typeof terms extends fc.Arbitrary<infer T> ? T : never;

function facts(
  { currency: of, inclusive, timeZone, discount, other, exemptFrom, policy, ...rest }: Terms,
  services: readonly ServiceFacts[],
  targetOn: string,
): EngineFacts {
  const startsOn = '2024-02-10';
  currency = of;
  // Other services, other rates: they come late.
  const percent = services[0]?.prices[0]?.taxPercent ?? '0';
  const named = { serviceId: null, name: 'D', percent: null, monthlyAmount: null };
  const discounts = [
    ...(discount === null ? [] : [{ ...named, id: 1, percent: discount, from: '2024-05-07', until: '2024-11-20' }]),
    ...(other === null
      ? []
      : [{ ...named, id: 2, monthlyAmount: other.monthlyAmount, from: addDays(startsOn, other.day), until: null }]),
  ];
  return {
    account: {
      currency,
      timeZone,
      startsOn,
      terms: [{ ...rest, fromOn: startsOn, taxRegion: inclusive ? 'R' : null }],
      exemptions: exemptFrom === null ? [] : [{ code: null, from: exemptFrom, until: null, certificate: 'X' }],
    },
    services,
    policies: [1, 2, 3].map((planId) => ({ planId, fromOn: '2000-01-01', ...policy })),
    discounts,
    oneOffs: [],
    taxRates: inclusive
      ? [
          {
            region: 'R',
            code: 'vat',
            name: 'VAT',
            serviceType: null,
            percent,
            inclusive,
            from: '2000-01-01',
            until: null,
          },
        ]
      : [],
    invoiced: [],
    targetOn,
    limitAmount: null,
  };
}

/** Of the history that is looked at. */
let currency = 'USD';
const money = (text: string): Money => Money.of(text, currency);
const sum = (lines: readonly EngineLine[]): Money =>
  Money.sum(
    lines.flatMap((line) => [money(line.amount), ...line.taxes.map((tax) => money(tax.amount))]),
    currency,
  );
const asWritten = (lines: readonly EngineLine[]) =>
  invoicedCharges(
    lines.map((line) => ({ ...line, key: line.key ?? '' })),
    currency,
  );
/** What is left of each group, of all that was written: of its prices, without taxes, and of each tax. */
function sumsByGroup(lines: readonly EngineLine[]): Map<string, Money> {
  const groups = new Map<string, Money>();
  const add = (what: string, text: string): Map<string, Money> =>
    groups.set(what, (groups.get(what) ?? money('0')).plus(money(text)));
  for (const line of lines) {
    const group = groupOf(line.key ?? '');
    add(group, priceOf(line, currency).toText());
    add(`${group} net`, line.amount);
    for (const tax of line.taxes) add(`${group} ${taxKeyOf(tax)}`, tax.amount);
  }
  return groups;
}
/** The credit note that takes a share of what is left of a line back. */
function creditNote(written: readonly EngineLine[], which: number, percent: number): EngineLine[] {
  const charging = written.filter(({ kind, amount: of }) => kind === 'recurring' && Number(of) > 0);
  const line = charging.at(which % Math.max(charging.length, 1));
  if (!line) return [];
  const sums = sumsByGroup(written);
  const at = (what: string): Money => sums.get(what) ?? money('0');
  const group = groupOf(line.key ?? '');
  const standing = { amount: at(`${group} net`), tax: (tax: string) => at(`${group} ${tax}`) };
  const id = String(written.indexOf(line));
  const before = written.filter(({ correctsLineId, kind }) => kind === 'credit' && correctsLineId === id);
  const taken = before.map((one) => ({ ...one, lineId: id }));
  const view = { ...line, id, position: 1 } as never;
  const rest = Money.sumOfTexts([line.amount, ...taken.map(({ amount: of }) => of)], currency);
  const most = standing.amount.compare(rest) < 0 ? standing.amount : rest;
  const part = most.times(percent).dividedBy(100).rounded();
  if (percent < 100 && !part.isPositive()) return [];
  const credit = creditOf(view, taken, percent === 100 ? null : part.toText(), currency, standing);
  return credit ? [{ ...credit, key: line.key } as EngineLine] : [];
}
/** How many kinds of taxes the lines of a group have borne. */
function taxesOfGroup(lines: readonly EngineLine[], of: string | null): number {
  const own = lines.filter(({ key }) => groupOf(key ?? '') === groupOf(of ?? ''));
  return new Set(own.map(({ taxes }) => taxes.map(taxKeyOf).join())).size;
}
/** What is left of a group is between nothing and what is due, taxes included, and bears no taxes when it is nothing. */
function wrongGroups(written: readonly EngineLine[], given: EngineFacts): string[] {
  const [left, due] = [sumsByGroup(written), sumsByGroup(chargesOf(given))];
  const fits = (amount: Money, most: Money): boolean => !amount.isNegative() && amount.compare(most) <= 0;
  return [...left].flatMap(([what, amount]) => {
    const [group = '', tax] = what.split(' ');
    const most = due.get(what) ?? money('0');
    const nothing = tax !== undefined && tax !== 'net' && !left.get(group)?.isPositive() && !amount.isZero();
    return fits(amount, most) && !nothing ? [] : [`${what}: ${amount.toText()} of ${most.toText()}`];
  });
}
function chargesOf(given: EngineFacts) {
  const services = given.services.map((one) => ({
    ...one,
    prices: [...one.prices].sort((a, b) => a.at.getTime() - b.at.getTime()),
  }));
  return chargesDue({ ...given, services });
}
const target = fc.integer({ min: 0, max: 420 }).map((days) => addDays('2024-02-01', days));

describe('for any history', () => {
  it(
    'what was invoiced along the way, edit after edit, is what a fresh computation says',
    () => {
      fc.assert(
        fc.property(terms, fc.array(fc.tuple(history, target), { minLength: 1, maxLength: 4 }), (how, steps) => {
          const written: EngineLine[] = [];
          for (const [services, targetOn] of steps) {
            const given = { ...facts(how, services, targetOn), invoiced: asWritten(written) };
            const { lines, total, net, tax } = compute(given);
            expect(sum(lines).equals(total) && net.plus(tax).equals(total)).toBe(true);
            written.push(...lines);
            expect(sum(written).toText()).toBe(dueInAll(given).toText());
            expect(compute({ ...given, invoiced: asWritten(written) }).lines).toEqual([]);
          }
        }),
        { numRuns: HISTORIES },
      );
    },
    PATIENCE_MS,
  );

  it(
    'what people credit is given back once: no more than a charge comes to, and no less than is left of it',
    () => {
      const step = fc.tuple(history, target, fc.nat(), fc.integer({ min: 0, max: 100 }));
      fc.assert(
        fc.property(terms, fc.array(step, { minLength: 2, maxLength: 4 }), (how, steps) => {
          const written: EngineLine[] = [];
          for (const [services, targetOn, which, share] of steps) {
            const given = { ...facts(how, services, targetOn), invoiced: asWritten(written) };
            written.push(...compute(given).lines);
            expect(compute({ ...given, invoiced: asWritten(written) }).lines).toEqual([]);
            expect(wrongGroups(written, given)).toEqual([]);
            const note = creditNote(written, which, share);
            written.push(...note);
            expect([...sumsByGroup(written)].filter(([, left]) => left.isNegative())).toEqual([]);
            const more = compute({ ...given, invoiced: asWritten(written) }).lines;
            // Taxes that came later than the line that was credited follow.
            expect(more.filter(({ key }) => taxesOfGroup(written, key) === 1)).toEqual([]);
            written.push(...more);
            expect(wrongGroups(written, given)).toEqual([]);
          }
        }),
        { numRuns: HISTORIES },
      );
    },
    PATIENCE_MS,
  );

  it(
    'the order of the facts does not matter',
    () => {
      fc.assert(
        fc.property(terms, history, target, fc.infiniteStream(fc.nat()), (how, services, targetOn, random) => {
          const shuffled = <T>(items: readonly T[]): T[] =>
            items
              .map((item) => ({ item, at: random.next().value as number }))
              .sort((a, b) => a.at - b.at)
              .map(({ item }) => item);
          const given = facts(how, services, targetOn);
          const other = {
            ...given,
            services: shuffled(
              services.map((one) => ({ ...one, prices: shuffled(one.prices), blocks: shuffled(one.blocks) })),
            ),
            policies: shuffled(given.policies),
          };
          expect(compute(other).lines).toEqual(compute(given).lines);
        }),
        { numRuns: HISTORIES },
      );
    },
    PATIENCE_MS,
  );

  it(
    'billing month by month comes to the same as billing once',
    () => {
      fc.assert(
        fc.property(terms, history, (how, services) => {
          const written: EngineLine[] = [];
          for (let days = 0; days <= 420; days += 35) {
            const given = { ...facts(how, services, addDays('2024-02-01', days)), invoiced: asWritten(written) };
            written.push(...compute(given).lines);
          }
          expect(written.every(({ kind }) => kind !== 'repair' && kind !== 'adjustment')).toBe(true);
          expect(sum(written).toText()).toBe(dueInAll(facts(how, services, addDays('2024-02-01', 420))).toText());
        }),
        { numRuns: Math.ceil(HISTORIES / 4) },
      );
    },
    PATIENCE_MS,
  );
});
