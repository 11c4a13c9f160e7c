import { describe, expect, it } from '@jest/globals';
import { pricesWithTax } from './plan-prices.js';

const plan = {
  monthlyAmount: '0',
  activationAmount: '0',
  staticIpMonthlyAmount: '0',
  currency: 'USD',
  taxPercent: '0',
};
const monthly = (monthlyAmount: string, taxPercent: string, currency = 'USD') =>
  pricesWithTax({ ...plan, monthlyAmount, taxPercent, currency }).monthly.toText();

describe('pricesWithTax', () => {
  it.each([
    ['477.3913', '15', 'USD', '549.00'],
    ['79.99', '8', 'USD', '86.39'],
    ['79.9900', '0.000', 'USD', '79.99'],
    // 0.125 of tax goes up, as half-up does.
    ['1.25', '10', 'USD', '1.38'],
    ['999', '10', 'JPY', '1099'],
    ['1.0005', '5', 'KWD', '1.051'],
  ])('%s plus %s %% in %s is %s', (amount, percent, currency, gross) => {
    expect(monthly(amount, percent, currency)).toBe(gross);
  });

  it('taxes every price of a plan', () => {
    const { activation, staticIpMonthly } = pricesWithTax({
      ...plan,
      activationAmount: '99',
      staticIpMonthlyAmount: '5',
      taxPercent: '8',
    });
    expect([activation.toText(), staticIpMonthly.toText()]).toEqual(['106.92', '5.40']);
  });
});
