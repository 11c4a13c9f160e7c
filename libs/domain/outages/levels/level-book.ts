import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';

// A service has a row for each month in which it was active, in the zone of its partner.
const TOUCH = (table: 'outage' | 'window') =>
  statement(
    `service-levels-touch-${table}`,
    `INSERT INTO service_levels (partner_id, customer_id, service_id, period, due_at)
     SELECT x.partner_id, x.customer_id, x.service_id, m.month::date, $4
       FROM ${table === 'outage' ? 'outage_services' : 'maintenance_services'} x JOIN partners p ON p.id = x.partner_id
       CROSS JOIN LATERAL generate_series(date_trunc('month', $2::timestamptz AT TIME ZONE p.time_zone),
                                          $3::timestamptz AT TIME ZONE p.time_zone, interval '1 month') AS m (month)
      WHERE x.${table}_id = $1
     ON CONFLICT ON CONSTRAINT service_levels_once DO UPDATE SET due_at = excluded.due_at`,
  );
const OF_OUTAGE = TOUCH('outage');
const OF_WINDOW = TOUCH('window');
const BEGIN = statement(
  'service-levels-begin',
  `INSERT INTO service_levels (partner_id, customer_id, service_id, period, due_at)
   SELECT s.partner_id, s.customer_id, s.id, m.month::date, $1
     FROM services s JOIN partners p ON p.id = s.partner_id
     CROSS JOIN LATERAL generate_series(date_trunc('month', $1::timestamptz AT TIME ZONE p.time_zone) - interval '1 month',
                                        $1::timestamptz AT TIME ZONE p.time_zone, interval '1 month') AS m (month)
    WHERE s.activated_at IS NOT NULL AND s.activated_at < (m.month + interval '1 month') AT TIME ZONE p.time_zone
      AND coalesce(s.terminated_at, 'infinity') > m.month AT TIME ZONE p.time_zone
      AND NOT EXISTS (SELECT FROM service_levels l WHERE l.service_id = s.id AND l.period = m.month::date)
    ORDER BY s.id LIMIT $2
   ON CONFLICT ON CONSTRAINT service_levels_once DO NOTHING`,
);

/** Which months of which services are to be measured. */
@Injectable()
export class LevelBook {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The services of an outage are measured anew, in the months that a time touches. */
  async touchedBy(outageId: number, from: Date, until: Date): Promise<void> {
    await this.uow.tx.execute(OF_OUTAGE, [outageId, from, until, this.clock.now()]);
  }

  async touchedByMaintenance(windowId: number, from: Date, until: Date): Promise<void> {
    await this.uow.tx.execute(OF_WINDOW, [windowId, from, until, this.clock.now()]);
  }

  /** Opens the present and the last month of services that have none. Answers how many it opened, `limit` at most. */
  begin(limit: number): Promise<number> {
    return this.uow.tx.execute(BEGIN, [this.clock.now(), limit]);
  }
}
