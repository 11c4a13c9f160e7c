import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { dunningErrors } from '../dunning.errors.js';

const COLUMNS = 'id, calendar, on_date::text AS "on", name';
const MATCH = `FROM dunning_holidays WHERE ($1::text IS NULL OR calendar = $1) AND ($2::date IS NULL OR on_date >= $2)`;
const LIST = statement(
  'dunning-holidays-list',
  `SELECT ${COLUMNS} ${MATCH} ORDER BY calendar, on_date LIMIT $3 OFFSET $4`,
);
const COUNT = statement('dunning-holidays-count', `SELECT count(*)::integer AS total ${MATCH}`);
const ADD = statement(
  'dunning-holidays-add',
  `INSERT INTO dunning_holidays (calendar, on_date, name) VALUES ($1, $2, $3) RETURNING ${COLUMNS}`,
);
const REMOVE = statement('dunning-holidays-remove', `DELETE FROM dunning_holidays WHERE id = $1 RETURNING ${COLUMNS}`);
const DATES = statement(
  'dunning-holidays-dates',
  'SELECT on_date::text AS day FROM dunning_holidays WHERE calendar = $1 AND on_date >= $2',
);

export interface HolidayView {
  readonly id: number;
  readonly calendar: string;
  readonly on: string;
  readonly name: string;
}

/** Days on which nobody is cut off, by calendar; the operator's. */
@Injectable()
export class Holidays {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(
    actor: Actor,
    filter: { readonly calendar?: string | undefined; readonly from?: string | undefined },
    page: { readonly limit: number; readonly offset: number },
  ) {
    const values = [filter.calendar ?? null, filter.from ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<HolidayView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `dunning.holiday.there_already` */
  add(actor: Actor, { calendar, on, name }: Omit<HolidayView, 'id'>): Promise<HolidayView> {
    return this.uow.run(actor, async (tx) => {
      try {
        const made = (await tx.one<HolidayView>(ADD, [calendar, on, name])) as HolidayView;
        this.note(actor, 'create', made);
        return made;
      } catch (error) {
        if (violatedConstraint(error) === 'dunning_holidays_once') throw dunningErrors('dunning.holiday.there_already');
        throw error;
      }
    });
  }

  /** @throws `dunning.holiday.not_found` */
  remove(actor: Actor, id: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const gone = await tx.one<HolidayView>(REMOVE, [id]);
      if (!gone) throw dunningErrors('dunning.holiday.not_found');
      this.note(actor, 'delete', gone);
    });
  }

  /** The days of a calendar from one on; none without a calendar. */
  async of(calendar: string | null, from: string): Promise<ReadonlySet<string>> {
    if (calendar === null) return new Set();
    return new Set((await this.uow.tx.query<{ day: string }>(DATES, [calendar, from])).map(({ day }) => day));
  }

  private note(actor: Actor, verb: string, { id, calendar, on, name }: HolidayView): void {
    const subject = { type: 'dunning_holiday', id };
    const changes = { calendar, on, name };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `dunning_holiday.${verb}`, subject, changes });
  }
}
