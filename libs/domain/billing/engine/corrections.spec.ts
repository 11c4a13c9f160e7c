import { describe, expect, it } from '@jest/globals';
import { account, facts, price, service, terms } from '../../../../test/support/engine-facts.js';
import { type Keyed, credited, discount, keyed, taxRate, writing } from '../../../../test/support/engine-lines.js';
import { prove } from '../invoices/proof.js';
import { DEFAULT_POLICY } from './charges.js';
import { compute } from './compute.js';
import type { Discount, EngineFacts, TaxRate } from './engine.types.js';
import { invoicedCharges } from './invoiced-charges.js';

const { after, proven, shown, total, written: paid } = writing({ compute, invoicedCharges, prove });

describe('what people credited', () => {
  const month = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '31', 1, '10')])]);
  const written = paid(month);
  const [line] = written as [Keyed];
  const never = (given: EngineFacts): EngineFacts => ({
    ...given,
    services: [service('2025-01-01', [price('2025-01-01', '31', 1, '10')], { activatedAt: null })],
  });
  const until = (day: string): Partial<EngineFacts> => ({
    services: [service('2025-01-01', [price('2025-01-01', '31', 1, '10')], { terminatedAt: new Date(day) })],
  });

  it('stays credited, and is not given back a second time', () => {
    const paid = after(month, written, credited(line, 20 / 31));
    expect(shown(paid)).toEqual([]);
    // 31.00 and 3.10 less 20.00 and 2.00: so much is left to be taken back.
    expect(shown(never(paid))).toEqual([
      'repair 2025-01-01 2025-02-01 -31.00',
      'adjustment 2025-01-01 2025-02-01 20.00',
    ]);
    expect(total(never(paid))).toBe('-12.10');
    expect(proven(never(paid))).toBe(true);
    const gone = keyed(compute(never(paid)).lines);
    expect(shown(after(never(month), written, credited(line, 20 / 31), gone))).toEqual([]);
  });

  it('counts as far as the charge has come down since, whatever way it went', () => {
    const paid = [written, credited(line, 20 / 31)];
    // 11 days: 11.00 less what was credited beyond 20.00, which is nothing.
    expect(total(after({ ...month, ...until('2025-01-12') }, ...paid))).toBe('0.00');
    // 5 days: 5.00 of 11.00 that were left, and their tax.
    const five = after({ ...month, ...until('2025-01-06') }, ...paid);
    expect(total(five)).toBe('-6.60');
    const back = after(month, ...paid, keyed(compute(five).lines));
    expect(total(back)).toBe('6.60');
    const again = after(month, ...paid, keyed(compute(five).lines), keyed(compute(back).lines));
    expect(shown(again)).toEqual([]);
  });

  it('stays when the days become dearer and cheaper again', () => {
    const dearer = {
      ...month,
      services: [service('2025-01-01', [price('2025-01-01', '31', 1, '10'), price('2025-01-17', '62', 2, '10')])],
    };
    const all = [written, credited(line, 1)];
    // 15 days at 1.00 more, and 10 %: what was given away stays given.
    const up = after(dearer, ...all);
    expect(total(up)).toBe('16.50');
    expect(total(after(month, ...all, keyed(compute(up).lines)))).toBe('-16.50');
  });

  it('is not given back by a discount on days that were credited in full', () => {
    const half = { ...month, discounts: [discount({ percent: '50' })] };
    expect(shown(after(half, written, credited(line, 1)))).toEqual([]);
    // Of 17.05 the credit covered 6.82.
    const some = after(half, written, credited(line, 0.2));
    expect(total(some)).toBe('-10.23');
    expect(proven(some)).toBe(true);
    expect(shown(after(half, written, credited(line, 0.2), keyed(compute(some).lines)))).toEqual([]);
  });

  it('does not count any more when the credit note was voided', () => {
    const gone = keyed(compute(never(after(month, written, credited(line, 1)))).lines);
    expect(gone).toEqual([]);
    const part = keyed(compute(never(after(month, written, credited(line, 0.5)))).lines);
    expect(total(after(never(month), written, part))).toBe('-17.05');
  });
});

describe('corrections', () => {
  const month = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '31')])]);

  it('that weigh each other up are not written', () => {
    const same = {
      ...month,
      services: [service('2025-01-01', [price('2025-01-01', '31'), price('2025-01-11', '31', 2)])],
    };
    expect(shown(after(same, paid(month)))).toEqual([]);
    const next = after({ ...same, targetOn: '2025-02-01' }, paid(month));
    expect(shown(next)).toEqual(['recurring 2025-02-01 2025-03-01 31.00']);
    const free = { ...month, discounts: [discount({ percent: '100' })] };
    expect(shown(free)).toEqual(['recurring 2025-01-01 2025-02-01 31.00', 'discount 2025-01-01 2025-02-01 -31.00']);
  });

  it('begin in the second and on the day in which the rest does', () => {
    const seconds = { ...month, account: account({}, { proration: 'second' }) };
    const ends = (at: string) => service('2025-01-01', [price('2025-01-01', '31')], { terminatedAt: new Date(at) });
    expect(shown(after({ ...seconds, services: [ends('2025-01-15T12:00:00Z')] }, paid(seconds)))).toEqual([
      'repair 2025-01-15 2025-02-01 -16.50',
    ]);
    expect(shown(after({ ...seconds, services: [ends('2025-01-15T00:00:00Z')] }, paid(seconds)))).toEqual([
      'repair 2025-01-15 2025-02-01 -17.00',
    ]);
  });

  it('wait for a draft that says what they are about', () => {
    const [line] = paid(month) as [Keyed];
    const draft = [{ ...line, draft: true }];
    const gone = { ...month, services: [] };
    expect(shown(after(gone, draft))).toEqual([]);
    expect(total(after(gone, [line]))).toBe('-31.00');
    const two = { ...month, targetOn: '2025-02-01', services: [...month.services] };
    expect(shown(after(two, draft))).toEqual(['recurring 2025-02-01 2025-03-01 31.00']);
  });

  it('keep right what was invoiced before it was due, and nothing else of its time', () => {
    const early = { ...month, onlyPeriod: '2025-03-01' };
    expect(shown(early)).toEqual(['recurring 2025-03-01 2025-04-01 31.00']);
    const [january, march] = [paid(month), paid(early)];
    expect(shown(after(month, january, march))).toEqual([]);
    expect(shown(after({ ...month, targetOn: '2025-02-01' }, january, march))).toEqual([
      'recurring 2025-02-01 2025-03-01 31.00',
    ]);
    const ended = service('2025-01-01', [price('2025-01-01', '31')], { terminatedAt: new Date('2025-02-01') });
    expect(shown(after({ ...month, services: [ended] }, january, march))).toEqual([
      'repair 2025-03-01 2025-04-01 -31.00',
    ]);
    const charge = { id: 5, on: '2025-01-20', serviceId: null, description: 'C', quantity: '1', unitAmount: '7' };
    const later = { ...month, oneOffs: [{ ...charge, serviceType: null, planPercent: null }] };
    expect(shown(later)).toEqual(shown(month));
    expect(shown(after(later, january, paid({ ...later, targetOn: '2025-01-20' }).slice(0, 1)))).toEqual([]);
  });
});

describe('other terms from a day within a period', () => {
  const metered = service('2025-01-01', [{ ...price('2025-01-01', '31'), dataLimitGb: 0 }], {
    usage: [
      { on: '2025-01-05', bytes: '5000000000' },
      { on: '2025-01-25', bytes: '7000000000' },
    ],
  });
  const policies = [{ ...DEFAULT_POLICY, planId: 1, fromOn: '2000-01-01', overageAmount: '1' }];
  const turned = (targetOn: string, more: object): EngineFacts => {
    const first = { ...terms, ...more };
    const both = account({ terms: [first, { ...first, fromOn: '2025-01-20' }] });
    return facts(targetOn, [metered], { account: both, policies });
  };
  const run = (targets: readonly string[], more: object): string[][] => {
    const all: Keyed[] = [];
    return targets.map((targetOn) => {
      const given = after(turned(targetOn, more), all);
      all.push(...keyed(compute(given).lines));
      return shown(given);
    });
  };

  it('has its usage counted for the days under each, once', () => {
    expect(run(['2025-02-01', '2025-02-01', '2025-02-02'], {})).toEqual([
      [
        'recurring 2025-01-01 2025-01-20 19.00',
        'usage 2025-01-01 2025-01-20 5.00',
        'recurring 2025-01-20 2025-02-01 12.00',
        'usage 2025-01-20 2025-02-01 7.00',
        'recurring 2025-02-01 2025-03-01 31.00',
      ],
      [],
      [],
    ]);
  });

  it('has usage that was charged stay, where its days cost nothing any more', () => {
    const free = { ...metered, prices: [{ ...price('2025-01-01', '0'), dataLimitGb: 0 }] };
    const all = keyed(compute(turned('2025-02-01', {})).lines);
    const given = { ...turned('2025-01-02', {}), services: [free] };
    all.push(...keyed(compute(after(given, all)).lines));
    expect(shown(after(given, all))).toEqual([]);
    expect(all.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(12);
  });

  it.each(['day', 'second'] as const)(
    'is charged in arrears when the days under each are over, by the %s',
    (proration) => {
      expect(run(['2025-01-19', '2025-01-20', '2025-01-31', '2025-02-01'], { timing: 'arrears', proration })).toEqual([
        [],
        ['recurring 2025-01-01 2025-01-20 19.00', 'usage 2025-01-01 2025-01-20 5.00'],
        [],
        ['recurring 2025-01-20 2025-02-01 12.00', 'usage 2025-01-20 2025-02-01 7.00'],
      ]);
    },
  );
});

describe('taxes that change within a period', () => {
  const rate = taxRate;
  const inRegion = (taxRates: readonly TaxRate[], exemptions: EngineFacts['account']['exemptions'] = []): EngineFacts =>
    facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '31')])], {
      account: account({ exemptions }, { taxRegion: 'R' }),
      taxRates,
    });
  const taxes = (given: EngineFacts): string[] =>
    compute(given).lines.map(
      ({ from, amount, taxes: [tax] }) => `${from} ${amount} ${tax?.percent ?? '-'} ${tax?.amount ?? '-'}`,
    );

  it('are those of each day', () => {
    expect(taxes(inRegion([rate('10', '2020-01-01', '2025-01-16'), rate('20', '2025-01-16')]))).toEqual([
      '2025-01-01 15.00 10 1.50',
      '2025-01-16 16.00 20 3.20',
    ]);
    const exempt = { code: null, from: '2025-01-11', until: '2025-01-21', certificate: 'X' };
    expect(taxes(inRegion([rate('10', '2020-01-01')], [exempt]))).toEqual([
      '2025-01-01 10.00 10 1.00',
      '2025-01-11 10.00 - -',
      '2025-01-21 11.00 10 1.10',
    ]);
    // A change of what is the same makes no other line.
    expect(taxes(inRegion([rate('10', '2020-01-01', '2025-01-16'), rate('10', '2025-01-16')]))).toHaveLength(1);
  });

  it('are corrected for the days that are behind when they come late', () => {
    const before = inRegion([rate('10', '2020-01-01')]);
    const changed = inRegion([rate('10', '2020-01-01', '2025-01-16'), rate('20', '2025-01-16')]);
    expect(shown(after(changed, keyed(compute(before).lines)))).toEqual([
      'repair 2025-01-16 2025-02-01 -16.00',
      'recurring 2025-01-16 2025-02-01 16.00',
    ]);
    expect(total(after(changed, keyed(compute(before).lines)))).toBe('1.60');
  });
});

describe('discounts', () => {
  const monthly = (amount: string, discounts: readonly Discount[], percent = '15'): EngineFacts =>
    facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', amount, 1, percent)])], { discounts });
  const offs = (given: EngineFacts): string[] =>
    compute(given)
      .lines.slice(1)
      .map(({ amount }) => amount);

  it('take no more of their days than those cost', () => {
    const from = '2025-01-15';
    // 31.99 × 17 ÷ 31 = 17.5429: 80 % are 14.0343, and 3.5086 are left of them.
    const two = monthly('31.99', [discount({ percent: '80', from }), discount({ id: 2, percent: '50', from })]);
    expect(offs(two)).toEqual(['-14.03', '-3.51']);
    // 59.95 × 17 ÷ 31 = 32.8758
    const much = monthly('59.95', [discount({ monthlyAmount: '500', from })]);
    expect(offs(much)).toEqual(['-32.88']);
    expect(offs(monthly('59.95', [discount({ monthlyAmount: '70', from })]))).toEqual(['-32.88']);
    expect([two, much].map(proven)).toEqual([true, true]);
  });

  it('meet on some of their days only', () => {
    const half = discount({ percent: '80', from: '2025-01-01', until: '2025-01-11' });
    // Of 10 days 2.00 are left, of 21 all: 50 % are 2.00 and 10.50.
    expect(offs(monthly('31', [half, discount({ id: 2, percent: '50' })]))).toEqual(['-8.00', '-12.50']);
    expect(proven(monthly('31', [half, discount({ id: 2, percent: '50' })]))).toBe(true);
  });

  it.each(['0.07', '31.99', '33.33', '9.99', '477.3913'])('of %s leave no cent of tax on nothing', (amount) => {
    for (const percents of [['33.3333', '66.6667'], ['80', '50'], ['10', '20', '70'], ['100']]) {
      const all = percents.map((percent, index) => discount({ id: index + 1, percent }));
      const free = monthly(amount, all, '9.975');
      const { net, tax } = compute(free);
      expect([net.toText(), tax.toText()]).toEqual(['0.00', '0.00']);
      expect(proven(free)).toBe(true);
    }
  });

  it('take no more of a tax than there is of it', () => {
    const rates = [{ ...taxRate('8', '2020-01-01'), inclusive: true }];
    // 911 yen with 67 of tax within, less 304 with 23 and 601 with 45: of 67 there are 44 left.
    const yen = facts('2025-01-01', [service('2025-01-01', [price('2025-01-01', '911')])], {
      account: account({ currency: 'JPY' }, { taxRegion: 'R' }),
      taxRates: rates,
      discounts: [discount({ percent: '33.3333' }), discount({ id: 2, monthlyAmount: '601' })],
    });
    const { lines, total: sum } = compute(yen);
    expect(lines.map(({ amount, taxes: [tax] }) => `${amount} ${tax?.amount}`)).toEqual([
      '844 67',
      '-281 -23',
      '-557 -44',
    ]);
    expect([sum.toText(), proven(yen)]).toEqual(['6', true]);
  });

  it('leave nothing of a price that includes its taxes', () => {
    const rates = ['7', '3'].map((percent, index) => {
      return {
        region: 'R',
        code: `t${index}`,
        name: 'T',
        serviceType: null,
        percent,
        inclusive: true,
        from: '2020-01-01',
        until: null,
      };
    });
    const all = [discount({ percent: '33' }), discount({ id: 2, monthlyAmount: '500' })];
    const free = { ...monthly('31.99', all), taxRates: rates, account: account({}, { taxRegion: 'R' }) };
    expect([compute(free).net.toText(), compute(free).tax.toText()]).toEqual(['0.00', '0.00']);
    expect(proven(free)).toBe(true);
  });
});

describe('fees', () => {
  const contract = { months: 12, earlyTerminationAmount: '40' };
  const days = [{ from: '2025-02-01', until: null }];

  it('are charged and stay for days that somebody invoiced by hand', () => {
    const began = service('2025-01-01', [price('2025-01-01', '31')], { activationAmount: '50' });
    const byHand = facts('2025-01-01', [{ ...began, pays: began.windows, windows: days }]);
    expect(shown(byHand)).toEqual(['fee 2025-01-01 - 50.00']);
    const charged = keyed(compute(facts('2025-01-01', [began])).lines);
    expect(shown(after(byHand, charged))).toEqual(['repair 2025-01-01 2025-02-01 -31.00']);
    // Of somebody else's days there is none.
    expect(shown(facts('2025-01-01', [{ ...began, pays: days, windows: days }]))).toEqual([]);
  });

  it('for leaving early are those of the plan that was left, whatever was ordered for later', () => {
    const prices = [price('2025-01-01', '31'), price('2025-02-01', '62', 2)];
    const ended = service('2025-01-01', prices, { contract, terminatedAt: new Date('2025-01-11') });
    const waived = { ...DEFAULT_POLICY, planId: 2, fromOn: '2000-01-01', earlyTermination: 'waive' } as const;
    const { lines } = compute(facts('2025-01-20', [ended], { policies: [waived] }));
    expect(lines.map(({ description, amount }) => `${description} ${amount}`)).toEqual([
      'Early termination, Plan 1 40.00',
      'Plan 1 10.00',
    ]);
  });
});

it('a service that ends in a free break costs nothing more, whatever the policy says of ends', () => {
  const policy = {
    start: 'prorate',
    upgrade: 'prorate',
    downgrade: 'prorate',
    pause: 'credit',
    suspension: 'charge',
  } as const;
  const full = {
    ...policy,
    planId: 1,
    fromOn: '2000-01-01',
    termination: 'full',
    earlyTermination: 'charge',
    overageAmount: null,
  } as const;
  const ended = new Date('2025-01-21T10:00:00Z');
  const paused = service('2025-01-01', [price('2025-01-01', '31')], {
    terminatedAt: ended,
    blocks: [{ cause: 'pause', from: new Date('2025-01-11'), until: ended }],
  });
  expect(shown(facts('2025-01-01', [paused], { policies: [full] }))).toEqual(['recurring 2025-01-01 2025-01-11 10.00']);
});
