import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decimal } from '@isp/kernel';
import { type Discount, discounted, priceWithTax } from './retail-price.js';

const price = (amount: string, taxPercent = '15', currency = 'ZAR') => ({ amount, taxPercent, currency });
const off = (percent: string): Discount => ({ percent, amount: null, currency: null });
const less = (amount: string, currency = 'ZAR'): Discount => ({ percent: null, amount, currency });

describe('priceWithTax', () => {
  it.each([
    ['477.3913', '15.000', 'ZAR', '549.00'],
    ['477.3913', '15', 'USD', '549.00'],
    ['79.99', '8', 'USD', '86.39'],
    ['1.25', '10', 'USD', '1.38'],
    ['0', '15', 'ZAR', '0.00'],
    ['0.0049', '15', 'ZAR', '0.00'],
    ['999.5', '10', 'JPY', '1100'],
    ['1.0005', '5', 'KWD', '1.051'],
    ['9999999999.9999', '100', 'USD', '20000000000.00'],
  ])('%s plus %s %% in %s is %s', (amount, percent, currency, gross) => {
    expect(priceWithTax(price(amount, percent, currency)).toText()).toBe(gross);
  });
});

describe('discounted', () => {
  it.each([
    ['477.3913', off('10'), '429.6522', '494.10'],
    ['477.3913', off('100'), '0.0000', '0.00'],
    ['477.3913', off('33.333'), '318.2625', '366.00'],
    ['477.3913', less('77.3913'), '400.0000', '460.00'],
    ['50', less('60'), '0.0000', '0.00'],
    ['50', less('60', 'USD'), '50', '57.50'],
  ])('%s with %j is %s, %s with tax', (amount, discount, net, gross) => {
    const reduced = discounted(price(amount), discount);
    expect([reduced.amount, priceWithTax(reduced).toText()]).toEqual([net, gross]);
  });

  it('never adds to a price and never goes below nothing', () => {
    const amount = fc.bigInt(0n, 10n ** 9n).map((units) => decimal(units).dividedBy(10_000).toFixed(4));
    const discount = fc.oneof(
      fc.integer({ min: 1, max: 100_000 }).map((milli) => off(decimal(milli).dividedBy(1000).toFixed())),
      amount.map((value) => less(value)),
    );
    fc.assert(
      fc.property(amount, discount, (full, by) => {
        const reduced = decimal(discounted(price(full), by).amount);
        expect(reduced.lessThanOrEqualTo(full) && !reduced.isNegative()).toBe(true);
      }),
    );
  });
});
