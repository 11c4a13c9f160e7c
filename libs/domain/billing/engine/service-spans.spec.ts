import { expect, it } from '@jest/globals';
import { DEFAULT_POLICY } from './charges.js';
import { pricedSpans, rulerOf } from './service-spans.js';

const ruler = rulerOf('day', 'UTC');
const day = (on: string): number => ruler.ofDate(on);
const price = { planId: 1, planVersion: 1, planName: 'P', monthlyAmount: '31', taxPercent: '0', dataLimitGb: null };

it('a pause within one day leaves the period whole, wherever it lies', () => {
  const whole = { from: day('2025-01-01'), until: day('2025-02-01') };
  for (const on of ['2025-01-01', '2025-01-15', '2025-01-31']) {
    const service = {
      serviceId: 1,
      serviceType: 'internet',
      activatedAt: new Date('2024-06-01T00:00:00Z'),
      terminatedAt: null,
      activationAmount: '0',
      contract: { months: 0, earlyTerminationAmount: '0' },
      prices: [{ at: new Date('2024-06-01T00:00:00Z'), ...price }],
      blocks: [{ cause: 'pause', from: new Date(`${on}T00:01:00Z`), until: new Date(`${on}T23:59:00Z`) }],
      windows: [{ from: '2000-01-01', until: null }],
      usage: [],
    };
    const spans = pricedSpans(service, { whole, billed: whole }, () => DEFAULT_POLICY, ruler);
    expect(spans).toEqual([{ ...whole, price: service.prices[0] }]);
  }
});
