export const DRIFT_KINDS = [
  'commercial',
  'unconfirmed',
  'router',
  'closed',
  'access',
  'address',
  'rate',
  'unknown',
] as const;
/**
 * - `commercial`: the service was sold, suspended or ended otherwise than its subscriber is to be
 * - `unconfirmed`: the network has not followed a change in time
 * - `router`: a router that followed was read back, and does something else
 * - `closed`: a session of a closed service
 * - `access`, `address`, `rate`: a session that has another than it is to have
 * - `unknown`: a session of nobody that we know, which is reported and left alone
 */
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** One difference between what is wanted of the network and what it does. */
export interface DriftView {
  readonly id: string;
  readonly partnerId: number;
  readonly customerId: number | null;
  readonly serviceId: number | null;
  readonly kind: DriftKind;
  readonly desired: string;
  readonly observed: string;
  readonly cause: string;
  readonly detectedAt: Date;
  readonly repairedAt: Date | null;
  readonly repair: string | null;
  /** How often its repair was put to work. */
  readonly attempts: number;
}

/** Of `network_drifts d`. */
export const DRIFT_COLUMNS = `d.id::text AS id, d.partner_id AS "partnerId", d.customer_id AS "customerId", d.service_id AS "serviceId", d.kind,
  d.desired, d.observed, d.cause, d.detected_at AS "detectedAt", d.repaired_at AS "repairedAt", d.repair, d.attempts`;
