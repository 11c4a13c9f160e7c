import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Money, decimal } from '@isp/kernel';
import { type ServiceMonth, type TermsStep, linesOf, totalsOf } from './settlement-lines.js';

const terms = (day: number, monthlyAmount: string, over: Partial<TermsStep> = {}): TermsStep => ({
  day,
  planId: 1,
  planVersion: 1,
  sku: 'HOME-100',
  staticIp: false,
  monthlyAmount,
  currency: 'ZAR',
  taxPercent: '15.000',
  ...over,
});
const service = (over: Partial<ServiceMonth> = {}): ServiceMonth => ({
  serviceId: 7,
  serviceGuid: '533ee0a6-7279-415b-9ed1-191bc406ab9d',
  activationAmount: '0',
  activatedOn: null,
  partOfBundle: false,
  statuses: [{ day: 0, status: 'active' }],
  terms: [terms(0, '477.3913')],
  ...over,
});
const settle = (one: ServiceMonth, days: number, suspendedPercent = '100.000') =>
  linesOf([one], { days, suspendedPercent }).map(({ kind, days: charged, net, tax, gross }) =>
    [kind, charged, net, tax, gross].join(' '),
  );

describe('linesOf', () => {
  it.each([28, 29, 30, 31])('charges a whole month of %i days its price', (days) => {
    expect(settle(service(), days)).toEqual([`monthly ${days} 477.39 71.61 549.00`]);
  });

  it.each([
    // 477.3913 × 12 / 31, 12 / 29 (a leap year's February), 12 / 28
    [31, 20, 'monthly 12 184.80 27.72 212.52'],
    [29, 18, 'monthly 12 197.54 29.63 227.17'],
    [28, 17, 'monthly 12 204.60 30.69 235.29'],
  ])('charges the day of activation: of %i days, from the %ith on', (days, day, line) => {
    const statuses = [
      { day: 0, status: 'pending_activation' },
      { day, status: 'provisioning' },
      { day, status: 'active' },
    ];
    expect(settle(service({ statuses }), days)).toEqual([line]);
  });

  it('does not charge the day of termination', () => {
    const statuses = [
      { day: 0, status: 'active' },
      { day: 11, status: 'terminated' },
    ];
    expect(settle(service({ statuses }), 30)).toEqual(['monthly 10 159.13 23.87 183.00']);
  });

  it('charges nothing for what began and ended on one day, nor before it works, nor after it failed', () => {
    const day = (...statuses: string[]) => service({ statuses: statuses.map((status) => ({ day: 5, status })) });
    expect(settle(day('active', 'terminated'), 30)).toEqual([]);
    expect(settle(day('provisioning', 'failed'), 30)).toEqual([]);
    expect(settle(service({ statuses: [] }), 30)).toEqual([]);
  });

  it('charges the day of a change of plan at the new price, and each part by itself', () => {
    const changed = service({ terms: [terms(0, '477.3913'), terms(16, '779.1304', { planId: 2, sku: 'HOME-300' })] });
    // 477.3913 × 15/31 = 230.9958; 779.1304 × 16/31 = 402.1318
    expect(settle(changed, 31)).toEqual(['monthly 15 231.00 34.65 265.65', 'monthly 16 402.13 60.32 462.45']);
  });

  it('takes of two changes on one day the last', () => {
    const changed = service({ terms: [terms(0, '100'), terms(11, '900'), terms(11, '200')] });
    expect(settle(changed, 30)).toEqual(['monthly 10 33.33 5.00 38.33', 'monthly 20 133.33 20.00 153.33']);
  });

  it('charges suspended days as agreed', () => {
    const statuses = [
      { day: 0, status: 'active' },
      { day: 11, status: 'suspended' },
      { day: 21, status: 'active' },
    ];
    const blocked = service({ statuses, terms: [terms(0, '300')] });
    expect(settle(blocked, 30, '100.000')).toEqual(['monthly 30 300.00 45.00 345.00']);
    expect(settle(blocked, 30, '0.000')).toEqual(['monthly 20 200.00 30.00 230.00', 'suspended 10 0.00 0.00 0.00']);
    expect(settle(blocked, 30, '33.333')).toEqual(['monthly 20 200.00 30.00 230.00', 'suspended 10 33.33 5.00 38.33']);
  });

  it('says which days', () => {
    const statuses = [
      { day: 3, status: 'active' },
      { day: 5, status: 'suspended' },
      { day: 9, status: 'active' },
      { day: 30, status: 'terminated' },
    ];
    const lines = linesOf([service({ statuses })], { days: 31, suspendedPercent: '50' });
    expect(lines.map(({ kind, periods }) => [kind, periods])).toEqual([
      [
        'monthly',
        [
          { from: 3, to: 4 },
          { from: 9, to: 29 },
        ],
      ],
      ['suspended', [{ from: 5, to: 8 }]],
    ]);
  });

  it('charges the activation in its month, at the tax of that day', () => {
    const statuses = [{ day: 20, status: 'active' }];
    const fresh = service({ statuses, activatedOn: 20, activationAmount: '99', terms: [terms(18, '310')] });
    expect(settle(fresh, 31)).toEqual(['activation 1 99.00 14.85 113.85', 'monthly 12 120.00 18.00 138.00']);
  });

  it('leaves out what a bundle pays for, but not what it does not', () => {
    expect(settle(service({ partOfBundle: true, terms: [terms(0, '0')] }), 30)).toEqual([]);
    expect(settle(service({ partOfBundle: true, terms: [terms(0, '5')] }), 30)).toHaveLength(1);
    expect(settle(service({ terms: [terms(0, '0')] }), 30)).toEqual(['monthly 30 0.00 0.00 0.00']);
  });

  it('knows currencies without and with three decimals', () => {
    const yen = service({
      terms: [terms(0, '1000', { currency: 'JPY', taxPercent: '10' })],
      statuses: [{ day: 16, status: 'active' }],
    });
    expect(settle(yen, 31)).toEqual(['monthly 16 516 52 568']);
    const dinar = service({
      terms: [terms(0, '10', { currency: 'KWD', taxPercent: '5' })],
      statuses: [{ day: 31, status: 'active' }],
    });
    expect(settle(dinar, 31)).toEqual(['monthly 1 0.323 0.016 0.339']);
  });

  it('never charges a day twice, and never more than the dearest month', () => {
    const status = fc.constantFrom('active', 'suspended', 'terminated', 'pending_activation', 'failed', 'provisioning');
    const day = fc.integer({ min: 0, max: 31 });
    const steps = <S>(of: fc.Arbitrary<S>) => fc.array(of, { minLength: 1, maxLength: 8 });
    const byDay = <S extends { day: number }>(all: S[]) => [...all].sort((a, b) => a.day - b.day);
    const amount = fc.integer({ min: 0, max: 10_000_000 }).map((units) => decimal(units).dividedBy(10_000).toFixed(4));
    fc.assert(
      fc.property(
        steps(fc.record({ day, status })),
        steps(fc.tuple(day, amount).map(([at, price]) => terms(at, price))),
        fc.integer({ min: 28, max: 31 }),
        fc.constantFrom('0', '12.345', '50', '100'),
        (statuses, prices, days, suspendedPercent) => {
          const one = service({ statuses: byDay(statuses), terms: byDay(prices) });
          const lines = linesOf([one], { days, suspendedPercent });
          const charged = lines.flatMap(({ periods }) =>
            periods.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index)),
          );
          expect(new Set(charged).size).toBe(charged.length);
          expect(charged.every((at) => at >= 1 && at <= days)).toBe(true);
          const dearest = prices.reduce(
            (most, { monthlyAmount: price }) => (decimal(price).greaterThan(most) ? decimal(price) : most),
            decimal(0),
          );
          const [total] = totalsOf(lines);
          // Each line may round up by half a cent.
          const most = dearest.plus(decimal(lines.length).times('0.005'));
          expect(decimal(total?.net ?? '0').lessThanOrEqualTo(most)).toBe(true);
        },
      ),
    );
  });
});

describe('totalsOf', () => {
  it('adds up what the lines show, currency by currency', () => {
    const one = (serviceId: number, amount: string, currency: string) =>
      service({ serviceId, terms: [terms(0, amount, { currency })], statuses: [{ day: 20, status: 'active' }] });
    const lines = linesOf([one(1, '477.3913', 'ZAR'), one(2, '79.99', 'USD'), one(3, '477.3913', 'ZAR')], {
      days: 31,
      suspendedPercent: '100',
    });
    expect(totalsOf(lines)).toEqual([
      { currency: 'USD', net: '30.96', tax: '4.64', gross: '35.60' },
      { currency: 'ZAR', net: '369.60', tax: '55.44', gross: '425.04' },
    ]);
    expect(
      totalsOf(lines).map(
        ({ net, tax, gross, currency }) => Money.of(net, currency).plus(Money.of(tax, currency)).toText() === gross,
      ),
    ).toEqual([true, true]);
  });
});
