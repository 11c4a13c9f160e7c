import { type Span, merged, subtract } from '@isp/kernel';
import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { CreditPolicy, LevelFacts, OutageSpan } from './level.types.js';

const epoch = (expression: string): string => `floor(extract(epoch FROM ${expression}))::bigint`;
const span = (from: string, until: string): string =>
  `json_build_object('from', ${epoch(from)}, 'until', ${epoch(until)})`;

// What a network server last said of a session counts, not when we gave it up.
const ALIVE_UNTIL = `CASE WHEN r.closed_by = 'nas' THEN r.acctstoptime ELSE r.acctupdatetime END`;
// An outage that was widened reached the services that were added to it later.
const REACHED = 'greatest(o.started_at, x.since)';
// The fee of a bundle is on the bundle: its lines have it among them, so that together they are worth it once. Voice is
// not measured.
const BUNDLE = `SELECT round(b.monthly_amount / greatest(1, (SELECT count(*) FROM services e WHERE e.partner_id = s.partner_id
         AND e.bundle_id = s.bundle_id AND e.service_type = 'internet' AND e.activated_at < t.ends AND coalesce(e.terminated_at, 'infinity') > t.starts)), 4) AS share
  FROM service_terms b WHERE s.service_type = 'internet' AND b.partner_id = s.partner_id AND b.service_id = s.bundle_id
 ORDER BY b.valid_from < t.ends DESC, CASE WHEN b.valid_from < t.ends THEN b.valid_from END DESC, b.valid_from, b.id DESC LIMIT 1`;
// The subscriber's own equipment first, then its OLT, then the router.
const FACTS = statement(
  'service-level-facts',
  `SELECT l.id, l.period::text, l.partner_id AS "partnerId", l.customer_id AS "customerId", l.service_id AS "serviceId",
          ${epoch('t.starts')} AS "from", ${epoch('t.ends')} AS until,
          CASE WHEN s.activated_at IS NOT NULL THEN ${span('s.activated_at', `coalesce(s.terminated_at, t.ends)`)} END AS life,
          (SELECT json_agg(${span('b.since', 'coalesce(b.ended_at, t.ends)')} ORDER BY b.since) FROM service_suspensions b
            WHERE b.partner_id = l.partner_id AND b.service_id = l.service_id AND b.since < t.ends AND coalesce(b.ended_at, t.ends) > t.starts) AS suspensions,
          (SELECT json_agg(${span('w.starts_at', 'w.ends_at')} ORDER BY w.starts_at) FROM maintenance_services m
             JOIN maintenance_windows w ON w.id = m.window_id AND w.status = 'planned'
            WHERE m.service_id = l.service_id AND w.starts_at < t.ends AND w.ends_at > t.starts) AS maintenance,
          (SELECT json_agg(json_build_object('outageId', o.id, 'lasts', o.ended_at IS NULL, 'from', ${epoch(REACHED)},
                  'until', ${epoch('coalesce(o.ended_at, $2)')}) ORDER BY ${REACHED}, o.id) FROM outage_services x
             JOIN outages o ON o.id = x.outage_id AND o.status NOT IN ('cancelled', 'merged')
            WHERE x.service_id = l.service_id AND ${REACHED} < t.ends AND coalesce(o.ended_at, $2) > greatest(t.starts, x.since)) AS outages,
          (SELECT json_agg(${span('greatest(r.acctstarttime, t.starts)', `least(${ALIVE_UNTIL}, t.ends)`)} ORDER BY r.acctstarttime)
             FROM radius.sessions r WHERE r.service_id = l.service_id AND r.acctstarttime < t.ends AND ${ALIVE_UNTIL} > t.starts) AS sessions,
          (SELECT json_agg(json_build_object('from', h.at, 'until', h.at + 3600) ORDER BY h.at) FROM (
             SELECT DISTINCT ${epoch('p.hour')} AS at FROM device_probes p WHERE p.device_id = ANY (way.devices)
                AND p.hour >= t.starts - interval '1 hour' AND p.hour < least(t.ends, $2)) h) AS observed,
          (SELECT json_build_object('asked', sum(p.asked), 'answered', sum(p.answered), 'elapsedMs', sum(p.elapsed_ms))
             FROM device_probes p WHERE p.device_id = ANY (way.devices) AND p.hour >= t.starts AND p.hour < least(t.ends, $2)
              AND NOT EXISTS (SELECT FROM maintenance_services m JOIN maintenance_windows w ON w.id = m.window_id AND w.status = 'planned'
                 WHERE m.service_id = l.service_id AND w.starts_at < p.hour + interval '1 hour' AND w.ends_at > p.hour)
            GROUP BY p.device_id ORDER BY array_position(way.devices, p.device_id) LIMIT 1) AS probes,
          (price.monthly_amount + coalesce(bundle.share, 0))::text AS "monthlyAmount", price.currency, v.sla_uptime_percent::text AS percent,
          terms.latency_ms::float8 AS "latencyMs", terms.packet_loss_percent::float8 AS "packetLossPercent",
          CASE WHEN terms.credit_percent > 0 THEN json_build_object('percent', terms.credit_percent::text, 'capPercent', terms.credit_cap_percent::text,
            'minutes', terms.credit_minutes, 'unit', terms.credit_unit, 'when', terms.credit_when) END AS credit
     FROM service_levels l JOIN services s ON s.id = l.service_id JOIN partners a ON a.id = l.partner_id
     CROSS JOIN LATERAL (SELECT l.period::timestamp AT TIME ZONE a.time_zone AS starts,
                                (l.period + interval '1 month')::timestamp AT TIME ZONE a.time_zone AS ends) t
     LEFT JOIN devices ont ON ont.service_id = l.service_id AND ont.status = 'active'
     LEFT JOIN subscribers u ON u.service_id = l.service_id
     CROSS JOIN LATERAL (SELECT array_remove(ARRAY[ont.id, ont.olt_id, u.router_id], NULL) AS devices) way
     CROSS JOIN LATERAL (SELECT r.plan_id, r.plan_version, r.monthly_amount, r.currency FROM service_terms r
        WHERE r.partner_id = l.partner_id AND r.service_id = l.service_id
        ORDER BY r.valid_from < t.ends DESC, CASE WHEN r.valid_from < t.ends THEN r.valid_from END DESC, r.valid_from, r.id DESC LIMIT 1) price
     LEFT JOIN LATERAL (${BUNDLE}) bundle ON true
     JOIN plan_versions v ON v.plan_id = price.plan_id AND v.version = price.plan_version
     LEFT JOIN LATERAL (SELECT c.* FROM service_level_terms c WHERE coalesce(c.plan_id, price.plan_id) = price.plan_id AND c.from_on <= l.period
        ORDER BY c.plan_id IS NULL, c.from_on DESC LIMIT 1) terms ON true
    WHERE l.id = ANY ($1::integer[]) ORDER BY l.id`,
);

interface Row {
  readonly id: number;
  readonly period: string;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  /** bigint comes as text. */
  readonly from: string;
  readonly until: string;
  readonly life: Span | null;
  readonly suspensions: readonly Span[] | null;
  readonly maintenance: readonly Span[] | null;
  readonly outages: readonly OutageSpan[] | null;
  readonly sessions: readonly Span[] | null;
  readonly observed: readonly Span[] | null;
  readonly probes: LevelFacts['probes'] | null;
  readonly monthlyAmount: string;
  readonly currency: string;
  readonly percent: string;
  readonly latencyMs: number | null;
  readonly packetLossPercent: number | null;
  readonly credit: CreditPolicy | null;
}

export type LevelKey = Pick<Row, 'id' | 'period' | 'partnerId' | 'customerId' | 'serviceId'>;

/** Gathers what months of services are measured by, for many at once. */
@Injectable()
export class LevelFactsReader {
  constructor(private readonly uow: UnitOfWork) {}

  async of(levelIds: readonly number[], now: Date): Promise<{ readonly key: LevelKey; readonly facts: LevelFacts }[]> {
    const rows = await this.uow.tx.query<Row>(FACTS, [levelIds, now]);
    return rows.map((row) => ({ key: row, facts: factsOf(row, Math.floor(now.getTime() / 1000)) }));
  }
}

function factsOf(row: Row, now: number): LevelFacts {
  const [from, until] = [Number(row.from), Number(row.until)];
  const life = row.life ? [{ from: Math.max(from, row.life.from), until: Math.min(until, row.life.until) }] : [];
  return {
    from,
    until,
    now: Math.min(now, until),
    agreed: subtract(life, row.suspensions ?? []),
    maintenance: row.maintenance ?? [],
    outages: row.outages ?? [],
    sessions: merged((row.sessions ?? []).filter((one) => one.from < one.until)),
    observed: merged(row.observed ?? []),
    probes: row.probes ?? { asked: 0, answered: 0, elapsedMs: 0 },
    promise: { percent: row.percent, latencyMs: row.latencyMs, packetLossPercent: row.packetLossPercent },
    credit: row.credit,
    monthlyAmount: row.monthlyAmount,
    currency: row.currency,
  };
}
