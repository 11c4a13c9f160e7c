import { describe, expect, it } from '@jest/globals';
import { startOfDay } from '@isp/kernel';
import { exactAmount } from './arithmetic.js';
import { compute } from './compute.js';
import type { DatedPolicy, EngineFacts, PriceFact, ServiceFacts, TaxRate } from './engine.types.js';
import { invoicedCharges } from './invoiced-charges.js';

interface Case {
  readonly zone?: string;
  readonly targetOn: string;
  /** Days begin where the account is. */
  readonly from: string;
  readonly until?: string;
  readonly prices: readonly (readonly [on: string, amount: string])[];
  readonly pause?: readonly [from: string, until: string];
  readonly cycleMonths?: number;
  readonly billingDay?: number;
  readonly change?: Partial<EngineFacts>;
}

function facts({
  zone = 'UTC',
  targetOn,
  from,
  until,
  prices,
  pause,
  cycleMonths = 1,
  billingDay = 1,
  change,
}: Case): EngineFacts {
  const at = (on: string): Date => startOfDay(on, zone);
  const price = ([on, monthlyAmount]: readonly [string, string], index: number): PriceFact => ({
    at: at(on),
    planId: index + 1,
    planVersion: 1,
    planName: `Plan ${index + 1}`,
    monthlyAmount,
    taxPercent: '0',
    dataLimitGb: 100,
  });
  const service: ServiceFacts = {
    serviceId: 7,
    serviceType: 'internet',
    activatedAt: at(from),
    terminatedAt: until === undefined ? null : at(until),
    activationAmount: '0',
    contract: { months: 0, earlyTerminationAmount: '0' },
    prices: prices.map(price),
    blocks: pause ? [{ cause: 'pause', from: at(pause[0]), until: at(pause[1]) }] : [],
    windows: [{ from: '0001-01-01', until: null }],
    usage: [],
  };
  const startsOn = `${from.slice(0, 8)}01`;
  return {
    account: {
      currency: 'USD',
      timeZone: zone,
      startsOn,
      terms: [{ fromOn: startsOn, cycleMonths, billingDay, timing: 'advance', proration: 'day', taxRegion: 'R' }],
      exemptions: [],
    },
    services: [service],
    policies: [],
    discounts: [],
    oneOffs: [],
    taxRates: [],
    invoiced: [],
    targetOn,
    limitAmount: null,
    ...change,
  };
}
const amounts = (given: EngineFacts): string[] =>
  compute(given).lines.map(({ kind, from, until, amount }) => `${kind} ${from} ${until ?? '-'} ${amount}`);

describe('months of every length', () => {
  it.each([
    // 30.00 × 1 ÷ 31, × 2 ÷ 30
    ['the 31st of January', '2025-01-31', '2025-01-01', '0.97'],
    ['the 29th of April', '2025-04-29', '2025-04-01', '2.00'],
    // 30.00 × 1 ÷ 28 in a common year, × 1 ÷ 29 in a leap year
    ['the 28th of February 2025', '2025-02-28', '2025-02-01', '1.07'],
    ['the 29th of February 2024', '2024-02-29', '2024-02-01', '1.03'],
    // 30.00 × 3 ÷ 31
    ['the 29th of December', '2025-12-29', '2025-12-01', '2.90'],
  ])('begins on %s', (_, from, targetOn, amount) => {
    expect(compute(facts({ from, targetOn, prices: [[from, '30']] })).lines.map((line) => line.amount)).toEqual([
      amount,
    ]);
  });

  it('upgrade on the 30th, downgrade on the 31st, pause from the 29th, each for its own days', () => {
    // 31.00 a month are 1.00 a day; 29 days at 31, 2 at 62
    expect(
      amounts(
        facts({
          from: '2025-01-01',
          targetOn: '2025-01-01',
          prices: [
            ['2025-01-01', '31'],
            ['2025-01-30', '62'],
          ],
        }),
      ),
    ).toEqual(['recurring 2025-01-01 2025-01-30 29.00', 'recurring 2025-01-30 2025-02-01 4.00']);
    // 30 days at 62, 1 at 31
    expect(
      amounts(
        facts({
          from: '2025-01-01',
          targetOn: '2025-01-01',
          prices: [
            ['2025-01-01', '62'],
            ['2025-01-31', '31'],
          ],
        }),
      ),
    ).toEqual(['recurring 2025-01-01 2025-01-31 60.00', 'recurring 2025-01-31 2025-02-01 1.00']);
    expect(
      amounts(
        facts({
          from: '2025-01-01',
          targetOn: '2025-02-01',
          prices: [['2025-01-01', '31']],
          pause: ['2025-01-29', '2025-02-15'],
        }),
      ),
    ).toEqual([
      // 28 of 31 days; in February 14 of 28: 31.00 ÷ 2
      'recurring 2025-01-01 2025-01-29 28.00',
      'recurring 2025-02-15 2025-03-01 15.50',
    ]);
  });

  it('a month that is over is corrected when the end on its 31st becomes known', () => {
    const whole = facts({ from: '2025-01-01', targetOn: '2025-01-01', prices: [['2025-01-01', '31']] });
    const written = compute(whole).lines.map((line) => ({ ...line, key: line.key ?? '' }));
    const ended = facts({
      from: '2025-01-01',
      until: '2025-01-31',
      targetOn: '2025-02-01',
      prices: [['2025-01-01', '31']],
    });
    expect(amounts({ ...ended, invoiced: invoicedCharges(written, 'USD') })).toEqual([
      'repair 2025-01-31 2025-02-01 -1.00',
    ]);
  });
});

describe('days of every zone', () => {
  // 31.00 a month are 1.00 a day wherever the day begins; March 2025 has a change of clocks in St. John's.
  it.each(['Pacific/Kiritimati', 'Asia/Kolkata', 'America/St_Johns', 'Australia/Lord_Howe', 'UTC'])('%s', (zone) => {
    const on = { zone, from: '2025-03-01', targetOn: '2025-03-01' };
    expect(
      amounts(
        facts({
          ...on,
          prices: [
            ['2025-03-01', '31'],
            ['2025-03-09', '62'],
          ],
        }),
      ),
    ).toEqual(['recurring 2025-03-01 2025-03-09 8.00', 'recurring 2025-03-09 2025-04-01 46.00']);
    expect(amounts(facts({ ...on, until: '2025-03-31', prices: [['2025-03-01', '31']] }))).toEqual([
      'recurring 2025-03-01 2025-03-31 30.00',
    ]);
  });
});

describe('a year in advance', () => {
  it('cancelled in month 5 gives back the days that are left, with several taxes that the price includes', () => {
    const rate = (code: string, percent: string): TaxRate => {
      return {
        region: 'R',
        code,
        name: code,
        serviceType: null,
        percent,
        inclusive: true,
        from: '2020-01-01',
        until: null,
      };
    };
    const change = { taxRates: [rate('vat', '15'), rate('levy', '5')] };
    const year = {
      from: '2025-01-01',
      targetOn: '2025-01-01',
      cycleMonths: 12,
      prices: [['2025-01-01', '100']] as const,
      change,
    };
    const first = compute(facts(year));
    // 1,200.00 in all; 1200 × 15 ÷ 120 and 1200 × 5 ÷ 120 of it are tax.
    expect([first.net.toText(), first.tax.toText(), first.total.toText()]).toEqual(['1000.00', '200.00', '1200.00']);
    const written = first.lines.map((line) => ({ ...line, key: line.key ?? '' }));
    const ended = facts({ ...year, until: '2025-05-16', targetOn: '2025-05-16' });
    const back = compute({ ...ended, invoiced: invoicedCharges(written, 'USD') });
    // 135 of 365 days: 1200 × 135 ÷ 365 = 443.84; vat 443.84 × 15 ÷ 120 = 55.48, levy 18.49, net 369.87
    expect([back.net.toText(), back.tax.toText(), back.total.toText()]).toEqual(['-630.13', '-126.03', '-756.16']);
  });
});

describe('usage above the limit', () => {
  it('is charged when the period is over, for the share of the limit that the days have', () => {
    const policy = {
      start: 'prorate',
      upgrade: 'prorate',
      downgrade: 'prorate',
      pause: 'credit',
      suspension: 'charge',
    } as const;
    const policies: DatedPolicy[] = [1, 2].map((planId) => {
      return {
        ...policy,
        planId,
        fromOn: '2000-01-01',
        termination: 'prorate',
        earlyTermination: 'waive',
        overageAmount: '0.5',
      };
    });
    const given = facts({
      from: '2025-04-16',
      targetOn: '2025-05-01',
      prices: [['2025-04-16', '30']],
      change: { policies },
    });
    const usage = [
      { on: '2025-04-20', bytes: '60000000000' },
      { on: '2025-05-02', bytes: '999000000000' },
    ];
    const used = { ...given, services: given.services.map((one) => ({ ...one, usage })) };
    // 60 GB − 100 GB × 15 ÷ 30 days = 10 GB × 0.50
    expect(
      compute(used)
        .lines.filter(({ kind }) => kind === 'usage')
        .map(({ amount }) => amount),
    ).toEqual(['5.00']);
    expect(compute({ ...used, targetOn: '2025-04-30' }).lines.filter(({ kind }) => kind === 'usage')).toEqual([]);
    const inputs = {
      rule: 'overage',
      used_bytes: '0',
      limit_gb: 1,
      months: 1,
      used: 1,
      of: 1,
      unit: 'day',
      gb_amount: '1',
    } as const;
    expect(exactAmount(inputs, 'USD').toText()).toBe('0.00');
  });
});
