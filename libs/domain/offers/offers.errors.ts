import { defineErrors } from '@isp/kernel';

export const offerErrors = defineErrors({
  'offers.product.not_found': { kind: 'not_found', message: 'Product not found' },
  'offers.product.name_taken': { kind: 'conflict', message: 'Another product on sale has this name.' },
  'offers.product.retired': { kind: 'conflict', message: 'The product is retired.' },
  'offers.product.stale': { kind: 'precondition_failed', message: 'The product has changed since you read it.' },
  'offers.product.plan_unfit': {
    kind: 'unprocessable',
    message: 'There is no such wholesale product for internet services on sale.',
  },
  'offers.product.seller_unfit': {
    kind: 'unprocessable',
    message: 'Only resellers and ISPs have products of their own.',
  },
  'offers.product.not_sold_here': { kind: 'unprocessable', message: 'There is no such product on sale at this place.' },
  'offers.price.in_the_past': { kind: 'unprocessable', message: 'A price cannot take effect in the past.' },
  'offers.promotion.not_found': { kind: 'not_found', message: 'Promotion not found' },
  'offers.promotion.code_taken': { kind: 'conflict', message: 'Another promotion has this code.' },
  'offers.promotion.retired': { kind: 'conflict', message: 'The promotion is retired.' },
  'offers.promotion.stale': { kind: 'precondition_failed', message: 'The promotion has changed since you read it.' },
  'offers.promotion.window_empty': { kind: 'unprocessable', message: 'The promotion must end after it begins.' },
  'offers.promotion.value_unfit': {
    kind: 'unprocessable',
    message: 'A promotion takes off per cent, or an amount in a currency.',
  },
  'offers.promotion.product_unknown': { kind: 'unprocessable', message: 'There is no such product on sale.' },
  'offers.promotion.limit_below_uses': {
    kind: 'unprocessable',
    message: 'The promotion was used more often than that.',
  },
  'offers.promotion.unknown': { kind: 'unprocessable', message: 'There is no such promotion.' },
  'offers.promotion.not_running': { kind: 'unprocessable', message: 'The promotion is not running.' },
  'offers.promotion.other_product': { kind: 'unprocessable', message: 'The promotion is not for this product.' },
  'offers.promotion.used_up': { kind: 'conflict', message: 'The promotion is used up.' },
  'offers.area.unknown': { kind: 'not_found', message: 'Area not found' },
  'offers.area.offer_not_found': { kind: 'not_found', message: 'Product of the area not found' },
  'offers.area.partner_unknown': { kind: 'unprocessable', message: 'There is no such partner.' },
  'offers.area.sold_already': { kind: 'conflict', message: 'The product is sold in the area at that time already.' },
  'offers.area.window_empty': { kind: 'unprocessable', message: 'The sale must end after it begins.' },
});
