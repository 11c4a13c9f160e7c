import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';

const MIDNIGHT = statement(
  'services-local-midnight',
  `SELECT ($1::date + $2::integer)::timestamp AT TIME ZONE $3 AS at`,
);
const PERIOD = statement(
  'services-local-period',
  `WITH today AS (SELECT ($1::timestamptz AT TIME ZONE $2)::date AS day),
   month AS (SELECT day, date_trunc('month', day::timestamp) + interval '1 month' AS next FROM today)
   SELECT next AT TIME ZONE $2 AS "endsAt", extract(day FROM next - interval '1 day')::integer AS "days",
          (next::date - day)::integer AS "daysLeft" FROM month`,
);

/** A calendar month, seen from one of its days. */
export interface Period {
  /** Midnight at the beginning of the next month. */
  readonly endsAt: Date;
  /** Days in the month. */
  readonly days: number;
  /** Days that are left of it, today included. */
  readonly daysLeft: number;
}

/** Calendar days and months in the time zone of a service's partner. */
@Injectable()
export class LocalTime {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  now(): Date {
    return this.clock.now();
  }

  /**
   * The midnight at which a day (`YYYY-MM-DD`) begins, or the one `plusDays` later.
   * @throws `services.schedule.in_the_past` when it is over
   */
  async midnight(actor: Actor, partnerId: number, day: string, plusDays = 0): Promise<Date> {
    const { timeZone } = await this.partners.get(actor, partnerId);
    const row = (await this.uow.tx.one<{ at: Date }>(MIDNIGHT, [day, plusDays, timeZone])) as { at: Date };
    if (row.at <= this.clock.now()) throw serviceErrors('services.schedule.in_the_past');
    return row.at;
  }

  /** The calendar month that it is. */
  async period(actor: Actor, partnerId: number): Promise<Period> {
    const { timeZone } = await this.partners.get(actor, partnerId);
    return (await this.uow.tx.one<Period>(PERIOD, [this.clock.now(), timeZone])) as Period;
  }
}
