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
  const guid = 'c567389a-2d36-4c29-ad46-0ec3d7a7d0ea';
  const other = 'd728f54d-5769-4833-b168-12b1e86d3caf';
  it.each<[Partial<PromotionView>, 'retail' | 'wholesale', Date, string | undefined]>([
    [{}, 'retail', january, undefined],
    [{}, 'retail', last, undefined],
    [{ endsAt: null }, 'retail', february, undefined],
    [{ products: [{ id: 7, guid }] }, 'retail', january, undefined],
    [{ maxUses: null, uses: 99 }, 'retail', january, undefined],
    [{}, 'retail', before, 'offers.promotion.not_running'],
    [{}, 'retail', february, 'offers.promotion.not_running'],
    [{ status: 'retired' }, 'retail', january, 'offers.promotion.not_running'],
    [{ products: [{ id: 8, guid: other }] }, 'retail', january, 'offers.promotion.other_product'],
    [{}, 'wholesale', january, 'offers.promotion.other_product'],
    [{ uses: 2 }, 'retail', january, 'offers.promotion.used_up'],
  ])('%j for a %s product at %p: %s', (values, kind, at, code) => {
    expect(refusal(() => assertUsable({ ...promotion, ...values }, { kind, guid }, at))).toBe(code);
  });
});
