import type {
  CaseWithHistory,
  CaseView,
  DisputeView,
  DunningPolicyView,
  DunningStep,
  HolidayView,
  PromiseView,
} from '@isp/domain/dunning';
import { toIsoSeconds } from '@isp/kernel';
import { amountOf } from '../billing/money.js';
import type { StepBody } from './dunning-policy.schema.js';

/** `HH:MM` as minutes of the day, and back. */
export const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

export const stepOf = (body: StepBody): DunningStep => ({
  days: body.days,
  action: body.action,
  minAmount: body.min_amount,
  amount: 'amount' in body ? body.amount : null,
  downloadKbps: 'download_kbps' in body ? body.download_kbps : null,
  uploadKbps: 'upload_kbps' in body ? body.upload_kbps : null,
});

export function presentPolicy(policy: DunningPolicyView) {
  const { currency } = policy;
  return {
    id: policy.id,
    version: policy.version,
    name: policy.name,
    currency,
    partner_id: policy.partnerId,
    plan_id: policy.planId,
    customer_tag: policy.tag,
    grace_days: policy.graceDays,
    gap_days: policy.gapDays,
    working_days: policy.workingDays,
    from_time: timeOf(policy.fromMinute),
    until_time: timeOf(policy.untilMinute),
    holiday_calendar: policy.calendar,
    reconnection_fee: amountOf(policy.reconnectionAmount, currency),
    steps: policy.steps.map(({ days, action, minAmount, amount, downloadKbps, uploadKbps }) => ({
      days,
      action,
      min_amount: amountOf(minAmount, currency),
      amount: amount === null ? null : amountOf(amount, currency),
      download_kbps: downloadKbps,
      upload_kbps: uploadKbps,
    })),
    created_at: toIsoSeconds(policy.createdAt),
    updated_at: toIsoSeconds(policy.updatedAt),
    retired_at: policy.retiredAt && toIsoSeconds(policy.retiredAt),
  };
}

export const presentHoliday = ({ id, calendar, on, name }: HolidayView) => ({ id, calendar, date: on, name });

export function presentCase(it: CaseView) {
  return {
    id: it.id,
    customer_id: it.customerId,
    account_id: it.accountId,
    policy_id: it.policyId,
    policy_version: it.policyVersion,
    state: it.closedAt === null ? ('open' as const) : ('closed' as const),
    level: it.level,
    overdue_amount: amountOf(it.overdueAmount, it.currency),
    currency: it.currency,
    overdue_since: it.overdueSince,
    next_action: it.nextAction,
    next_at: it.nextAt && toIsoSeconds(it.nextAt),
    waits_for: it.waitsFor,
    opened_at: toIsoSeconds(it.openedAt),
    closed_at: it.closedAt && toIsoSeconds(it.closedAt),
    closed_for: it.closedFor,
  };
}

export function presentWithHistory(it: CaseWithHistory) {
  return {
    ...presentCase(it),
    history: it.history.map((entry) => ({
      at: toIsoSeconds(entry.at),
      action: entry.action,
      outcome: entry.outcome,
      overdue_amount: amountOf(entry.overdueAmount, it.currency),
      days_overdue: entry.daysOverdue,
      reason: entry.reason,
      until: entry.until && toIsoSeconds(entry.until),
      details: entry.details,
    })),
  };
}

export function presentPromise(promise: PromiseView) {
  return {
    id: promise.id,
    case_id: promise.caseId,
    customer_id: promise.customerId,
    account_id: promise.accountId,
    amount: amountOf(promise.amount, promise.currency),
    currency: promise.currency,
    promised_on: promise.promisedOn,
    status: promise.status,
    notes: promise.notes,
    created_at: toIsoSeconds(promise.createdAt),
    ended_at: promise.endedAt && toIsoSeconds(promise.endedAt),
  };
}

export function presentDispute(dispute: DisputeView) {
  return {
    id: dispute.id,
    invoice_id: dispute.invoiceId,
    customer_id: dispute.customerId,
    account_id: dispute.accountId,
    state: dispute.closedAt === null ? ('open' as const) : ('closed' as const),
    reason: dispute.reason,
    opened_by: dispute.openedBy,
    opened_at: toIsoSeconds(dispute.openedAt),
    closed_by: dispute.closedBy,
    closed_at: dispute.closedAt && toIsoSeconds(dispute.closedAt),
    outcome: dispute.outcome,
  };
}
