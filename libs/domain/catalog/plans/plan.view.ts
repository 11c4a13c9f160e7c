import type { Plan } from './plan.entity.js';

/** A plan that a bundle is made of. */
export interface PlanPart {
  readonly planId: number;
  readonly quantity: number;
}

/**
 * A plan as others see it. Amounts are decimal text without tax. `version` is what an order stores with the plan's id;
 * `revision` is the row's own counter.
 */
export type PlanView = Readonly<Plan> & { readonly parts: readonly PlanPart[] };

/** What a plan offers: the part of it that a customer keeps as it was bought. */
export type PlanTerms = Pick<PlanView, (typeof TERMS)[number]>;

/** What a plan offered from one instant until before another (null: still does). */
export type PlanVersionView = PlanTerms & {
  readonly planId: number;
  readonly version: number;
  readonly validFrom: Date;
  readonly validUntil: Date | null;
  readonly parts: readonly PlanPart[];
};

/** The fields whose change makes a new version; the database knows the same list. */
export const TERMS = [
  'downloadMbps',
  'uploadMbps',
  'dataLimitGb',
  'fairUseLimitGb',
  'throttledDownloadMbps',
  'throttledUploadMbps',
  'staticIpAvailable',
  'staticIpMonthlyAmount',
  'monthlyAmount',
  'activationAmount',
  'earlyTerminationAmount',
  'currency',
  'taxPercent',
  'contractMonths',
  'slaUptimePercent',
  'bandwidthProfile',
  'voice',
] as const satisfies readonly (keyof Plan)[];

const TERM_COLUMNS = `p.download_mbps AS "downloadMbps", p.upload_mbps AS "uploadMbps", p.data_limit_gb AS "dataLimitGb",
  p.fair_use_limit_gb AS "fairUseLimitGb", p.throttled_download_mbps::text AS "throttledDownloadMbps",
  p.throttled_upload_mbps::text AS "throttledUploadMbps", p.static_ip_available AS "staticIpAvailable",
  p.static_ip_monthly_amount::text AS "staticIpMonthlyAmount", p.monthly_amount::text AS "monthlyAmount",
  p.activation_amount::text AS "activationAmount", p.early_termination_amount::text AS "earlyTerminationAmount", p.currency,
  p.tax_percent::text AS "taxPercent", p.contract_months AS "contractMonths", p.sla_uptime_percent::text AS "slaUptimePercent",
  p.bandwidth_profile AS "bandwidthProfile", p.voice`;

const partsOf = (plan: string) =>
  `(SELECT coalesce(json_agg(json_build_object('planId', part_plan_id, 'quantity', quantity) ORDER BY position), '[]')
      FROM plan_parts WHERE plan_id = ${plan} AND plan_version = p.version) AS parts`;

/** Columns of a `PlanView`, of `plans p`. */
export const PLAN_COLUMNS = `p.id, p.guid, p.sku, p.name, p.description, p.category, p.service_type AS "serviceType",
  ${TERM_COLUMNS}, p.status, p.sold_from AS "soldFrom", p.sold_until AS "soldUntil", p.version, p.revision,
  p.created_at AS "createdAt", p.updated_at AS "updatedAt", ${partsOf('p.id')}`;

/** Columns of a `PlanVersionView`, of `plan_versions p`. */
export const VERSION_COLUMNS = `p.plan_id AS "planId", p.version, ${TERM_COLUMNS}, p.valid_from AS "validFrom",
  p.valid_until AS "validUntil", ${partsOf('p.plan_id')}`;
