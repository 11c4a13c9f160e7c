import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { usageErrors } from '../usage.errors.js';

const ACTOR = systemActor('usage');
const BOUNDS = statement(
  'usage-bounds',
  `WITH given AS (SELECT coalesce($3::date, coalesce($2::date, t.today) - ($5::integer - 1),
                                  date_trunc('month', coalesce($2::date, t.today)::timestamp)::date) AS first,
                         coalesce($2::date, greatest($3::date, t.today)) AS last
                    FROM (SELECT ($1::timestamptz AT TIME ZONE $4)::date AS today) t)
   SELECT first::text AS "from", last::text AS "to", last - first + 1 AS days, first::timestamp AT TIME ZONE $4 AS "startsAt",
          (last + 1)::timestamp AT TIME ZONE $4 AS "endsAt" FROM given`,
);

/** Calendar days of a partner, both included. */
export interface DayRange {
  readonly timeZone: string;
  /** `YYYY-MM-DD`. */
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** The midnights at which the first day begins and the last one ends. */
  readonly startsAt: Date;
  readonly endsAt: Date;
}

export interface AskedDays {
  /** `YYYY-MM-DD`; the first of the month that it is when absent. */
  readonly from?: string | undefined;
  /** Included; today when absent. */
  readonly to?: string | undefined;
  /** Where `from` is absent: so many days up to `to`, in place of its month so far. */
  readonly last?: number | undefined;
}

/** Days as a partner's calendar has them. */
@Injectable()
export class LocalDays {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * The asked days, at most `most` of them.
   * @throws `usage.period.backwards` `usage.period.too_long`
   */
  async range(partnerId: number, { from, to, last }: AskedDays, most: number): Promise<DayRange> {
    // A customer may not read the partner, whose clock hangs in every customer's hall all the same.
    const { timeZone } = await this.uow.outside(() => this.partners.get(ACTOR, partnerId));
    const values = [this.clock.now(), to ?? null, from ?? null, timeZone, last ?? null];
    const row = await this.uow.outside(() => this.uow.read(ACTOR, (tx) => tx.one<DayRange>(BOUNDS, values)));
    const range = { ...(row as DayRange), timeZone };
    if (range.days < 1) throw usageErrors('usage.period.backwards');
    if (range.days > most) throw usageErrors('usage.period.too_long', { days: String(most) });
    return range;
  }

  now(): Date {
    return this.clock.now();
  }
}
