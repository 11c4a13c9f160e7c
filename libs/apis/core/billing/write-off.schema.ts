import { bodyId, currencyCode, intId, prose, unitAmount } from '@isp/apis/shared';
import { WRITE_OFF_REASONS, WRITE_OFF_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const reason = z.enum(WRITE_OFF_REASONS);
const why = {
  reason,
  note: prose(500).optional(),
  reclaim_tax: z
    .boolean()
    .default(false)
    .describe('The share of the tax is claimed back from the tax office; it is part of the loss when absent'),
};
const saysWhy = ({ reason: given, note }: { readonly reason: string; readonly note?: string | undefined }): boolean =>
  given !== 'other' || note !== undefined;
const NOTE = { message: 'is needed when the reason is `other`', path: ['note'] };

export const writeOffInvoiceBody = z
  .strictObject({ ...why, amount: unitAmount.optional().describe('All that is open when absent') })
  .refine(saysWhy, NOTE);
export type WriteOffInvoiceBody = z.infer<typeof writeOffInvoiceBody>;

export const writeOffExcessBody = z
  .strictObject({ reason, note: why.note, amount: unitAmount.optional().describe('All that is open when absent') })
  .refine(saysWhy, NOTE);
export type WriteOffExcessBody = z.infer<typeof writeOffExcessBody>;

export const writeOffAccountBody = z.strictObject(why).refine(saysWhy, NOTE);
export type WriteOffAccountBody = z.infer<typeof writeOffAccountBody>;

export const smallBalancesBody = z.strictObject({
  currency: currencyCode,
  below: unitAmount.describe('A rest below it'),
  older_than_days: z.int().min(0).max(36_500).describe('Since the due date, where the account is'),
  partner_id: bodyId.optional(),
  note: why.note,
  reclaim_tax: why.reclaim_tax,
  dry_run: z.boolean().default(true).describe('Say only which they are'),
});
export type SmallBalancesBody = z.infer<typeof smallBalancesBody>;

export const reverseWriteOffBody = z.strictObject({ reversal_reason: prose(500) });
export type ReverseWriteOffBody = z.infer<typeof reverseWriteOffBody>;

export const writeOffsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    account_id: intId.optional(),
    invoice_id: intId.optional(),
    payment_id: intId.optional().describe('A payment that a bank took back'),
    reason: reason.optional(),
  },
  WRITE_OFF_SORTING,
);
export type WriteOffsQuery = z.infer<typeof writeOffsQuery>;

export const writeOffShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  invoice_id: z.int().nullable(),
  invoice_number: z.string().nullable(),
  payment_id: z
    .int()
    .nullable()
    .describe('Of what a bank took back beyond the rest of this payment; null where an invoice was written off'),
  currency: z.string(),
  amount: z.number(),
  reclaimed_tax_amount: z.number(),
  reversed_amount: z.number(),
  reversed_tax_amount: z.number(),
  reason,
  note: z.string().nullable(),
  created_by: z.string(),
  created_at: z.string(),
  reversals: z.array(
    z.object({
      amount: z.number(),
      reclaimed_tax_amount: z.number(),
      payment_id: z.int().nullable(),
      credit_note_id: z.int().nullable(),
      reason: z.string().nullable(),
      created_by: z.string(),
      created_at: z.string(),
    }),
  ),
});
export const writeOffsShape = listShape('write_offs', writeOffShape);
export const accountWriteOffsShape = z.object({
  account_id: z.int(),
  amount: z.number(),
  write_offs: z.array(writeOffShape),
});
export const smallBalancesShape = z.object({
  dry_run: z.boolean(),
  currency: z.string(),
  amount: z.number(),
  remaining: z.int(),
  remaining_amount: z.number(),
  invoices: z.array(
    z.object({
      invoice_id: z.int(),
      invoice_number: z.string(),
      customer_id: z.int(),
      account_id: z.int(),
      due_date: z.string(),
      amount: z.number(),
    }),
  ),
});

export const writeOffExample = {
  id: 3,
  customer_id: 123,
  account_id: 12,
  invoice_id: 789,
  invoice_number: 'INV-2025-000789',
  payment_id: null,
  currency: 'USD',
  amount: 86.39,
  reclaimed_tax_amount: 6.4,
  reversed_amount: 0,
  reversed_tax_amount: 0,
  reason: 'bankruptcy' as const,
  note: 'Case 25-10017',
  created_by: 'finance',
  created_at: '2025-08-29T09:00:00Z',
  reversals: [],
};
export const excessExample = {
  ...writeOffExample,
  id: 4,
  invoice_id: null,
  invoice_number: null,
  payment_id: 456,
  amount: 40,
  reclaimed_tax_amount: 0,
  reason: 'uncollectable' as const,
  note: null,
};
export const reversedExample = {
  ...writeOffExample,
  reversed_amount: 86.39,
  reversed_tax_amount: 6.4,
  reversals: [
    {
      amount: 86.39,
      reclaimed_tax_amount: 6.4,
      payment_id: null,
      credit_note_id: null,
      reason: 'The estate pays after all',
      created_by: 'finance',
      created_at: '2025-09-02T09:00:00Z',
    },
  ],
};
export const smallBalancesExample = {
  dry_run: true,
  currency: 'USD',
  amount: 1.39,
  remaining: 0,
  remaining_amount: 0,
  invoices: [
    {
      invoice_id: 789,
      invoice_number: 'INV-2025-000789',
      customer_id: 123,
      account_id: 12,
      due_date: '2025-02-15',
      amount: 1.39,
    },
  ],
};
