import { decimal, roundHalfUp } from '@isp/kernel';
import type { Plan, VoiceFeatures } from './plan.entity.js';
import { planErrors } from './plan.errors.js';
import type { PlanPart } from './plan.view.js';

/** A line that rings, and nothing else. */
export const PLAIN_VOICE: VoiceFeatures = {
  numberIncluded: true,
  includedMinutes: 0,
  concurrentCalls: 1,
  callerId: true,
  voicemail: false,
  callForwarding: false,
};

const DECIMALS: Readonly<Partial<Record<keyof Plan, number>>> = {
  monthlyAmount: 4,
  activationAmount: 4,
  staticIpMonthlyAmount: 4,
  earlyTerminationAmount: 4,
  taxPercent: 3,
  slaUptimePercent: 3,
  throttledDownloadMbps: 3,
  throttledUploadMbps: 3,
};

/** The same values as the database writes them, so that equal ones are equal as text. */
export function inStoredForm<T extends Partial<Plan>>(values: T): T {
  const stored = Object.entries(values).map(([field, value]) => [field, storedForm(field as keyof Plan, value)]);
  return Object.fromEntries(stored) as T;
}

function storedForm(field: keyof Plan, value: unknown): unknown {
  const decimals = DECIMALS[field];
  if (decimals !== undefined && typeof value === 'string') return roundHalfUp(value, decimals).toFixed(decimals);
  if (field === 'voice' && value) return orderedVoice(value as VoiceFeatures);
  return value;
}

function orderedVoice(voice: VoiceFeatures): VoiceFeatures {
  const { numberIncluded, includedMinutes, concurrentCalls, callerId, voicemail, callForwarding } = voice;
  return { numberIncluded, includedMinutes, concurrentCalls, callerId, voicemail, callForwarding };
}

/**
 * Whether a plan makes sense as a whole.
 * @throws `catalog.plan.speeds_missing`, `catalog.plan.not_for_type`, `catalog.plan.fair_use_unfit`,
 *   `catalog.plan.window_empty`, `catalog.plan.parts_missing`, `catalog.plan.part_repeated`
 */
export function assertCoherent(plan: Plan, parts: readonly PlanPart[]): void {
  const { serviceType: type, soldFrom, soldUntil } = plan;
  if (type === 'internet' && !(plan.downloadMbps && plan.uploadMbps)) throw planErrors('catalog.plan.speeds_missing');
  const misplaced = misplacedFeature(plan, parts);
  if (misplaced) throw planErrors('catalog.plan.not_for_type', { type, feature: misplaced });
  if (!fairUseFits(plan)) throw planErrors('catalog.plan.fair_use_unfit');
  if (soldFrom && soldUntil && soldUntil <= soldFrom) throw planErrors('catalog.plan.window_empty');
  if (type === 'bundle' && parts.length === 0) throw planErrors('catalog.plan.parts_missing');
  if (new Set(parts.map(({ planId }) => planId)).size < parts.length) throw planErrors('catalog.plan.part_repeated');
}

function misplacedFeature(plan: Plan, parts: readonly PlanPart[]): string | undefined {
  const { serviceType: type } = plan;
  const features: readonly (readonly [name: string, of: string, present: boolean])[] = [
    ['voice features', 'voice', Boolean(plan.voice)],
    ['fair use policy', 'internet', plan.fairUseLimitGb !== null],
    ['static address', 'internet', plan.staticIpAvailable],
    ['bandwidth profile', 'internet', plan.bandwidthProfile !== null],
    ['parts', 'bundle', parts.length > 0],
  ];
  return features.find(([, of, present]) => present && of !== type)?.[0];
}

function fairUseFits({ fairUseLimitGb, throttledDownloadMbps, throttledUploadMbps, ...plan }: Plan): boolean {
  const given = [fairUseLimitGb, throttledDownloadMbps, throttledUploadMbps].filter((value) => value !== null);
  if (given.length === 0) return true;
  if (throttledDownloadMbps === null || throttledUploadMbps === null || fairUseLimitGb === null) return false;
  return (
    decimal(throttledDownloadMbps).lessThanOrEqualTo(plan.downloadMbps ?? 0) &&
    decimal(throttledUploadMbps).lessThanOrEqualTo(plan.uploadMbps ?? 0)
  );
}

/** Whether orders may name the plan at an instant. */
export function isOnSale(plan: Pick<Plan, 'status' | 'soldFrom' | 'soldUntil'>, at: Date): boolean {
  return (
    plan.status === 'active' &&
    (plan.soldFrom === null || plan.soldFrom <= at) &&
    (plan.soldUntil === null || at < plan.soldUntil)
  );
}
