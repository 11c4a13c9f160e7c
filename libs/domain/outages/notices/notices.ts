import { Injectable } from '@nestjs/common';
import { OPERATOR_PARTNER_ID } from '@isp/contracts';
import { toIsoSeconds } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Outbox } from '@isp/platform/work';
import type { MaintenanceView } from '../maintenance/maintenance.view.js';
import type { OutageView } from '../outages/outage.view.js';

export type OutageNews = 'opened' | 'resolved' | 'corrected';
export type MaintenanceNews = 'planned' | 'changed' | 'cancelled';

// Once each: who was told keeps the notice that there is. Those whose outage became part of another were told before.
// It began for each when it reached the first of their services.
const TELL_OF_OUTAGE = statement(
  'service-notices-outage',
  `INSERT INTO service_notices (partner_id, customer_id, subject, subject_id, kind, revision, service_ids, title, starts_at, ends_at, at)
   SELECT s.partner_id, s.customer_id, 'outage', $1, $2, $3, array_agg(s.service_id ORDER BY s.service_id), $4, greatest($5, min(s.since)), $6, $7
     FROM outage_services s WHERE s.outage_id = $1
      AND NOT EXISTS (SELECT FROM outages m JOIN service_notices n ON n.subject = 'outage' AND n.subject_id = m.id AND n.kind = $2
                        AND n.revision = $3 AND n.customer_id = s.customer_id WHERE m.merged_into_id = $1)
    GROUP BY 1, 2
   ON CONFLICT ON CONSTRAINT service_notices_once DO NOTHING`,
);
const TELL_OF_MAINTENANCE = statement(
  'service-notices-maintenance',
  `INSERT INTO service_notices (partner_id, customer_id, subject, subject_id, kind, revision, service_ids, title, starts_at, ends_at, at)
   SELECT s.partner_id, s.customer_id, 'maintenance', $1, $2, $3, array_agg(s.service_id ORDER BY s.service_id), $4, $5, $6, $7
     FROM maintenance_services s WHERE s.window_id = $1 GROUP BY 1, 2
   ON CONFLICT ON CONSTRAINT service_notices_once DO NOTHING`,
);
const REACHED_BY_OUTAGE = statement(
  'outages-reached-partners',
  `SELECT partner_id AS "partnerId", count(*)::integer AS services, count(DISTINCT customer_id)::integer AS customers
     FROM outage_services WHERE outage_id = $1 GROUP BY 1 ORDER BY 1`,
);
const REACHED_BY_MAINTENANCE = statement(
  'maintenance-reached-partners',
  `SELECT partner_id AS "partnerId", count(*)::integer AS services, count(DISTINCT customer_id)::integer AS customers
     FROM maintenance_services WHERE window_id = $1 GROUP BY 1 ORDER BY 1`,
);

interface Reached {
  readonly partnerId: number;
  readonly services: number;
  readonly customers: number;
}
const NOBODY: Reached = { partnerId: OPERATOR_PARTNER_ID, services: 0, customers: 0 };

/** Tells customers (a notice each) and partners (an event each) what concerns their services, in the caller's transaction. */
@Injectable()
export class Notices {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
  ) {}

  /** Answers how many customers were told for the first time. `revision` counts what was told of the same kind. */
  async ofOutage(outage: OutageView, news: OutageNews, now: Date, revision = 1): Promise<number> {
    const { id, title, startedAt, endedAt } = outage;
    const told = await this.uow.tx.execute(TELL_OF_OUTAGE, [id, news, revision, title, startedAt, endedAt, now]);
    for (const { partnerId, services, customers } of await this.reached(REACHED_BY_OUTAGE, id))
      this.outbox.add(`outages.outage.${news}.v1`, {
        partner_id: partnerId,
        outage_id: id,
        title,
        status: outage.status,
        started_at: toIsoSeconds(startedAt),
        ended_at: endedAt ? toIsoSeconds(endedAt) : '',
        affected_services: services,
        affected_customers: customers,
        sequence: outage.version,
      });
    return told;
  }

  async ofMaintenance(window: MaintenanceView, news: MaintenanceNews, now: Date): Promise<number> {
    const { id, title, startsAt, endsAt, version } = window;
    const told = await this.uow.tx.execute(TELL_OF_MAINTENANCE, [id, news, version, title, startsAt, endsAt, now]);
    for (const { partnerId, services, customers } of await this.reached(REACHED_BY_MAINTENANCE, id))
      this.outbox.add(`outages.maintenance.${news}.v1`, {
        partner_id: partnerId,
        maintenance_window_id: id,
        title,
        starts_at: toIsoSeconds(startsAt),
        ends_at: toIsoSeconds(endsAt),
        affected_services: services,
        affected_customers: customers,
        sequence: version,
      });
    return told;
  }

  /** What reaches nobody is the operator's news all the same. */
  private async reached(sql: typeof REACHED_BY_OUTAGE, id: number): Promise<readonly Reached[]> {
    const found = await this.uow.tx.query<Reached>(sql, [id]);
    return found.some(({ partnerId }) => partnerId === OPERATOR_PARTNER_ID) ? found : [NOBODY, ...found];
  }
}
