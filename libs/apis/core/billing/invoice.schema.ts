import { bodyId, exactNumber, intId, line, needle, prose, unitAmount } from '@isp/apis/shared';
import { INVOICE_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';
import { day } from './billing-account.schema.js';

/** Shares have as many decimals as a number can have. */
const factor = (max: number) => exactNumber(0, max, 20);

const lineItem = z.strictObject({
  service_id: bodyId.optional(),
  description: line(250),
  amount: unitAmount,
  quantity: factor(1_000_000).default('1'),
  proration_factor: factor(1).default('1'),
});
const period = z.strictObject({ start_date: day, end_date: day });

export const createInvoiceBody = z.strictObject({
  customer_id: bodyId,
  account_id: bodyId.optional(),
  invoice_type: z.enum(['recurring', 'one_off']).default('recurring'),
  billing_period: period.optional(),
  line_items: z.array(lineItem).min(1).max(500).optional(),
  due_date: day.optional(),
  draft: z.boolean().default(false),
  notes: prose(2000).optional(),
});
export type CreateInvoiceBody = z.infer<typeof createInvoiceBody>;

export const changeDraftBody = z.strictObject({
  due_date: day.nullable().optional(),
  notes: prose(2000).nullable().optional(),
});
export type ChangeDraftBody = z.infer<typeof changeDraftBody>;

export const voidBody = z.strictObject({ reason: prose(500).optional() }).default({});
export type VoidBody = z.infer<typeof voidBody>;

export const creditBody = z.strictObject({
  reason: line(250),
  lines: z
    .array(z.strictObject({ line: z.int().min(1).max(100_000), amount: unitAmount }))
    .min(1)
    .max(500)
    .refine(
      (lines) => new Set(lines.map(({ line: position }) => position)).size === lines.length,
      'must name each line once',
    )
    .refine((lines) => lines.every(({ amount }) => Number(amount) > 0), 'must have amounts above zero')
    .optional(),
});
export type CreditBody = z.infer<typeof creditBody>;

const filters = {
  customer_id: intId.optional(),
  account_id: intId.optional(),
  invoice_number: needle(40).optional(),
  issued_from: day.optional(),
  issued_to: day.optional(),
};
const inOrder = ({ issued_from: from, issued_to: to }: { issued_from?: string; issued_to?: string }): boolean =>
  from === undefined || to === undefined || from <= to;
const BACKWARDS = { message: 'must not be before issued_from', path: ['issued_to'] };
export const invoicesQuery = sortedQuery(
  {
    ...filters,
    status: z.enum(['draft', 'pending', 'partially_paid', 'paid', 'overdue', 'void', 'uncollectible']).optional(),
    invoice_type: z.enum(['recurring', 'one_off', 'adjustment']).optional(),
    due_before: day.optional(),
  },
  INVOICE_SORTING,
).refine(inOrder, BACKWARDS);
export type InvoicesQuery = z.infer<typeof invoicesQuery>;
export const creditNotesQuery = sortedQuery(
  {
    ...filters,
    invoice_id: intId.optional(),
    status: z.enum(['draft', 'issued', 'void']).optional(),
  },
  INVOICE_SORTING,
).refine(inOrder, BACKWARDS);
export type CreditNotesQuery = z.infer<typeof creditNotesQuery>;

export const invoiceShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  invoice_number: z.string().nullable(),
  subtotal: z.number(),
  tax_amount: z.number(),
  total_amount: z.number(),
  due_date: z.string().nullable(),
  status: z.string(),
  created_at: z.string(),
  document: z.enum(['invoice', 'credit_note']),
  account_id: z.int(),
  invoice_type: z.enum(['recurring', 'one_off', 'adjustment']),
  corrects_invoice_id: z.int().nullable(),
  currency: z.string(),
  billing_period: z.object({ start_date: z.string(), end_date: z.string() }).nullable(),
  issue_date: z.string().nullable(),
  paid_amount: z.number().describe('What payments settled'),
  credited_amount: z.number().describe('What credit notes took back of it'),
  applied_credit_amount: z.number().describe('What credit notes, its own or others, settled'),
  written_off_amount: z.number().describe('What was given up'),
  written_off_at: z.string().nullable(),
  amount_due: z.number(),
  notes: z.string().nullable(),
});
const taxShape = z.object({
  code: z.string(),
  name: z.string(),
  percent: z.number(),
  inclusive: z.boolean(),
  amount: z.number(),
});
const lineShape = z.object({
  line: z.int(),
  kind: z.string(),
  service_id: z.int().nullable(),
  corrects_invoice_id: z.int().nullable().describe('Of the line that it corrects or takes back'),
  description: z.string(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  amount: z.number(),
  tax_amount: z.number(),
  taxes: z.array(taxShape),
});
export const invoiceWithLinesShape = invoiceShape.extend({
  lines: z.array(lineShape),
  tax_summary: z.array(
    z.object({ code: z.string(), name: z.string(), percent: z.number(), base: z.number(), amount: z.number() }),
  ),
});
export const invoicesShape = listShape('invoices', invoiceShape);
export const creditNotesShape = listShape('credit_notes', invoiceShape);

export const invoiceExample = {
  id: 789,
  customer_id: 123,
  invoice_number: 'INV-2025-000789',
  subtotal: 79.99,
  tax_amount: 6.4,
  total_amount: 86.39,
  due_date: '2025-02-15',
  status: 'pending',
  created_at: '2025-01-29T10:30:00Z',
  document: 'invoice',
  account_id: 12,
  invoice_type: 'recurring',
  corrects_invoice_id: null,
  currency: 'USD',
  billing_period: { start_date: '2025-02-01', end_date: '2025-02-28' },
  issue_date: '2025-01-29',
  paid_amount: 0,
  credited_amount: 0,
  applied_credit_amount: 0,
  written_off_amount: 0,
  written_off_at: null,
  amount_due: 86.39,
  notes: null,
};
const lineExample = {
  line: 1,
  kind: 'recurring',
  service_id: 456,
  corrects_invoice_id: null,
  description: 'Internet Service - 100/10 Mbps',
  from: '2025-02-01',
  to: '2025-02-28',
  amount: 79.99,
  tax_amount: 6.4,
  taxes: [{ code: 'plan', name: 'Tax', percent: 8, inclusive: false, amount: 6.4 }],
};
export const invoiceWithLinesExample = {
  ...invoiceExample,
  lines: [lineExample],
  tax_summary: [{ code: 'plan', name: 'Tax', percent: 8, base: 79.99, amount: 6.4 }],
};
export const creditNoteExample = {
  ...invoiceWithLinesExample,
  id: 790,
  invoice_number: 'CN-2025-000012',
  document: 'credit_note',
  invoice_type: 'adjustment',
  corrects_invoice_id: 789,
  status: 'issued',
  billing_period: null,
  due_date: null,
  subtotal: -10,
  tax_amount: -0.8,
  total_amount: -10.8,
  paid_amount: 10.8,
  amount_due: 0,
  notes: 'Two days without service',
  lines: [
    {
      ...lineExample,
      kind: 'credit',
      corrects_invoice_id: 789,
      amount: -10,
      tax_amount: -0.8,
      taxes: [{ ...lineExample.taxes[0], amount: -0.8 }],
    },
  ],
  tax_summary: [{ code: 'plan', name: 'Tax', percent: 8, base: -10, amount: -0.8 }],
};
export const documentedRequest = {
  customer_id: 123,
  invoice_type: 'recurring',
  billing_period: { start_date: '2025-02-01', end_date: '2025-02-28' },
  line_items: [
    {
      service_id: 456,
      description: 'Internet Service - 100/10 Mbps',
      amount: 79.99,
      quantity: 1,
      proration_factor: 1.0,
    },
  ],
  due_date: '2025-02-15',
};

export const previewShape = z.object({
  account_id: z.int(),
  on: z.string(),
  billing_period: z.object({ start_date: z.string(), end_date: z.string() }),
  currency: z.string(),
  subtotal: z.number(),
  tax_amount: z.number(),
  total_amount: z.number(),
  parks_for: z.string().nullable(),
  lines: z.array(lineShape),
});
export const previewExample = {
  account_id: 12,
  on: '2025-02-01',
  billing_period: { start_date: '2025-02-01', end_date: '2025-02-28' },
  currency: 'USD',
  subtotal: 79.99,
  tax_amount: 6.4,
  total_amount: 86.39,
  parks_for: null,
  lines: [lineExample],
};

export const proofShape = z.object({
  invoice_id: z.int(),
  invoice_number: z.string().nullable(),
  proven: z.boolean(),
  unchanged: z.boolean().nullable(),
  totals_match: z.boolean(),
  derived: z.object({ subtotal: z.number(), tax_amount: z.number(), total_amount: z.number() }),
  lines: z.array(
    lineShape.extend({
      rule: z.string(),
      inputs: z.record(z.string(), z.unknown()),
      arithmetic: z.string(),
      derived_amount: z.number(),
      derived_taxes: z.array(z.number()),
      matches: z.boolean(),
    }),
  ),
});
export const proofExample = {
  invoice_id: 789,
  invoice_number: 'INV-2025-000789',
  proven: true,
  unchanged: true,
  totals_match: true,
  derived: { subtotal: 79.99, tax_amount: 6.4, total_amount: 86.39 },
  lines: [
    {
      ...lineExample,
      rule: 'share_of_period',
      inputs: { rule: 'share_of_period', monthly_amount: '79.9900', months: 1, used: 28, of: 28, unit: 'day' },
      arithmetic: '79.9900 × 1 × 28 ÷ 28 days = 79.99',
      derived_amount: 79.99,
      derived_taxes: [6.4],
      matches: true,
    },
  ],
};

const { lines: _lines, tax_summary: _summary, ...creditNoteHeader } = creditNoteExample;
export const creditNoteListExample = creditNoteHeader;
