import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type MaintenanceWithState, MaintenanceQueries } from '../maintenance/maintenance.queries.js';
import { OutageQueries } from '../outages/outage.queries.js';
import type { OutageView } from '../outages/outage.view.js';

const ONE_PAGE = { limit: 20, offset: 0 };
const NEXT_FIRST = { ...ONE_PAGE, sort: 'starts_at' } as const;
/** Announced work is shown so long ahead. */
const AHEAD_MS = 14 * 86_400_000;

const SESSION = statement(
  'service-health-session',
  `SELECT r.acctstarttime AS "startedAt", r.acctupdatetime AS "heardAt", r.acctstoptime AS "stoppedAt", r.acctterminatecause AS "terminateCause"
     FROM radius.radacct r WHERE r.service_id = $1 ORDER BY r.acctstarttime DESC, r.radacctid DESC LIMIT 1`,
);
// The subscriber's own equipment; of what stands before it the operator alone is told.
const EQUIPMENT = statement(
  'service-health-equipment',
  `SELECT coalesce(s.reachability, 'unknown') AS reachability, s.read_at AS "readAt", (s.reading->>'rxPowerDbm')::float8 AS "rxPowerDbm",
          (s.reading->>'txPowerDbm')::float8 AS "txPowerDbm",
          (SELECT json_agg(json_build_object('at', x.at, 'online', x.online, 'rxPowerDbm', x.rx) ORDER BY x.at DESC)
             FROM (SELECT at, online, rx_power_dbm::text::float8 AS rx FROM device_samples WHERE device_id = d.id ORDER BY at DESC LIMIT 5) x) AS samples
     FROM devices d LEFT JOIN device_status s ON s.device_id = d.id WHERE d.service_id = $1 AND d.status = 'active'`,
);

export const HEALTH = ['ok', 'outage', 'maintenance', 'suspended', 'offline', 'not_active', 'unknown'] as const;
export type HealthVerdict = (typeof HEALTH)[number];

export interface SessionGlance {
  readonly startedAt: Date;
  readonly heardAt: Date;
  readonly stoppedAt: Date | null;
  readonly terminateCause: string | null;
}

export interface EquipmentGlance {
  readonly reachability: 'unknown' | 'up' | 'down';
  readonly readAt: Date | null;
  readonly rxPowerDbm: number | null;
  readonly txPowerDbm: number | null;
  readonly samples:
    readonly { readonly at: string; readonly online: boolean | null; readonly rxPowerDbm: number | null }[] | null;
}

export interface ServiceHealthView {
  readonly serviceId: number;
  readonly verdict: HealthVerdict;
  readonly serviceStatus: string;
  readonly outages: readonly OutageView[];
  /** That goes on, or is announced for the next two weeks. */
  readonly maintenance: readonly MaintenanceWithState[];
  readonly session: SessionGlance | null;
  readonly equipment: EquipmentGlance | null;
  readonly checkedAt: Date;
}

/** How a service is, as far as we know it: what a customer may look at before they call. */
@Injectable()
export class ServiceHealth {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly outages: OutageQueries,
    private readonly maintenance: MaintenanceQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `services.service.not_found` */
  of(actor: Actor, serviceId: number): Promise<ServiceHealthView> {
    return this.uow.run(actor, async (tx) => {
      const { status } = await this.services.get(actor, serviceId);
      const now = this.clock.now();
      const to = new Date(now.getTime() + AHEAD_MS);
      const current = await this.outages.list(actor, { serviceId, from: now, to: now }, ONE_PAGE);
      const work = await this.maintenance.list(actor, { serviceId, from: now, to }, NEXT_FIRST);
      const session = (await tx.one<SessionGlance>(SESSION, [serviceId])) ?? null;
      const equipment = (await tx.one<EquipmentGlance>(EQUIPMENT, [serviceId])) ?? null;
      const outages = current.rows.filter((one) => one.status === 'open' || one.status === 'recovering');
      const maintenance = work.rows.filter(({ state }) => state === 'running' || state === 'planned');
      const verdict = verdictOf(status, outages, maintenance, session, equipment);
      return { serviceId, verdict, serviceStatus: status, outages, maintenance, session, equipment, checkedAt: now };
    });
  }
}

function verdictOf(
  status: string,
  outages: readonly OutageView[],
  maintenance: readonly MaintenanceWithState[],
  session: SessionGlance | null,
  equipment: EquipmentGlance | null,
): HealthVerdict {
  if (status === 'suspended') return 'suspended';
  if (status !== 'active') return 'not_active';
  if (outages.some((one) => one.status === 'open')) return 'outage';
  if (maintenance.some(({ state }) => state === 'running')) return 'maintenance';
  if (session && session.stoppedAt === null) return 'ok';
  if (equipment?.reachability === 'down' || session) return 'offline';
  return equipment?.reachability === 'up' ? 'ok' : 'unknown';
}
