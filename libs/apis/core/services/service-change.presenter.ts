import type { PlanView } from '@isp/domain/catalog';
import type { ChangedService, HistoryEntry, PlanChangePreview, ServiceChangeView } from '@isp/domain/services';
import { type Money, toIsoSeconds } from '@isp/kernel';
import { presentService } from './service.presenter.js';

export function presentChange(change: ServiceChangeView) {
  return {
    id: change.id,
    service_id: change.serviceId,
    kind: change.kind,
    status: change.status,
    effective_at: toIsoSeconds(change.effectiveAt),
    terms: presentTerms(change.terms),
    reason: change.reason,
    error: change.error,
    requested_by: change.requestedBy,
    created_at: toIsoSeconds(change.createdAt),
    finished_at: change.finishedAt && toIsoSeconds(change.finishedAt),
  };
}

export function presentChanged({ change, service }: ChangedService) {
  return { change: presentChange(change), service: presentService(service) };
}

export function presentPreview({ service, from, to, difference, effectiveAt, proration }: PlanChangePreview) {
  const money = (amount: Money) => amount.toJsonNumber();
  return {
    service_id: service.id,
    // What is paid now is what the service was sold at, whatever the plan costs today.
    from_plan: presentPlan(from, service.monthlyAmount),
    to_plan: presentPlan(to, to.monthlyAmount),
    currency: service.currency,
    monthly_difference: difference.toJsonNumber(4),
    effective_at: toIsoSeconds(effectiveAt),
    proration: {
      days_in_period: proration.daysInPeriod,
      days_left: proration.daysLeft,
      credit: money(proration.credit),
      charge: money(proration.charge),
      net: money(proration.net),
    },
  };
}

export function presentHistory(entry: HistoryEntry) {
  return {
    id: Number(entry.id),
    axis: entry.axis,
    from: entry.from,
    to: entry.to,
    at: toIsoSeconds(entry.at),
    actor: entry.actor,
    reason: entry.reason,
    request_id: entry.requestId,
  };
}

function presentPlan(plan: PlanView, monthlyAmount: string) {
  return {
    id: plan.id,
    name: plan.name,
    monthly_fee: Number(monthlyAmount),
    speed_download_mbps: plan.downloadMbps,
    speed_upload_mbps: plan.uploadMbps,
    data_limit_gb: plan.dataLimitGb,
  };
}

/** In the words that the service itself is shown in. */
function presentTerms(terms: ServiceChangeView['terms']): Record<string, unknown> {
  if (!('monthly_amount' in terms)) return { ...terms };
  const { monthly_amount, download_mbps, upload_mbps, ...rest } = terms as Record<string, unknown>;
  return {
    ...rest,
    monthly_fee: Number(monthly_amount),
    speed_download_mbps: download_mbps,
    speed_upload_mbps: upload_mbps,
  };
}
