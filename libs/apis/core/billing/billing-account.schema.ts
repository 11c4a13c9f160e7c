import { ACCOUNT_SORTING, DOCUMENT_LANGUAGES, INVOICE_DELIVERIES, isDocumentLanguage } from '@isp/domain/billing';
import {
  amountAboveZero,
  bodyId,
  currencyCode,
  exactNumber,
  intId,
  line,
  timeZone,
  unitAmount,
} from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

export const day = z.iso
  .date('must be a date, YYYY-MM-DD')
  .refine((text) => text >= '1900' && text < '2200', 'must be between 1900 and 2199');
export const percentText = exactNumber(0.0001, 100);

const CYCLES = { monthly: 1, quarterly: 3, annual: 12 } as const;
const cycle = z.enum(['monthly', 'quarterly', 'annual']);
export const monthsOf = (name: z.infer<typeof cycle>): number => CYCLES[name];
const terms = z.strictObject({
  cycle: cycle.optional(),
  billing_day: z.int().min(1).max(28).optional(),
  timing: z.enum(['advance', 'arrears']).optional(),
  proration: z.enum(['day', 'second']).optional(),
  tax_region: line(60).nullable().optional(),
});
const exemption = z.strictObject({
  code: line(40).nullable().default(null),
  from: day,
  until: day.nullable().default(null),
  certificate: line(120),
});

const invoiceDelivery = z.enum(INVOICE_DELIVERIES);
const accountKind = z.enum(['postpaid', 'prepaid']);

export const openAccountBody = z.strictObject({
  customer_id: bodyId,
  name: line(120),
  currency: currencyCode.optional(),
  time_zone: timeZone.optional(),
  payment_days: z.int().min(0).max(365).optional(),
  kind: accountKind.default('postpaid'),
  terms: terms.optional(),
});
export type OpenAccountBody = z.infer<typeof openAccountBody>;

export const changeAccountBody = z.strictObject({
  name: line(120).optional(),
  payment_days: z.int().min(0).max(365).optional(),
  limit_amount: amountAboveZero.nullable().optional(),
  tax_exemptions: z.array(exemption).max(50).optional(),
  minimum_amount: unitAmount.optional(),
  language: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, { error: 'must be a language tag, as en or de-AT', abort: true })
    .refine(isDocumentLanguage, `must be a language of documents: ${DOCUMENT_LANGUAGES.join(', ')}`)
    .optional(),
  invoice_delivery: invoiceDelivery.optional(),
  review_hours: z.int().min(0).max(720).nullable().optional(),
  warn_days: z.int().min(0).max(28).optional(),
  terms: terms.optional(),
  payer_account_id: bodyId.nullable().optional(),
});
export type ChangeAccountBody = z.infer<typeof changeAccountBody>;

export const convertBody = z.strictObject({ kind: accountKind });
export type ConvertBody = z.infer<typeof convertBody>;

export const assignBody = z.strictObject({ service_id: bodyId });
export type AssignBody = z.infer<typeof assignBody>;

export const accountsQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    parked: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
  },
  ACCOUNT_SORTING,
);
export type AccountsQuery = z.infer<typeof accountsQuery>;
export const statementQuery = listQuery({
  from: day.optional(),
  to: day.optional(),
  format: z.enum(['json', 'csv', 'pdf']).default('json'),
}).refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
  message: 'must not be before from',
  path: ['to'],
});
export type StatementQuery = z.infer<typeof statementQuery>;
export const pageQuery = listQuery({});
export type PageQuery = z.infer<typeof pageQuery>;
export const previewQuery = z.strictObject({ on: day.optional() });
export type PreviewQuery = z.infer<typeof previewQuery>;
export const ageingQuery = z.strictObject({ customer_id: intId.optional() });
export type AgeingQuery = z.infer<typeof ageingQuery>;

export const discountBody = z.strictObject({
  name: line(120),
  service_id: bodyId.nullable().default(null),
  percent: percentText.nullable().default(null),
  monthly_amount: amountAboveZero.nullable().default(null),
  from: day,
  until: day.nullable().default(null),
});
export type DiscountBody = z.infer<typeof discountBody>;
export const endBody = z.strictObject({ on: day });
export type EndBody = z.infer<typeof endBody>;

const termsShape = z.object({
  from: z.string(),
  cycle,
  billing_day: z.int(),
  timing: z.enum(['advance', 'arrears']),
  proration: z.enum(['day', 'second']),
  tax_region: z.string().nullable(),
});
export const accountShape = z.object({
  id: z.int(),
  customer_id: z.int(),
  name: z.string(),
  kind: accountKind,
  prepaid: z
    .object({
      state: z.enum(['idle', 'on', 'off']),
      paid_until: z.string().nullable(),
      off_since: z.string().nullable(),
    })
    .nullable(),
  warn_days: z.int(),
  currency: z.string(),
  time_zone: z.string(),
  payment_days: z.int(),
  billed_from: z.string(),
  limit_amount: z.number().nullable(),
  minimum_amount: z.number(),
  language: z.string(),
  invoice_delivery: invoiceDelivery,
  review_hours: z.int().nullable(),
  next_run_on: z.string(),
  tax_exemptions: z.array(
    z.object({
      code: z.string().nullable(),
      from: z.string(),
      until: z.string().nullable(),
      certificate: z.string(),
    }),
  ),
  terms: z.array(termsShape),
  payer_account_id: z.int().nullable(),
  parked_for: z.enum(['too_many_lines', 'too_much', 'failed']).nullable(),
  autopay: z.boolean(),
  open_amount: z.number(),
  credit_balance: z.number(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const accountsShape = listShape('accounts', accountShape);

export const accountExample = {
  id: 12,
  customer_id: 123,
  name: 'Main',
  kind: 'postpaid' as const,
  prepaid: null,
  warn_days: 3,
  currency: 'USD',
  time_zone: 'America/New_York',
  payment_days: 14,
  billed_from: '2025-01-29',
  limit_amount: null,
  minimum_amount: 0,
  language: 'en',
  invoice_delivery: 'none' as const,
  review_hours: null,
  next_run_on: '2025-02-01',
  tax_exemptions: [],
  terms: [
    { from: '2025-01-29', cycle: 'monthly', billing_day: 1, timing: 'advance', proration: 'day', tax_region: null },
  ],
  payer_account_id: null,
  parked_for: null,
  autopay: false,
  open_amount: 86.39,
  credit_balance: 0,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};

export const prepaidExample = {
  ...accountExample,
  kind: 'prepaid' as const,
  prepaid: { state: 'on', paid_until: '2025-03-01', off_since: null },
  open_amount: 0,
  credit_balance: 20.01,
};

export const balanceShape = z.object({
  account_id: z.int(),
  currency: z.string(),
  state: z.enum(['idle', 'on', 'off']),
  paid_until: z.string().nullable(),
  off_since: z.string().nullable(),
  balance: z.number(),
  next_period: z.object({ from: z.string(), until: z.string(), total: z.number() }).nullable(),
  missing: z.number(),
});
export const balanceExample = {
  account_id: 12,
  currency: 'USD',
  state: 'on',
  paid_until: '2025-03-01',
  off_since: null,
  balance: 20.01,
  next_period: { from: '2025-03-01', until: '2025-04-01', total: 79.99 },
  missing: 59.98,
};

const entryShape = z.object({
  at: z.string(),
  event: z.string(),
  amount: z.number(),
  balance: z.number(),
  invoice_id: z.int().nullable(),
  invoice_number: z.string().nullable(),
  payment_id: z.int().nullable(),
  reference: z.string().nullable(),
});
export const statementShape = listShape('entries', entryShape).extend({
  currency: z.string(),
  opening_balance: z.number(),
  closing_balance: z.number(),
});
export const entryExample = {
  at: '2025-02-01T05:00:00Z',
  event: 'invoice.issued',
  amount: 86.39,
  balance: 86.39,
  invoice_id: 789,
  invoice_number: 'INV-2025-000789',
  payment_id: null,
  reference: null,
};

export const ageingShape = z.object({
  ageing: z.array(
    z.object({
      currency: z.string(),
      accounts: z.int(),
      invoices: z.int(),
      total: z.number(),
      not_due: z.number(),
      days_1_30: z.number(),
      days_31_60: z.number(),
      days_61_90: z.number(),
      days_over_90: z.number(),
    }),
  ),
});
export const ageingExample = {
  ageing: [
    {
      currency: 'USD',
      accounts: 3,
      invoices: 4,
      total: 345.56,
      not_due: 86.39,
      days_1_30: 172.78,
      days_31_60: 86.39,
      days_61_90: 0,
      days_over_90: 0,
    },
  ],
};

export const discountShape = z.object({
  id: z.int(),
  name: z.string(),
  service_id: z.int().nullable(),
  percent: z.number().nullable(),
  monthly_amount: z.number().nullable(),
  from: z.string(),
  until: z.string().nullable(),
});
export const discountsShape = z.object({ discounts: z.array(discountShape) });
export const discountExample = {
  id: 3,
  name: 'First three months',
  service_id: 456,
  percent: 50,
  monthly_amount: null,
  from: '2025-02-01',
  until: '2025-05-01',
};
