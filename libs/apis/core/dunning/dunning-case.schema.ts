import { calendarDay, instant, intId, line, prose, unitAmount } from '@isp/apis/shared';
import { PROMISE_SORTING, DISPUTE_SORTING, CASE_SORTING } from '@isp/domain/dunning';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const level = z.enum(['none', 'throttled', 'suspended']);
const state = z.enum(['open', 'closed']);
const closedFor = z.enum(['paid', 'credited', 'disputed', 'voided', 'written_off', 'terminated', 'no_service']);
const promiseStatus = z.enum(['open', 'kept', 'broken', 'withdrawn']);
const outcome = z.enum(['accepted', 'rejected', 'withdrawn']);

export const casesQuery = sortedQuery(
  {
    state: state.optional(),
    customer_id: intId.optional(),
    account_id: intId.optional(),
    level: level.optional(),
    policy_id: intId.optional(),
    due_before: instant.optional(),
  },
  CASE_SORTING,
);
export type CasesQuery = z.infer<typeof casesQuery>;
export const promisesQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    case_id: intId.optional(),
    status: promiseStatus.optional(),
  },
  PROMISE_SORTING,
);
export type PromisesQuery = z.infer<typeof promisesQuery>;
export const disputesQuery = sortedQuery(
  {
    customer_id: intId.optional(),
    invoice_id: intId.optional(),
    state: state.optional(),
  },
  DISPUTE_SORTING,
);
export type DisputesQuery = z.infer<typeof disputesQuery>;

export const promiseBody = z.strictObject({
  promised_on: calendarDay,
  amount: unitAmount.optional(),
  notes: prose(2_000).optional(),
});
export type PromiseBody = z.infer<typeof promiseBody>;
export const disputeBody = z.strictObject({ reason: line(250) });
export type DisputeBody = z.infer<typeof disputeBody>;
export const closeDisputeBody = z.strictObject({ outcome });
export type CloseDisputeBody = z.infer<typeof closeDisputeBody>;

const caseFields = {
  id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  policy_id: z.int(),
  policy_version: z.int(),
  state,
  level,
  overdue_amount: z.number(),
  currency: z.string(),
  overdue_since: z.string(),
  next_action: z.string().nullable(),
  next_at: z.string().nullable(),
  waits_for: z.string().nullable(),
  opened_at: z.string(),
  closed_at: z.string().nullable(),
  closed_for: closedFor.nullable(),
};
const entryShape = z.object({
  at: z.string(),
  action: z.string(),
  outcome: z.enum(['done', 'held']),
  overdue_amount: z.number(),
  days_overdue: z.int(),
  reason: z.string().nullable(),
  until: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
});
export const casesShape = listShape('cases', z.object(caseFields));
export const caseShape = z.object({ ...caseFields, history: z.array(entryShape) });
export const promiseShape = z.object({
  id: z.int(),
  case_id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  amount: z.number(),
  currency: z.string(),
  promised_on: z.string(),
  status: promiseStatus,
  notes: z.string().nullable(),
  created_at: z.string(),
  ended_at: z.string().nullable(),
});
export const promisesShape = listShape('promises', promiseShape);
export const disputeShape = z.object({
  id: z.int(),
  invoice_id: z.int(),
  customer_id: z.int(),
  account_id: z.int(),
  state,
  reason: z.string(),
  opened_by: z.string(),
  opened_at: z.string(),
  closed_by: z.string().nullable(),
  closed_at: z.string().nullable(),
  outcome: outcome.nullable(),
});
export const disputesShape = listShape('disputes', disputeShape);

export const caseExample = {
  id: 9,
  customer_id: 123,
  account_id: 12,
  policy_id: 1,
  policy_version: 1,
  state: 'open',
  level: 'throttled',
  overdue_amount: 86.39,
  currency: 'USD',
  overdue_since: '2025-02-15',
  next_action: 'suspend',
  next_at: '2025-03-03T14:00:00Z',
  waits_for: 'weekend',
  opened_at: '2025-02-16T05:00:00Z',
  closed_at: null,
  closed_for: null,
};
export const historyExample = {
  at: '2025-02-24T14:00:00Z',
  action: 'throttle',
  outcome: 'done',
  overdue_amount: 86.39,
  days_overdue: 9,
  reason: null,
  until: null,
  details: { policy_version: 1, services: [456], downloadKbps: 2_000, uploadKbps: 2_000 },
};
export const promiseExample = {
  id: 4,
  case_id: 9,
  customer_id: 123,
  account_id: 12,
  amount: 86.39,
  currency: 'USD',
  promised_on: '2025-02-28',
  status: 'open',
  notes: null,
  created_at: '2025-02-20T10:30:00Z',
  ended_at: null,
};
export const disputeExample = {
  id: 2,
  invoice_id: 789,
  customer_id: 123,
  account_id: 12,
  state: 'open',
  reason: 'The line was down for two weeks',
  opened_by: 'user:12',
  opened_at: '2025-02-20T10:30:00Z',
  closed_by: null,
  closed_at: null,
  outcome: null,
};
