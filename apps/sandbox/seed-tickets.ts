import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CheckBreaches } from '@isp/domain/sla';
import {
  AssignTicket,
  CloseTicket,
  CommentTicket,
  CreateTicket,
  MergeTicket,
  MoveTicket,
  ReopenTicket,
  ResolveTicket,
  TicketQueries,
} from '@isp/domain/tickets';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { PAST_TICKETS, TICKETS, type TicketFate } from './sandbox-tickets.js';
import { SEEDER } from './seeder.js';

// Every seventh took longer than it might, every fourth of those went up a level.
const PAST = statement(
  'sandbox-tickets-past',
  `WITH past AS (
     SELECT n, c.partner_id, c.id AS customer_id, (ARRAY['critical', 'high', 'medium', 'low'])[1 + n % 4] AS priority, k.id AS category_id,
            1 + n % 4 AS team_id, $1::timestamptz - n * interval '8 hours' AS opened_at, n % 7 = 0 AS late
       FROM generate_series(1, $2) n JOIN customers c ON c.id = 1 + n % 60 JOIN ticket_categories k ON k.id = 1 + n % 7),
   timed AS (
     SELECT p.*, v.targets -> p.priority AS targets, v.calendar_id,
            p.opened_at + make_interval(mins => (v.targets -> p.priority ->> 'resolution_minutes')::integer * (CASE WHEN late THEN 12 ELSE 3 + n % 5 END) / 10) AS ended_at
       FROM past p JOIN sla_policy_versions v ON v.policy_id = 1 AND v.version = 1),
   made AS (
     INSERT INTO tickets (number, partner_id, customer_id, subject, category_id, priority, status, source, team_id, resolution, policy_id, policy_version,
            calendar_id, calendar_version, opened_at, first_response_at, resolved_at, closed_at, stopped_from, created_by, created_at, updated_at)
     SELECT next_ticket_number(opened_at), partner_id, customer_id, 'Sandbox ticket ' || n, category_id, priority, 'closed', 'phone', team_id, 'Done', 1, 1,
            calendar_id, 1, opened_at, opened_at + interval '5 minutes', ended_at, ended_at, ARRAY[ended_at], 'System', opened_at, ended_at
       FROM timed WHERE ended_at < $1 ORDER BY n DESC RETURNING id, partner_id, customer_id, opened_at, resolved_at, priority, calendar_id)
   INSERT INTO ticket_clocks (partner_id, customer_id, ticket_id, target, target_seconds, due_at)
   SELECT m.partner_id, m.customer_id, m.id, x.target, x.seconds, m.opened_at + make_interval(secs => x.seconds)
     FROM made m JOIN sla_policy_versions v ON v.policy_id = 1 AND v.version = 1
    CROSS JOIN LATERAL (VALUES
      ('first_response', (v.targets -> m.priority ->> 'first_response_minutes')::integer * 60),
      ('resolution', (v.targets -> m.priority ->> 'resolution_minutes')::integer * 60)) x (target, seconds)`,
);
// As a second step, so that the facts are kept as they always are.
const END_PAST = statement(
  'sandbox-tickets-end',
  `UPDATE ticket_clocks c SET breached_at = CASE WHEN e.at > c.due_at THEN c.due_at END, ended_at = e.at,
          ended_as = CASE WHEN e.at > c.due_at THEN 'late' ELSE 'met' END, spent_seconds = extract(epoch FROM e.at - t.opened_at)
     FROM tickets t
    CROSS JOIN LATERAL (VALUES ('first_response', t.first_response_at), ('resolution', t.resolved_at)) e (target, at)
    WHERE c.ticket_id = t.id AND c.target = e.target AND t.status = 'closed' AND c.ended_at IS NULL`,
);

/** Tickets of every state, and the closed ones of the months before; nothing where there are tickets already. */
export async function seedTickets(app: NestFastifyApplication): Promise<void> {
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get(type as never, { strict: false });
  const now = app.get<Clock>(CLOCK, { strict: false }).now();
  await app.get(UnitOfWork).run(SEEDER, async (tx) => {
    if ((await get(TicketQueries).list(SEEDER, {}, { limit: 1, offset: 0 })).total > 0) return;
    await tx.execute(PAST, [now, PAST_TICKETS]);
    await tx.execute(END_PAST);
    for (const { age, fate, ...ticket } of TICKETS) {
      const openedAt = addSeconds(now, -age * 60);
      const made = await get(CreateTicket).execute({ actor: SEEDER, source: 'phone', openedAt, ...ticket });
      await lead(get, made.id, fate);
    }
    await get(CheckBreaches).execute(SEEDER);
  });
}

type Get = <T>(type: abstract new (...args: never[]) => T) => T;

async function lead(get: Get, ticketId: number, fate: TicketFate): Promise<void> {
  const about = { actor: SEEDER, ticketId };
  if (fate === 'open') return;
  if (fate === 'merged') return mergeIntoNewer(get, ticketId);
  await get(AssignTicket).execute({ ...about, teamId: 2 });
  if (fate === 'assigned') return;
  await get(MoveTicket).execute({ ...about, verb: 'start', to: 'in_progress' });
  if (fate === 'escalated') return;
  await get(CommentTicket).execute({ ...about, text: 'We look into it.' });
  await get(CommentTicket).execute({ ...about, text: 'The third time this month.', internal: true });
  if (fate === 'in_progress') return;
  if (fate === 'pending_customer' || fate === 'pending_third_party')
    return void (await get(MoveTicket).execute({ ...about, verb: 'pend', to: fate, reason: 'Waits for an answer' }));
  await get(ResolveTicket).execute({ ...about, resolution: 'It works again.' });
  if (fate === 'closed') await get(CloseTicket).execute(about);
  if (fate === 'reopened') await get(ReopenTicket).execute({ ...about, reason: 'It is down again.' });
}

async function mergeIntoNewer(get: Get, ticketId: number): Promise<void> {
  const { customerId } = await get(TicketQueries).get(SEEDER, ticketId);
  const again = { subject: 'The same again', category: 'no_connection', customerId: customerId ?? undefined };
  const { id: intoId } = await get(CreateTicket).execute({ actor: SEEDER, ...again });
  await get(MergeTicket).execute({ actor: SEEDER, ticketId, intoId });
}
