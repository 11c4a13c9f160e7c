import { describe, expect, it } from '@jest/globals';
import { Money, decimal } from '@isp/kernel';
import fc from 'fast-check';
import { prorate } from './proration.js';

const usd = (amount: string) => Money.of(amount, 'USD');

describe('a change of plan in the middle of a month', () => {
  it.each([
    ['79.99', '99.99', 28, 19, '54.28', '67.85', '13.57'],
    ['99.99', '79.99', 31, 31, '99.99', '79.99', '-20.00'],
    ['10', '20', 30, 1, '0.33', '0.67', '0.34'],
    ['79.99', '99.99', 31, 0, '0.00', '0.00', '0.00'],
    ['477.3913', '0', 30, 15, '238.70', '0.00', '-238.70'],
  ])('from %s to %s, %i days, %i left', (from, to, days, daysLeft, credit, charge, net) => {
    const made = prorate(usd(from), usd(to), { days, daysLeft });
    expect([made.credit, made.charge, made.net].map((money) => money.toText())).toEqual([credit, charge, net]);
  });

  it('gives back and charges no more than a month, and undoes itself to the cent', () => {
    const amount = fc.integer({ min: 0, max: 100_000_000 }).map((n) => usd(decimal(n).dividedBy(10_000).toFixed(4)));
    const month = fc
      .integer({ min: 28, max: 31 })
      .chain((days) => fc.record({ days: fc.constant(days), daysLeft: fc.integer({ min: 0, max: days }) }));
    fc.assert(
      fc.property(amount, amount, month, (from, to, period) => {
        const there = prorate(from, to, period);
        const back = prorate(to, from, period);
        expect(there.net.plus(back.net).isZero()).toBe(true);
        expect(there.credit.compare(from.rounded())).toBeLessThanOrEqual(0);
        expect(there.charge.isNegative()).toBe(false);
      }),
    );
  });
});
