import { bodyId, instant, intId, line, prose, unitAmount } from '@isp/apis/shared';
import { PAYMENT_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const method = z.enum(['cash', 'bank_transfer', 'cheque', 'card', 'direct_debit', 'other']);

export const recordPaymentBody = z.strictObject({
  customer_id: bodyId,
  account_id: bodyId.optional(),
  amount: unitAmount,
  method,
  reference: line(120).optional(),
  received_at: instant.optional(),
  invoice_ids: z.array(bodyId).min(1).max(500).optional(),
  notes: prose(2000).optional(),
});
export type RecordPaymentBody = z.infer<typeof recordPaymentBody>;

export const reverseBody = z.strictObject({
  reason: line(250),
  amount: unitAmount.optional().describe('What the bank took back, where something was refunded before'),
});
export type ReverseBody = z.infer<typeof reverseBody>;

export const paymentsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    account_id: intId.optional(),
    status: z.enum(['received', 'reversed']).optional(),
    method: method.optional(),
  },
  PAYMENT_SORTING,
);
export type PaymentsQuery = z.infer<typeof paymentsQuery>;

export const paymentShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  amount: z.number(),
  currency: z.string(),
  allocated_amount: z.number(),
  unallocated_amount: z.number(),
  refunded_amount: z.number(),
  excess_amount: z.number().describe('What the bank took back beyond what was left of it: the customer owes it'),
  excess_paid_amount: z.number().describe('What other money has paid of that'),
  excess_written_off_amount: z.number().describe('What was given up of it'),
  method,
  reference: z.string().nullable(),
  status: z.enum(['received', 'reversed']),
  received_at: z.string(),
  reversed_at: z.string().nullable(),
  reversal_reason: z.string().nullable(),
  notes: z.string().nullable(),
  allocations: z.array(z.object({ invoice_id: z.int(), amount: z.number() })),
  excess_allocations: z
    .array(z.object({ payment_id: z.int(), amount: z.number() }))
    .describe(
      'What it pays of what banks took back beyond other payments; with `allocations` all of `allocated_amount`',
    ),
  created_at: z.string(),
});
export const paymentsShape = listShape('payments', paymentShape);

export const paymentExample = {
  id: 55,
  customer_id: 123,
  account_id: 12,
  amount: 100,
  currency: 'USD',
  allocated_amount: 86.39,
  unallocated_amount: 13.61,
  refunded_amount: 0,
  excess_amount: 0,
  excess_paid_amount: 0,
  excess_written_off_amount: 0,
  method: 'bank_transfer',
  reference: 'E2E-20250210-01',
  status: 'received',
  received_at: '2025-02-10T09:00:00Z',
  reversed_at: null,
  reversal_reason: null,
  notes: null,
  allocations: [{ invoice_id: 789, amount: 86.39 }],
  excess_allocations: [],
  created_at: '2025-02-10T09:00:05Z',
};
