import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import type { WorkingCalendar } from '../clocks/working-time.policy.js';
import { ticketErrors } from '../tickets/ticket.errors.js';

export type SlaCalendarView = WorkingCalendar & {
  readonly id: number;
  readonly name: string;
  readonly version: number;
};

const COLUMNS = 'c.id, c.name, v.version, v.time_zone AS "timeZone", v.hours, v.holidays';
const LIST = statement(
  'sla-calendars-list',
  `SELECT ${COLUMNS} FROM sla_calendars c JOIN sla_calendar_versions v ON v.calendar_id = c.id AND v.version = c.version
    ORDER BY c.id LIMIT $1 OFFSET $2`,
);
const COUNT = statement('sla-calendars-count', 'SELECT count(*)::integer AS total FROM sla_calendars');
const GET = statement(
  'sla-calendars-get',
  `SELECT ${COLUMNS} FROM sla_calendars c JOIN sla_calendar_versions v ON v.calendar_id = c.id AND v.version = c.version WHERE c.id = $1`,
);
const ADD = statement('sla-calendars-add', 'INSERT INTO sla_calendars (name) VALUES ($1) RETURNING id');
const NEXT = statement(
  'sla-calendars-next',
  'UPDATE sla_calendars SET name = $2, version = version + 1 WHERE id = $1 AND ($3::integer IS NULL OR version = $3) RETURNING version',
);
const VERSION = statement(
  'sla-calendars-version',
  `INSERT INTO sla_calendar_versions (calendar_id, version, time_zone, hours, holidays, created_by) VALUES ($1, $2, $3, $4, $5, $6)`,
);

type CalendarTerms = WorkingCalendar & { readonly name: string };

/** When the operator's people work. A change is a new version: tickets that are open keep the one that they have. */
@Injectable()
export class SlaCalendars {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  list(actor: Actor, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<SlaCalendarView>(LIST, [page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `sla.calendar.not_found` */
  async get(actor: Actor, id: number): Promise<SlaCalendarView> {
    const found = await this.uow.read(actor, (tx) => tx.one<SlaCalendarView>(GET, [id]));
    if (!found) throw ticketErrors('sla.calendar.not_found');
    return found;
  }

  /** @throws `sla.calendar.exists` */
  add(actor: Actor, terms: CalendarTerms): Promise<SlaCalendarView> {
    return this.uow.run(actor, async (tx) => {
      const made = await this.named(terms.name, tx.one<{ id: number }>(ADD, [terms.name]));
      return this.write(actor, { id: (made as { id: number }).id, version: 1 }, terms);
    });
  }

  /** @throws `sla.calendar.not_found`, `sla.calendar.stale`, `sla.calendar.exists` */
  change(actor: Actor, id: number, ifMatch: number | undefined, terms: CalendarTerms): Promise<SlaCalendarView> {
    return this.uow.run(actor, async (tx) => {
      await this.get(actor, id);
      const values = [id, terms.name, ifMatch ?? null];
      const next = await this.named(terms.name, tx.one<{ version: number }>(NEXT, values));
      if (!next) throw ticketErrors('sla.calendar.stale');
      return this.write(actor, { id, version: next.version }, terms);
    });
  }

  private async named<T>(name: string, written: Promise<T>): Promise<T> {
    const exists = () => ticketErrors('sla.calendar.exists', { name });
    return guarded(written, { sla_calendars_name_key_key: exists });
  }

  private async write(actor: Actor, key: { readonly id: number; readonly version: number }, terms: CalendarTerms) {
    const { timeZone, hours, holidays } = terms;
    const values = [key.id, key.version, timeZone, JSON.stringify(hours), [...holidays].sort(), actor.name];
    await this.uow.tx.execute(VERSION, values);
    const subject = { type: 'sla_calendar', id: key.id };
    const action = `sla_calendar.${key.version === 1 ? 'create' : 'change'}`;
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject, changes: { ...terms } });
    return (await this.uow.tx.one<SlaCalendarView>(GET, [key.id])) as SlaCalendarView;
  }
}
