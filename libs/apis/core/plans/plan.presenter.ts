import {
  type PlanPart,
  type PlanTerms,
  type PlanVersionView,
  type PlanView,
  type VoiceFeatures,
  pricesWithTax,
} from '@isp/domain/catalog';
import { toIsoSeconds } from '@isp/kernel';

export function presentPlan(plan: PlanView) {
  return {
    id: plan.id,
    sku: plan.sku,
    name: plan.name,
    description: plan.description,
    category: plan.category,
    service_type: plan.serviceType,
    version: plan.version,
    ...presentTerms(plan),
    status: plan.status,
    sold_from: plan.soldFrom && toIsoSeconds(plan.soldFrom),
    sold_until: plan.soldUntil && toIsoSeconds(plan.soldUntil),
    created_at: toIsoSeconds(plan.createdAt),
    updated_at: toIsoSeconds(plan.updatedAt),
  };
}

export function presentPlanVersion(version: PlanVersionView) {
  return {
    plan_id: version.planId,
    version: version.version,
    ...presentTerms(version),
    valid_from: toIsoSeconds(version.validFrom),
    valid_until: version.validUntil && toIsoSeconds(version.validUntil),
  };
}

function presentTerms(terms: PlanTerms & { readonly parts: readonly PlanPart[] }) {
  const withTax = pricesWithTax(terms);
  return {
    speed_download_mbps: terms.downloadMbps,
    speed_upload_mbps: terms.uploadMbps,
    data_limit_gb: terms.dataLimitGb,
    fair_use_limit_gb: terms.fairUseLimitGb,
    throttled_download_mbps: numberOf(terms.throttledDownloadMbps),
    throttled_upload_mbps: numberOf(terms.throttledUploadMbps),
    static_ip_available: terms.staticIpAvailable,
    static_ip_monthly_fee: Number(terms.staticIpMonthlyAmount),
    static_ip_monthly_fee_with_tax: withTax.staticIpMonthly.toJsonNumber(),
    monthly_fee: Number(terms.monthlyAmount),
    monthly_fee_with_tax: withTax.monthly.toJsonNumber(),
    activation_fee: Number(terms.activationAmount),
    activation_fee_with_tax: withTax.activation.toJsonNumber(),
    early_termination_fee: Number(terms.earlyTerminationAmount),
    currency: terms.currency,
    tax_percent: Number(terms.taxPercent),
    contract_months: terms.contractMonths,
    sla_uptime_percent: Number(terms.slaUptimePercent),
    bandwidth_profile: terms.bandwidthProfile,
    voice: terms.voice && presentVoice(terms.voice),
    parts: terms.parts.map(({ planId, quantity }) => ({ plan_id: planId, quantity })),
  };
}

const numberOf = (text: string | null) => (text === null ? null : Number(text));

function presentVoice(voice: VoiceFeatures) {
  return {
    number_included: voice.numberIncluded,
    included_minutes: voice.includedMinutes,
    concurrent_calls: voice.concurrentCalls,
    caller_id: voice.callerId,
    voicemail: voice.voicemail,
    call_forwarding: voice.callForwarding,
  };
}
