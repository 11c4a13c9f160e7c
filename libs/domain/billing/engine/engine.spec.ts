import { describe, expect, it } from '@jest/globals';
import { Money } from '@isp/kernel';
import { compute, dueInAll } from './compute.js';
import { account, facts, price, service, terms } from '../../../../test/support/engine-facts.js';
import type { EngineAccount, EngineFacts, TaxRate } from './engine.types.js';
import { invoicedCharges } from './invoiced-charges.js';

const shown = (given: EngineFacts): string[] =>
  compute(given).lines.map(({ kind, from, until, amount }) => `${kind} ${from} ${until ?? '-'} ${amount}`);
/** The same facts after everything that is due was invoiced. */
const invoicedBy = (given: EngineFacts): EngineFacts => {
  const written = compute(given).lines.map((line) => ({ ...line, key: line.key ?? '' }));
  return { ...given, invoiced: invoicedCharges(written, given.account.currency) };
};
const totals = (given: EngineFacts): string[] => {
  const { net, tax, total } = compute(given);
  return [net.toText(), tax.toText(), total.toText()];
};

describe('prices and taxes', () => {
  it('79.99 at 8 % is 6.40 and 86.39', () => {
    expect(totals(facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '79.99', 1, '8')])]))).toEqual([
      '79.99',
      '6.40',
      '86.39',
    ]);
  });

  it('477.3913 plus 15 % is 549.00', () => {
    // 477.3913 × 15 % = 71.608695
    expect(totals(facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '477.3913', 1, '15')])]))).toEqual([
      '477.39',
      '71.61',
      '549.00',
    ]);
  });

  const rate = (code: string, percent: string, change: Partial<TaxRate> = {}): TaxRate => ({
    region: 'R',
    code,
    name: code,
    serviceType: null,
    percent,
    inclusive: false,
    from: '2020-01-01',
    until: null,
    ...change,
  });
  const inRegion = (taxRates: readonly TaxRate[], monthly = '100', change: Partial<EngineAccount> = {}) =>
    facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', monthly, 1, '50')])], {
      account: account(change, { taxRegion: 'R' }),
      taxRates,
    });

  it('knows several taxes, each rounded', () => {
    // 33.33 × 5 % = 1.6665, × 9.975 % = 3.3247
    expect(totals(inRegion([rate('gst', '5'), rate('qst', '9.975')], '33.33'))).toEqual(['33.33', '4.99', '38.32']);
  });

  it('takes taxes out of a price that includes them', () => {
    // 115.00 × 15 ÷ 115 = 15.00; of 100.00 at 7 % and 3 %: 100 × 7 ÷ 110 = 6.36, 100 × 3 ÷ 110 = 2.73
    expect(totals(inRegion([rate('vat', '15', { inclusive: true })], '115'))).toEqual(['100.00', '15.00', '115.00']);
    expect(totals(inRegion([rate('a', '7', { inclusive: true }), rate('b', '3', { inclusive: true })]))).toEqual([
      '90.91',
      '9.09',
      '100.00',
    ]);
  });

  it('picks the rate by day and type of service, and leaves exempted codes out', () => {
    const rates = [
      rate('vat', '10'),
      rate('vat', '4', { serviceType: 'internet' }),
      rate('old', '9', { until: '2025-01-01' }),
      rate('city', '1'),
    ];
    expect(totals(inRegion(rates))).toEqual(['100.00', '5.00', '105.00']);
    const exemptions = [{ code: 'vat', from: '2025-01-01', until: null, certificate: 'X' }];
    expect(totals(inRegion(rates, '100', { exemptions }))).toEqual(['100.00', '1.00', '101.00']);
    expect(
      totals(
        inRegion(rates, '100', { exemptions: [{ ...exemptions[0], code: null, from: '2025-01-02' } as never] }),
      )[1],
      // The first of 31 days is taxed in full: 3.23 × 5 %.
    ).toBe('0.16');
  });
});

describe('shares of a period', () => {
  it('100.00 for 14 of 31 days, then 200.00 for 17', () => {
    const changed = service('2025-01-01', [price('2025-01-01', '100'), price('2025-01-15T11:00:00Z', '200', 2)]);
    // 100 × 14 ÷ 31 = 45.1613, 200 × 17 ÷ 31 = 109.6774
    expect(shown(facts('2025-01-01', [changed]))).toEqual([
      'recurring 2025-01-01 2025-01-15 45.16',
      'recurring 2025-01-15 2025-02-01 109.68',
    ]);
  });

  it('20.00 changed in the middle of a paid month to 30.00 adds the difference', () => {
    const paid = invoicedBy(facts('2025-06-01', [service('2025-06-01', [price('2025-06-01', '20')])]));
    const changed = {
      ...paid,
      services: [service('2025-06-01', [price('2025-06-01', '20'), price('2025-06-16T09:00:00Z', '30', 2)])],
    };
    expect(shown(changed)).toEqual(['repair 2025-06-16 2025-07-01 -10.00', 'recurring 2025-06-16 2025-07-01 15.00']);
    expect(compute(invoicedBy({ ...changed, invoiced: [] })).lines).toEqual([]);
  });

  it.each([
    ['2025-02-28T12:00:00Z', '2025-02-01', 'recurring 2025-02-28 2025-03-01 1.00'],
    ['2024-02-29T12:00:00Z', '2024-02-01', 'recurring 2024-02-29 2024-03-01 0.97'],
    ['2025-01-29T12:00:00Z', '2025-01-01', 'recurring 2025-01-29 2025-02-01 2.71'],
    ['2025-04-30T23:59:59Z', '2025-04-01', 'recurring 2025-04-30 2025-05-01 0.93'],
  ])('a service that begins at %s pays for the rest of its month', (at, startsOn, expected) => {
    // 28 ÷ 28, 28 ÷ 29 = 0.9655, 28 × 3 ÷ 31 = 2.7097, 28 ÷ 30 = 0.9333
    const given = facts(at.slice(0, 10), [service(at, [price(at, '28')])], {
      account: account({ startsOn }, { fromOn: startsOn }),
    });
    expect(shown(given)).toEqual([expected]);
  });

  it.each([
    ['Pacific/Kiritimati', '2025-03-31T10:30:00Z', '2025-04-01', '30.00'],
    ['Asia/Kolkata', '2025-03-31T10:30:00Z', '2025-03-31', '0.97'],
    ['America/St_Johns', '2025-04-01T01:00:00Z', '2025-03-31', '0.97'],
    ['America/St_Johns', '2025-04-01T02:30:00Z', '2025-04-01', '30.00'],
  ])('in %s what begins at %s begins on %s', (timeZone, at, from, amount) => {
    // 30 × 1 ÷ 31 = 0.9677
    const startsOn = '2025-03-01';
    const given = facts(from, [service(at, [price('2025-01-01', '30')])], {
      account: account({ timeZone, startsOn }, { fromOn: startsOn }),
    });
    expect(compute(given).lines.map((line) => [line.from, line.amount])).toEqual([[from, amount]]);
  });

  it('counts seconds, also where the clock is put forward', () => {
    // March of New York has 31 × 24 − 1 = 743 hours; half a day is left: 743 × 12 ÷ 743 = 12.00
    const at = '2025-04-01T04:00:00Z';
    const half = new Date(Date.parse(at) - 12 * 3_600_000).toISOString();
    const mine = account(
      { timeZone: 'America/New_York', startsOn: '2025-03-01' },
      { fromOn: '2025-03-01', proration: 'second' },
    );
    expect(shown(facts('2025-03-31', [service(half, [price(half, '743')])], { account: mine }))).toEqual([
      'recurring 2025-03-31 2025-04-01 12.00',
    ]);
    const days = account({ timeZone: 'America/New_York', startsOn: '2025-03-01' }, { fromOn: '2025-03-01' });
    // By days: 743 ÷ 31 = 23.9677
    expect(shown(facts('2025-03-31', [service(half, [price(half, '743')])], { account: days }))).toEqual([
      'recurring 2025-03-31 2025-04-01 23.97',
    ]);
  });

  it('annual in advance, cancelled in month 5, gives the rest back', () => {
    const yearly = account({}, { cycleMonths: 12 });
    const given = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '10')])], { account: yearly });
    expect(shown(given)).toEqual(['recurring 2025-01-01 2026-01-01 120.00']);
    const ended = {
      ...invoicedBy(given),
      services: [
        service('2025-01-01', [price('2025-01-01', '10')], { terminatedAt: new Date('2025-05-31T10:00:00Z') }),
      ],
    };
    // 151 days were used: 120 × 151 ÷ 365 = 49.6438
    expect(shown({ ...ended, targetOn: '2025-05-31' })).toEqual(['repair 2025-06-01 2026-01-01 -70.36']);
  });

  it('bills what is over in arrears, with the last stub of a terminated service', () => {
    const later = account({}, { timing: 'arrears', billingDay: 15 });
    const one = service('2025-01-01', [price('2025-01-01', '31')], { terminatedAt: new Date('2025-01-30T00:00:00Z') });
    expect(shown(facts('2025-01-14', [one], { account: later }))).toEqual([]);
    // 15 Dec to 15 Jan has 31 days, 14 of them from the account's first; 15 Jan to 15 Feb has 31, 15 of them used.
    expect(shown(facts('2025-02-15', [one], { account: later }))).toEqual([
      'recurring 2025-01-01 2025-01-15 14.00',
      'recurring 2025-01-15 2025-01-30 15.00',
    ]);
  });

  it('changes terms from a day on without touching what was before', () => {
    const before = facts('2025-02-01', [service('2025-01-01', [price('2025-01-01', '30')])]);
    const moved = {
      ...invoicedBy(before),
      account: account({ terms: [terms, { ...terms, fromOn: '2025-03-01', billingDay: 10, cycleMonths: 3 }] }),
      targetOn: '2025-03-10',
    };
    // From 1 to 10 March: of the quarter 10 Dec to 10 Mar, 90 days, 9: 90 × 9 ÷ 90
    expect(shown(moved)).toEqual(['recurring 2025-03-01 2025-03-10 9.00', 'recurring 2025-03-10 2025-06-10 90.00']);
  });
});

describe('policies, breaks, fees and discounts', () => {
  const policy = (change: object) => [
    {
      planId: 1,
      fromOn: '2000-01-01',
      start: 'prorate',
      upgrade: 'prorate',
      downgrade: 'prorate',
      pause: 'credit',
      suspension: 'charge',
      termination: 'prorate',
      earlyTermination: 'charge',
      overageAmount: null,
      ...change,
    } as const,
  ];
  const late = service('2025-01-21', [price('2025-01-01', '31')]);

  it.each([
    ['prorate', ['recurring 2025-01-21 2025-02-01 11.00']],
    ['full', ['recurring 2025-01-01 2025-02-01 31.00']],
    ['free', []],
  ])('a start is %s', (start, expected) => {
    expect(shown(facts('2025-01-21', [late], { policies: policy({ start }) }))).toEqual(expected);
  });

  it('an upgrade or a downgrade can wait for the next period', () => {
    const up = service('2025-01-01', [price('2025-01-01', '31'), price('2025-01-11', '62', 2)]);
    const down = service('2025-01-01', [price('2025-01-01', '31'), price('2025-01-11', '15.50', 2)]);
    const waiting = policy({ upgrade: 'next_period', downgrade: 'next_period' });
    for (const one of [up, down])
      expect(shown(facts('2025-01-31', [one], { policies: waiting }))).toEqual([
        'recurring 2025-01-01 2025-02-01 31.00',
      ]);
    expect(shown(facts('2025-02-01', [up], { policies: waiting }))[1]).toBe('recurring 2025-02-01 2025-03-01 62.00');
    expect(shown(facts('2025-01-31', [down]))).toEqual([
      'recurring 2025-01-01 2025-01-11 10.00',
      'recurring 2025-01-11 2025-02-01 10.50',
    ]);
  });

  it('a pause is free for whole days, other suspensions are paid unless the policy says else', () => {
    const paused = (cause: string) =>
      service('2025-01-01', [price('2025-01-01', '31')], {
        blocks: [{ cause, from: new Date('2025-01-10T15:00:00Z'), until: new Date('2025-01-20T09:00:00Z') }],
      });
    expect(shown(facts('2025-01-01', [paused('pause')]))).toEqual([
      'recurring 2025-01-01 2025-01-11 10.00',
      'recurring 2025-01-20 2025-02-01 12.00',
    ]);
    expect(shown(facts('2025-01-01', [paused('payment')]))).toEqual(['recurring 2025-01-01 2025-02-01 31.00']);
    expect(
      shown(facts('2025-01-01', [paused('payment')], { policies: policy({ suspension: 'credit' }) })),
    ).toHaveLength(2);
    expect(shown(facts('2025-01-01', [paused('pause')], { policies: policy({ pause: 'charge' }) }))).toHaveLength(1);
  });

  it('a termination on the 29th to 31st gives the rest back, or nothing', () => {
    for (const [day, amount] of [
      ['29', '29.00'],
      ['30', '30.00'],
      ['31', '31.00'],
    ]) {
      const ended = service('2025-01-01', [price('2025-01-01', '31')], {
        terminatedAt: new Date(`2025-01-${day}T08:00:00Z`),
      });
      expect(compute(facts('2025-01-31', [ended])).net.toText()).toBe(amount);
      expect(compute(facts('2025-01-31', [ended], { policies: policy({ termination: 'full' }) })).net.toText()).toBe(
        '31.00',
      );
    }
  });

  it('charges activation once and early termination within the contract', () => {
    const contract = { months: 12, earlyTerminationAmount: '50' };
    const left = service('2025-01-01', [price('2025-01-01', '31')], {
      activationAmount: '99',
      contract,
      terminatedAt: new Date('2025-01-31T08:00:00Z'),
    });
    expect(shown(facts('2025-01-31', [left]))).toEqual([
      'fee 2025-01-01 - 99.00',
      'fee 2025-01-31 - 50.00',
      'recurring 2025-01-01 2025-02-01 31.00',
    ]);
    expect(shown(facts('2025-01-31', [left], { policies: policy({ earlyTermination: 'waive' }) }))).toHaveLength(2);
    expect(compute(invoicedBy(facts('2025-01-31', [left]))).lines).toEqual([]);
  });

  it('takes discounts off, share by share, and never below nothing', () => {
    const one = service('2025-01-01', [price('2025-01-01', '31', 1, '10')]);
    const discount = (change: object) => ({
      id: 1,
      serviceId: null,
      name: 'Promotion',
      percent: '50',
      monthlyAmount: null,
      from: '2025-01-11',
      until: '2025-01-21',
      ...change,
    });
    // 31 × 10 ÷ 31 × 50 %
    expect(shown(facts('2025-01-01', [one], { discounts: [discount({})] }))[1]).toBe(
      'discount 2025-01-11 2025-01-21 -5.00',
    );
    const much = [
      discount({ from: '2025-01-01', until: null, percent: null, monthlyAmount: '30' }),
      discount({ id: 2, from: '2025-01-01', until: null }),
    ];
    expect(shown(facts('2025-01-01', [one], { discounts: much })).slice(1)).toEqual([
      'discount 2025-01-01 2025-02-01 -30.00',
      'discount 2025-01-01 2025-02-01 -1.00',
    ]);
    expect(totals(facts('2025-01-01', [one], { discounts: much }))).toEqual(['0.00', '0.00', '0.00']);
    expect(shown(facts('2025-01-01', [one], { discounts: [discount({ serviceId: 8 })] }))).toHaveLength(1);
  });
});

describe('corrections', () => {
  it('repair a charge that is no more, once, with its tax', () => {
    const given = invoicedBy(facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '79.99', 1, '8')])]));
    const never = {
      ...given,
      services: [service('2025-01-01', [price('2025-01-01', '79.99')], { activatedAt: null })],
    };
    expect(totals(never)).toEqual(['-79.99', '-6.40', '-86.39']);
  });

  it('park what cannot be', () => {
    const given = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '31')])], { limitAmount: '30' });
    expect(compute(given).nonsense).toBe('too_much');
    expect(compute({ ...given, limitAmount: null }).nonsense).toBeNull();
    expect(compute({ ...given, limitAmount: null, targetOn: '2035-01-01' }).nonsense).toBe('too_much');
    expect(dueInAll(given).equals(Money.of('31', 'USD'))).toBe(true);
  });
});
