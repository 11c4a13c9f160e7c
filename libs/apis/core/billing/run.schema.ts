import { BILLING_RUN_SORTING } from '@isp/domain/billing';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';
import { day } from './billing-account.schema.js';

const status = z.enum(['running', 'finished', 'cancelled']);
const findingKind = z.enum(['outlier', 'parked', 'failed']);

export const createRunBody = z.strictObject({ dry_run: z.boolean().default(false), until: day.optional() });
export type CreateRunBody = z.infer<typeof createRunBody>;
export const runsQuery = sortedQuery(
  {
    status: status.optional(),
    dry_run: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
  },
  BILLING_RUN_SORTING,
);
export type RunsQuery = z.infer<typeof runsQuery>;
export const findingsQuery = listQuery({ kind: findingKind.optional() });
export type FindingsQuery = z.infer<typeof findingsQuery>;

export const issuedDraftsShape = z.object({ run_id: z.int(), drafts: z.int() });

export const runShape = z.object({
  id: z.int(),
  origin: z.enum(['schedule', 'person']),
  dry_run: z.boolean(),
  until: z.string().nullable(),
  status,
  progress: z.number(),
  accounts: z.int(),
  accounts_done: z.int(),
  counts: z.object({
    invoices: z.int(),
    credit_notes: z.int(),
    drafts: z.int(),
    nothing_due: z.int(),
    carried_forward: z.int(),
    parked: z.int(),
    failed: z.int(),
  }),
  totals: z.array(
    z.object({ plan_id: z.int().nullable(), currency: z.string(), subtotal: z.number(), tax_amount: z.number() }),
  ),
  created_by: z.string(),
  created_at: z.string(),
  finished_at: z.string().nullable(),
});
export const runsShape = listShape('runs', runShape);
export const runExample = {
  id: 31,
  origin: 'person',
  dry_run: true,
  until: null,
  status: 'finished',
  progress: 1,
  accounts: 1240,
  accounts_done: 1240,
  counts: { invoices: 1198, credit_notes: 2, drafts: 0, nothing_due: 38, carried_forward: 1, parked: 1, failed: 0 },
  totals: [{ plan_id: 1, currency: 'USD', subtotal: 95828.02, tax_amount: 7666.24 }],
  created_by: 'Grace Hopper',
  created_at: '2025-02-01T05:00:00Z',
  finished_at: '2025-02-01T05:00:04Z',
};

const findingShape = z.object({
  id: z.int(),
  account_id: z.int(),
  customer_id: z.int(),
  kind: findingKind,
  currency: z.string(),
  amount: z.number(),
  before_amount: z.number().nullable(),
  detail: z.string(),
});
export const findingsShape = listShape('findings', findingShape);
export const findingExample = {
  id: 7,
  account_id: 12,
  customer_id: 123,
  kind: 'outlier',
  currency: 'USD',
  amount: 240,
  before_amount: 86.39,
  detail: 'much more than before',
};
