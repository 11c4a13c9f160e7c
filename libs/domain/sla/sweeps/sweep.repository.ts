import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import type { DueClock, SweptClock } from './sweep.policy.js';

// Nobody waits: what somebody works on is looked at in the next sweep, or by whoever has it. The ticket is locked before its
// clock, or two sweeps would split the clocks of one ticket between them.
const TAKE = statement(
  'sla-sweep-take',
  `SELECT c.ticket_id AS "ticketId", c.target, c.warn_at AS "warnAt", c.due_at AS "dueAt", c.warned_at AS "warnedAt", c.breached_at AS "breachedAt",
          c.escalations, t.partner_id AS "partnerId", t.customer_id AS "customerId", t.number, k.code AS category, t.priority, t.status,
          t.policy_id AS "policyId", t.policy_version AS "policyVersion", t.calendar_id AS "calendarId", t.calendar_version AS "calendarVersion",
          t.version, t.escalation_level AS "escalationLevel"
     FROM ticket_clocks c JOIN tickets t ON t.id = c.ticket_id JOIN ticket_categories k ON k.id = t.category_id
    WHERE c.next_at <= $1 ORDER BY c.next_at LIMIT $2 FOR NO KEY UPDATE OF t, c SKIP LOCKED`,
);
const CLOCKS = statement(
  'sla-sweep-clocks',
  `UPDATE ticket_clocks c SET warned_at = CASE WHEN n.warned THEN $6 ELSE c.warned_at END, breached_at = coalesce(n.breached_at, c.breached_at),
          escalations = n.escalations, next_at = n.next_at
     FROM unnest($1::integer[], $2::text[], $3::boolean[], $4::timestamptz[], $5::smallint[], $7::timestamptz[])
       n (ticket_id, target, warned, breached_at, escalations, next_at)
    WHERE c.ticket_id = n.ticket_id AND c.target = n.target`,
);
const TICKETS = statement(
  'sla-sweep-tickets',
  `UPDATE tickets t SET escalation_level = n.level, escalated_to = n.escalated_to, escalated_at = $4, version = t.version + 1, updated_at = now()
     FROM (SELECT DISTINCT ON (id) * FROM unnest($1::integer[], $2::smallint[], $3::text[]) n (id, level, escalated_to) ORDER BY id, level DESC) n
    WHERE t.id = n.id AND n.level > t.escalation_level`,
);
const FACTS = statement(
  'sla-sweep-facts',
  `INSERT INTO ticket_clock_facts (partner_id, customer_id, ticket_id, target, outcome, at, priority, category_id, team_id, target_seconds, level,
          policy_id, policy_version)
   SELECT t.partner_id, t.customer_id, t.id, c.target, 'escalated', $4, t.priority, t.category_id, t.team_id, c.target_seconds, n.level, t.policy_id,
          t.policy_version
     FROM unnest($1::integer[], $2::text[], $3::smallint[]) n (ticket_id, target, level)
     JOIN ticket_clocks c ON c.ticket_id = n.ticket_id AND c.target = n.target JOIN tickets t ON t.id = n.ticket_id ON CONFLICT DO NOTHING`,
);
const HISTORY = statement(
  'sla-sweep-history',
  `INSERT INTO ticket_history (partner_id, customer_id, ticket_id, action, from_status, to_status, changes, actor, at, request_id)
   SELECT t.partner_id, t.customer_id, t.id, n.action, t.status, t.status, n.changes, $4, $5, $6
     FROM unnest($1::integer[], $2::text[], $3::jsonb[]) WITH ORDINALITY n (ticket_id, action, changes, place) JOIN tickets t ON t.id = n.ticket_id
    ORDER BY n.place`,
);

/** Clocks that are due, for a sweep: taken by index, written all at once. */
@Injectable()
export class SweepRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Those that something is to happen to, the oldest first, locked with their tickets; without those in other hands. */
  take(at: Date, most: number): Promise<DueClock[]> {
    return this.uow.tx.query<DueClock>(TAKE, [at, most]);
  }

  /** Everything in one flight. The tickets come last: what refers to them finds them where the lock was taken. */
  async save(actor: Actor, swept: readonly SweptClock[], at: Date): Promise<void> {
    if (swept.length === 0) return;
    const { tx } = this.uow;
    const clocks = tx.execute(CLOCKS, [
      swept.map(({ clock }) => clock.ticketId),
      swept.map(({ clock }) => clock.target),
      swept.map(({ warned }) => warned),
      swept.map(({ breachedAt }) => breachedAt),
      swept.map(({ escalations }) => escalations),
      at,
      swept.map(({ nextAt }) => nextAt),
    ]);
    const steps = swept.flatMap(stepsOf);
    const history = tx.execute(HISTORY, [
      steps.map(({ ticketId }) => ticketId),
      steps.map(({ action }) => action),
      steps.map(({ changes }) => JSON.stringify(changes)),
      actor.name,
      at,
      currentRequestId() ?? null,
    ]);
    await together([clocks, history, ...this.escalate(swept, at)]);
  }

  private escalate(swept: readonly SweptClock[], at: Date): Promise<number>[] {
    const { tx } = this.uow;
    const up = swept.flatMap(({ clock, escalation }) => (escalation ? [{ ...escalation, id: clock.ticketId }] : []));
    if (up.length === 0) return [];
    const ids = up.map(({ id }) => id);
    const levels = up.map(({ level }) => level);
    return [
      tx.execute(FACTS, [ids, up.map(({ target }) => target), levels, at]),
      tx.execute(TICKETS, [ids, levels, up.map(({ to }) => to), at]),
    ];
  }
}

function stepsOf({ clock: { ticketId, target, dueAt }, warned, breachedAt, escalation }: SweptClock) {
  return [
    ...(warned ? [{ ticketId, action: 'warn', changes: { target, due_at: dueAt } }] : []),
    ...(breachedAt ? [{ ticketId, action: 'breach', changes: { target, due_at: breachedAt } }] : []),
    ...(escalation
      ? [{ ticketId, action: 'escalate', changes: { target, level: escalation.level, to: escalation.to } }]
      : []),
  ];
}
