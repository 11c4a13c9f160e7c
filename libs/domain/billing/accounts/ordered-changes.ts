import { statement } from '@isp/platform/database';
import type { BlockFact, PriceFact } from '../engine/engine.types.js';

/** A change of a service that is ordered and not carried out yet. */
export interface OrderedChange {
  readonly serviceId: number;
  readonly kind: 'plan' | 'terminate' | 'pause' | 'resume';
  readonly at: Date;
  /** Of a pause: when it is over; null when nobody knows. */
  readonly until: Date | null;
  /** Of a change of plan: what it is to cost. */
  readonly price: Omit<PriceFact, 'at'> | null;
}

/** Of services, and of the bundles that they are parts of. */
export const ORDERED = statement(
  'billing-facts-ordered',
  `SELECT c.service_id AS "serviceId", c.kind, c.effective_at AS at, (c.terms ->> 'until')::timestamptz AS until,
          CASE WHEN v.plan_id IS NOT NULL THEN json_build_object('planId', v.plan_id, 'planVersion', v.version, 'planName', p.name,
               'monthlyAmount', c.terms ->> 'monthly_amount', 'taxPercent', v.tax_percent::text, 'dataLimitGb', v.data_limit_gb) END AS price
     FROM service_changes c
     LEFT JOIN plan_versions v ON c.kind = 'plan' AND v.plan_id = (c.terms ->> 'plan_id')::integer AND v.version = (c.terms ->> 'plan_version')::integer
     LEFT JOIN plans p ON p.id = v.plan_id
    WHERE c.service_id = ANY ($1) AND c.status = 'scheduled' AND c.kind IN ('plan', 'terminate', 'pause', 'resume')`,
);

/** What became of a service, and will. */
export interface Course {
  readonly terminatedAt: Date | null;
  readonly prices: readonly PriceFact[];
  readonly blocks: readonly BlockFact[];
}

/**
 * Prices, end and breaks of a service as they will be when everything that is ordered has been carried out.
 * @param ofBundle what is ordered of the bundle that it is a part of: it ends and pauses with that
 */
export function asOrdered(
  course: Course,
  own: readonly OrderedChange[],
  ofBundle: readonly OrderedChange[] = [],
): Course {
  if (course.terminatedAt !== null || own.length + ofBundle.length === 0) return course;
  const ends = [...own, ...ofBundle].flatMap(({ kind, at }) => (kind === 'terminate' ? [at.getTime()] : []));
  const prices = own.flatMap(({ price, at }) => (price ? [{ ...price, at }] : []));
  const blocks = withBreaks(withBreaks(course.blocks, 'pause', own), 'bundle', ofBundle);
  return {
    terminatedAt: ends.length === 0 ? null : new Date(Math.min(...ends)),
    prices: [...course.prices, ...prices],
    blocks,
  };
}

/** One that has begun ends when it is to; one that is to come is there. */
function withBreaks(blocks: readonly BlockFact[], cause: string, ordered: readonly OrderedChange[]): BlockFact[] {
  const resumptions = ordered.flatMap(({ kind, at }) => (kind === 'resume' ? [at] : []));
  const coming = ordered.filter(({ kind }) => kind === 'pause').map(({ at, until }) => ({ cause, from: at, until }));
  return [...blocks, ...coming].map((block) => {
    const over = resumptions.find((at) => at > block.from);
    return over && block.cause === cause && block.until === null ? { ...block, until: over } : block;
  });
}
