import { intId, line, unitAmount } from '@isp/apis/shared';
import { REFUND_STATUSES, REFUND_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const status = z.enum(REFUND_STATUSES);
const channel = z.enum(['gateway', 'hand']);

export const refundBody = z.strictObject({
  amount: unitAmount.optional().describe('All that is left of the payment when absent'),
  channel: channel.optional().describe('The gateway that took it, else by hand, when absent'),
  reference: line(120).optional().describe('Of the transfer or the receipt, by hand'),
  reason: line(250),
});
export type RefundBody = z.infer<typeof refundBody>;

export const refundsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    payment_id: intId.optional(),
    status: status.optional(),
  },
  REFUND_SORTING,
);
export type RefundsQuery = z.infer<typeof refundsQuery>;

export const refundShape = z.object({
  id: z.int(),
  payment_id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  amount: z.number(),
  currency: z.string(),
  channel,
  status,
  reference: z.string().nullable(),
  reason: z.string(),
  code: z.string().nullable(),
  returned_payment_id: z
    .int()
    .nullable()
    .describe('The payment that it came back as: the one that it is of had been taken back in the meantime'),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export const refundsShape = listShape('refunds', refundShape);

export const refundExample = {
  id: 7,
  payment_id: 55,
  customer_id: 123,
  account_id: 12,
  amount: 13.61,
  currency: 'USD',
  channel: 'gateway',
  status: 'processing',
  reference: null,
  reason: 'Paid twice',
  code: null,
  returned_payment_id: null,
  created_at: '2025-02-12T09:00:00Z',
  finished_at: null,
};
