import { calendarDay, identifier, intId, line, unitAmount } from '@isp/apis/shared';
import { CLAIM_STATUSES, CLAIM_SORTING } from '@isp/domain/outages';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const maybe = z.string().nullable();
const status = z.enum(CLAIM_STATUSES);
export const claimsQuery = sortedQuery(
  {
    status: status.optional(),
    supplier_id: intId.optional(),
    contract_id: intId.optional(),
    month: z
      .string()
      .regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM')
      .optional(),
    submit_before: calendarDay.optional(),
  },
  CLAIM_SORTING,
);
export type ClaimsQuery = z.infer<typeof claimsQuery>;

export const changeClaimBody = z
  .strictObject({ their_reference: identifier(100).nullable().optional(), note: line(500).nullable().optional() })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type ChangeClaimBody = z.infer<typeof changeClaimBody>;
const said = { their_reference: identifier(100).optional(), note: line(500).optional() };
export const saidBody = z.strictObject(said).default({});
export type SaidBody = z.infer<typeof saidBody>;
export const acceptBody = z.strictObject({ ...said, settled_amount: unitAmount.optional() }).default({});
export type AcceptBody = z.infer<typeof acceptBody>;

export const claimShape = z.object({
  id: z.int(),
  contract_id: z.int(),
  contract: z.string(),
  supplier_id: z.int(),
  supplier: z.string(),
  month: z.string(),
  status,
  down_minutes: z.number(),
  actual_percent: z.number().nullable(),
  amount: z.number().describe('Without tax: what is claimed; once it was sent, what was sent'),
  measured_amount: z.number().describe('What is measured now'),
  currency: z.string(),
  arithmetic: z.string(),
  facts: z.record(z.string(), z.unknown()).describe('Everything that it was computed from'),
  settled_amount: z.number().nullable(),
  their_reference: maybe,
  note: maybe,
  submit_by: z.string().describe('The last day on which the supplier must take it'),
  submitted_at: maybe,
  settled_at: maybe,
  version: z.int(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const claimsShape = listShape('claims', claimShape);
export const claimExample = {
  id: 7,
  contract_id: 3,
  contract: 'BH1-40417',
  supplier_id: 2,
  supplier: 'Backhaul One',
  month: '2025-01',
  status: 'open',
  down_minutes: 164.64,
  actual_percent: 99.631183,
  amount: 1200,
  measured_amount: 1200,
  currency: 'ZAR',
  arithmetic: '120 minutes below 99.9 %: 2 started × 60 minutes × 5 % = 10 % of 12000 = 1200.00',
  facts: { from: 1735682400, until: 1738360800 },
  settled_amount: null,
  their_reference: null,
  note: null,
  submit_by: '2025-03-02',
  submitted_at: null,
  settled_at: null,
  version: 1,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
