import { describe, expect, it } from '@jest/globals';
import { assertCoherent, assertUsable } from './promotion.policy.js';
import type { PromotionView } from './promotion.view.js';

const january = new Date('2025-01-01T00:00:00Z');
const february = new Date('2025-02-01T00:00:00Z');
const promotion: PromotionView = {
  id: 1,
  guid: 'b2c1b7a0-0000-4000-8000-000000000001',
  partnerId: 4,
  code: 'SUMMER',
  name: 'Summer',
  description: null,
  startsAt: january,
  endsAt: february,
  percent: '10.000',
  amount: null,
  currency: null,
  months: 3,
  maxUses: 2,
  uses: 1,
  status: 'active',
  products: [],
  revision: 1,
  createdAt: january,
  updatedAt: january,
};

function refusal(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('assertCoherent', () => {
  it.each<[Partial<PromotionView>, number, string | undefined]>([
    [{}, 0, undefined],
    [{ endsAt: null, maxUses: null }, 9, undefined],
    [{ percent: null, amount: '5.0000', currency: 'ZAR' }, 0, undefined],
    [{ endsAt: january }, 0, 'offers.promotion.window_empty'],
    [{ percent: null }, 0, 'offers.promotion.value_unfit'],
    [{ percent: '0.000' }, 0, 'offers.promotion.value_unfit'],
    [{ amount: '5.0000', currency: 'ZAR' }, 0, 'offers.promotion.value_unfit'],
    [{ percent: null, amount: '5.0000' }, 0, 'offers.promotion.value_unfit'],
    [{ currency: 'ZAR' }, 0, 'offers.promotion.value_unfit'],
    [{ maxUses: 2 }, 3, 'offers.promotion.limit_below_uses'],
  ])('%j after %i uses: %s', (values, uses, code) => {
    expect(refusal(() => assertCoherent({ ...promotion, ...values }, uses))).toBe(code);
  });
});

describe('assertUsable', () => {
  const before = new Date(january.getTime() - 1);
  const last = new Date(february.getTime() - 1);
  const other = [{ id: 8, guid: promotion.guid }];
  it.each<[Partial<PromotionView>, number | null, Date, string | undefined]>([
    [{}, 7, january, undefined],
    [{}, 7, last, undefined],
    [{ endsAt: null }, 7, february, undefined],
    [{ products: [{ id: 7, guid: promotion.guid }] }, 7, january, undefined],
    [{ maxUses: null, uses: 99 }, 7, january, undefined],
    [{}, 7, before, 'offers.promotion.not_running'],
    [{}, 7, february, 'offers.promotion.not_running'],
    [{ status: 'retired' }, 7, january, 'offers.promotion.not_running'],
    [{ products: other }, 7, january, 'offers.promotion.other_product'],
    [{}, null, january, 'offers.promotion.other_product'],
    [{ uses: 2 }, 7, january, 'offers.promotion.used_up'],
  ])('%j for product %p at %p: %s', (values, product, at, code) => {
    expect(refusal(() => assertUsable({ ...promotion, ...values }, product, at))).toBe(code);
  });
});
