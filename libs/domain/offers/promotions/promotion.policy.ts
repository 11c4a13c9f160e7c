import { decimal, roundHalfUp } from '@isp/kernel';
import { offerErrors } from '../offers.errors.js';
import type { ProductView } from '../products/product.view.js';
import type { PromotionValues, PromotionView } from './promotion.view.js';

/** The same values as the database writes them, so that equal ones are equal as text. */
export function inStoredForm<V extends Partial<PromotionValues>>(values: V): V {
  const { percent, amount } = values;
  return {
    ...values,
    ...(percent ? { percent: roundHalfUp(percent, 3).toFixed(3) } : {}),
    ...(amount ? { amount: roundHalfUp(amount, 4).toFixed(4) } : {}),
  };
}

/**
 * Whether a promotion makes sense as a whole.
 * @throws `offers.promotion.window_empty`, `offers.promotion.value_unfit`, `offers.promotion.limit_below_uses`
 */
export function assertCoherent(promotion: PromotionValues, uses: number): void {
  const { startsAt, endsAt, percent, amount, currency, maxUses } = promotion;
  if (endsAt && endsAt <= startsAt) throw offerErrors('offers.promotion.window_empty');
  const values = [percent, amount].filter((value) => value !== null);
  const positive = values.every((value) => decimal(value).greaterThan(0));
  if (values.length !== 1 || !positive || (amount === null) !== (currency === null))
    throw offerErrors('offers.promotion.value_unfit');
  if (maxUses !== null && maxUses < uses) throw offerErrors('offers.promotion.limit_below_uses');
}

/**
 * Whether an order at an instant may name the promotion for a product: one of its partner, not the operator's own.
 * @throws `offers.promotion.not_running`, `offers.promotion.other_product`, `offers.promotion.used_up`
 */
export function assertUsable(promotion: PromotionView, product: Pick<ProductView, 'kind' | 'guid'>, at: Date): void {
  const { status, startsAt, endsAt, products, maxUses, uses } = promotion;
  const running = status === 'active' && startsAt <= at && (endsAt === null || at < endsAt);
  if (!running) throw refused('offers.promotion.not_running', 'is not running');
  const fits = products.length === 0 || products.some(({ guid }) => guid === product.guid);
  if (product.kind !== 'retail' || !fits) throw refused('offers.promotion.other_product', 'is not for this product');
  if (maxUses !== null && uses >= maxUses) throw refused('offers.promotion.used_up', 'is used up');
}

/** A refusal that names the field which orders carry the code in. */
export function refused(code: Parameters<typeof offerErrors>[0], message: string) {
  return offerErrors(code, {}, { details: [{ field: 'promo_code', message }] });
}
