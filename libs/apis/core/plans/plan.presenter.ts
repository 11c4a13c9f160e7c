import type { PlanView } from '@isp/domain/catalog';
import { toIsoSeconds } from '@isp/kernel';

export function presentPlan(plan: PlanView) {
  return {
    id: plan.id,
    sku: plan.sku,
    name: plan.name,
    description: plan.description,
    category: plan.category,
    service_type: plan.serviceType,
    speed_download_mbps: plan.downloadMbps,
    speed_upload_mbps: plan.uploadMbps,
    data_limit_gb: plan.dataLimitGb,
    monthly_fee: Number(plan.monthlyAmount),
    activation_fee: Number(plan.activationAmount),
    currency: plan.currency,
    contract_months: plan.contractMonths,
    sla_uptime_percent: Number(plan.slaUptimePercent),
    status: plan.status,
    created_at: toIsoSeconds(plan.createdAt),
    updated_at: toIsoSeconds(plan.updatedAt),
  };
}
