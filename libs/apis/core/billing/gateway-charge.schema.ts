import { bodyId, bytesBody, intId, line, unitAmount } from '@isp/apis/shared';
import { CHARGE_STATUSES, GATEWAY_NAMES, CHARGE_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const status = z.enum(CHARGE_STATUSES);

export const chargeBody = z.strictObject({
  customer_id: bodyId,
  account_id: bodyId.optional(),
  invoice_ids: z
    .array(bodyId)
    .min(1)
    .max(500)
    .optional()
    .describe('All that is owed when absent: invoices, the oldest first, and what a bank took back beyond a payment'),
  amount: unitAmount.optional().describe('All that is due when absent'),
  payment_method_id: bodyId.optional().describe('The customer’s default when absent'),
});
export type ChargeBody = z.infer<typeof chargeBody>;

export const topUpBody = chargeBody.omit({ invoice_ids: true }).extend({ amount: unitAmount });
export type TopUpBody = z.infer<typeof topUpBody>;

export const chargesQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    account_id: intId.optional(),
    status: status.optional(),
  },
  CHARGE_SORTING,
);
export type ChargesQuery = z.infer<typeof chargesQuery>;

export const chargeShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  payment_method_id: z.int(),
  gateway: z.enum(GATEWAY_NAMES),
  purpose: z.enum(['invoices', 'top_up']),
  invoice_ids: z.array(z.int()),
  excess_payment_ids: z
    .array(z.int())
    .describe('Payments of which a bank took back more than was left: it pays that too'),
  amount: z.number(),
  currency: z.string(),
  status,
  reference: z.string().nullable(),
  action_url: z.string().nullable(),
  code: z.string().nullable(),
  automatic: z.boolean(),
  attempt: z.int(),
  retry_of_id: z.int().nullable(),
  retry_at: z.string().nullable(),
  payment_id: z.int().nullable(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export const chargesShape = listShape('charges', chargeShape);

export const chargeExample = {
  id: 31,
  customer_id: 123,
  account_id: 12,
  payment_method_id: 9,
  gateway: 'sandbox',
  purpose: 'invoices',
  invoice_ids: [789],
  excess_payment_ids: [],
  amount: 86.39,
  currency: 'USD',
  status: 'processing',
  reference: null,
  action_url: null,
  code: null,
  automatic: false,
  attempt: 1,
  retry_of_id: null,
  retry_at: null,
  payment_id: null,
  created_at: '2025-02-10T09:00:00Z',
  finished_at: null,
};

export const autopayBody = z.strictObject({ enabled: z.boolean() });
export type AutopayBody = z.infer<typeof autopayBody>;

export const gatewayReference = z.string().regex(/^sbx_[0-9a-f]{32}$/, 'must be a charge of the sandbox’s gateway');
export const actionBody = z.strictObject({ approve: z.boolean() });
export type ActionBody = z.infer<typeof actionBody>;

export const signedBody = bytesBody('application/json');
export const gatewayName = z.enum(GATEWAY_NAMES);
export const receivedShape = z.object({ received: z.boolean() });

export const declineCode = z.string().regex(/^([a-z][a-z0-9_]{0,62}|\*)$/, 'must be a code of a gateway, or *');
export const declineCodeBody = z.strictObject({
  description: line(200),
  retry_hours: z.array(z.int().min(1).max(8_760)).max(12),
  refuses_method: z.boolean(),
});
export type DeclineCodeBody = z.infer<typeof declineCodeBody>;
export const declineCodeShape = z.object({
  code: z.string(),
  description: z.string(),
  retry_hours: z.array(z.int()),
  refuses_method: z.boolean(),
  updated_at: z.string(),
});
export const declineCodesShape = z.object({ decline_codes: z.array(declineCodeShape) });
export const declineCodeExample = {
  code: 'insufficient_funds',
  description: 'Not enough money',
  retry_hours: [72, 120, 168],
  refuses_method: false,
  updated_at: '2025-02-01T09:00:00Z',
};
