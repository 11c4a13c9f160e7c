import type { PlanPart, VoiceFeatures } from '@isp/domain/catalog';
import type * as schema from './plan.schema.js';

type Body = schema.ChangePlanBody | Omit<schema.CreatePlanBody, 'sku' | 'service_type'>;
type Voice = NonNullable<schema.CreatePlanBody['voice']>;
type Parts = NonNullable<schema.CreatePlanBody['parts']>;

/** The given fields in the domain's words; what was not given stays out. */
export function valuesOf(body: Body) {
  const values = {
    name: body.name,
    description: body.description,
    category: body.category,
    downloadMbps: body.speed_download_mbps,
    uploadMbps: body.speed_upload_mbps,
    dataLimitGb: body.data_limit_gb,
    fairUseLimitGb: body.fair_use_limit_gb,
    throttledDownloadMbps: textOf(body.throttled_download_mbps),
    throttledUploadMbps: textOf(body.throttled_upload_mbps),
    staticIpAvailable: body.static_ip_available,
    staticIpMonthlyAmount: body.static_ip_monthly_fee,
    monthlyAmount: body.monthly_fee,
    activationAmount: body.activation_fee,
    earlyTerminationAmount: body.early_termination_fee,
    currency: body.currency,
    taxPercent: body.tax_percent?.toString(),
    contractMonths: body.contract_months,
    slaUptimePercent: body.sla_uptime_percent?.toString(),
    bandwidthProfile: body.bandwidth_profile,
    voice: body.voice && voiceOf(body.voice),
    soldFrom: body.sold_from,
    soldUntil: body.sold_until,
    parts: body.parts && partsOf(body.parts),
  };
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof typeof values]?: Exclude<(typeof values)[K], undefined>;
  };
}

const textOf = (value: number | null | undefined) => (value === null ? null : value?.toString());

function voiceOf(voice: Voice): VoiceFeatures {
  return {
    numberIncluded: voice.number_included,
    includedMinutes: voice.included_minutes,
    concurrentCalls: voice.concurrent_calls,
    callerId: voice.caller_id,
    voicemail: voice.voicemail,
    callForwarding: voice.call_forwarding,
  };
}

function partsOf(parts: Parts): PlanPart[] {
  return parts.map(({ plan_id: planId, quantity }) => ({ planId, quantity }));
}
