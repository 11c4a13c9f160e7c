import { bodyId, intId, line } from '@isp/apis/shared';
import { GATEWAY_NAMES, PAYMENT_METHOD_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const gateway = z.enum(GATEWAY_NAMES);

export const addMethodBody = z.strictObject({
  customer_id: bodyId,
  gateway,
  token: line(200)
    .regex(/^[\w.-]+$/, 'must be a token of the gateway')
    .describe('What the gateway gave to the payer’s browser; never a card number'),
  default: z.boolean().optional().describe('A customer’s first method is its default'),
});
export type AddMethodBody = z.infer<typeof addMethodBody>;

export const methodsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    include_removed: z
      .enum(['true', 'false'])
      .transform((value) => value === 'true')
      .optional(),
  },
  PAYMENT_METHOD_SORTING,
);
export type MethodsQuery = z.infer<typeof methodsQuery>;

export const methodShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  gateway,
  kind: z.enum(['card', 'direct_debit']),
  brand: z.string().nullable(),
  last_digits: z.string().nullable(),
  expires_on: z.string().nullable(),
  default: z.boolean(),
  refused_code: z.string().nullable(),
  created_at: z.string(),
  removed_at: z.string().nullable(),
});
export const methodsShape = listShape('payment_methods', methodShape);

export const methodExample = {
  id: 9,
  customer_id: 123,
  gateway: 'sandbox',
  kind: 'card',
  brand: 'visa',
  last_digits: '4242',
  expires_on: '2098-12-31',
  default: true,
  refused_code: null,
  created_at: '2025-02-01T09:00:00Z',
  removed_at: null,
};
