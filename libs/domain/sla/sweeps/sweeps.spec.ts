import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@isp/domain/access';
import { AssignTicket, CreateTicket, ResolveTicket, TicketQueries } from '@isp/domain/tickets';
import {
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { SlaDesk } from '../metrics/sla-desk.queries.js';
import { SlaMetrics } from '../metrics/sla-metrics.queries.js';
import { SlaModule } from '../sla.module.js';
import { CheckBreaches } from './check-breaches.usecase.js';

beforeAll(() => openServices(AccessModule, SlaModule), 120_000);
afterAll(() => closeServices());

const PAGE = { limit: 100, offset: 0 };
const pass = (minutes: number) => (clock.shift += minutes * 60);
const sweep = (process = 0) => use(CheckBreaches, process).execute(actor);
const made = async (priority: string, customerId?: number) =>
  use(CreateTicket).execute({
    actor,
    customerId: customerId ?? (await customer()),
    subject: 'Down',
    category: 'no_connection',
    priority: priority as 'low',
  });
const told = async (name: string, id?: number) =>
  (
    await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM outbox WHERE name = '${name}' ${id ? `AND (payload->>'ticket_id')::int = ${id}` : ''}`,
    )
  )[0]?.n;

describe('a sweep', () => {
  it('warns, declares the breach and goes up the chain, each once and in its time', async () => {
    const { id, customerId } = await made('critical');
    expect(await sweep()).toMatchObject({ breached: [], warned: [], checked: 0 });
    pass(13);
    expect(await sweep()).toMatchObject({
      warned: [{ ticketId: id, customerId, timeRemainingMinutes: 1 }],
      breached: [],
    });
    expect(await sweep()).toMatchObject({ warned: [], breached: [], checked: 0 });
    pass(10);
    expect(await sweep()).toMatchObject({ breached: [{ ticketId: id, customerId, overdueMinutes: 8 }], checked: 1 });
    pass(180);
    expect(await sweep()).toMatchObject({ warned: [{ ticketId: id }], breached: [] });
    pass(60);
    expect(await sweep()).toMatchObject({ breached: [{ ticketId: id }] });
    expect(await use(TicketQueries).get(actor, id)).toMatchObject({ escalationLevel: 1, breached: true });
    pass(240);
    expect(await sweep()).toMatchObject({ breached: [], warned: [], checked: 1 });
    expect(await sweep()).toMatchObject({ checked: 0 });
    const [queued] = (await use(SlaDesk).escalations(actor, 2, PAGE)).rows;
    expect(queued).toMatchObject({ ticketId: id, level: 2, escalatedTo: 'Network operations' });
    expect([
      await told('sla.ticket.warned.v1', id),
      await told('sla.ticket.breached.v1', id),
      await told('tickets.ticket.escalated.v1', id),
    ]).toEqual([2, 2, 2]);
    const { rows } = await use(TicketQueries).history(actor, id, PAGE);
    expect(rows.map(({ action }) => action).reverse()).toEqual([
      'create',
      'warn',
      'breach',
      'warn',
      'breach',
      'escalate',
      'escalate',
    ]);
    await use(ResolveTicket).execute({ actor, ticketId: id });
    expect((await use(SlaDesk).escalations(actor, undefined, PAGE)).total).toBe(0);
  });

  it('finds a breach once, of 50 sweeps by four at the same time', async () => {
    const customerId = await customer();
    const tickets = await Promise.all(Array.from({ length: 60 }, () => made('low', customerId)));
    pass(5_000);
    const found: number[] = [];
    await Promise.all(
      [0, 1, 0, 1].map(async (process) => {
        for (let n = 0; n < 50; n += 1) found.push(...(await sweep(process)).breached.map(({ ticketId }) => ticketId));
      }),
    );
    expect(found.sort((one, other) => one - other)).toEqual(
      tickets.map(({ id }) => id).sort((one, other) => one - other),
    );
    for (const { id } of tickets.slice(0, 5)) expect(await told('sla.ticket.breached.v1', id)).toBe(2);
    const [row] = await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM ticket_clock_facts WHERE outcome = 'breached' AND ticket_id >= ${Math.min(...tickets.map(({ id }) => id))}`,
    );
    expect(row?.n).toBe(120);
  });
});

describe('the metrics', () => {
  it('are of what was decided in the period, and stay what they were', async () => {
    const before = await use(SlaMetrics).performance(actor, 30);
    const [soon, late] = [await made('critical'), await made('critical')];
    pass(60);
    await use(ResolveTicket).execute({ actor, ticketId: soon.id });
    pass(240);
    await sweep();
    await use(ResolveTicket).execute({ actor, ticketId: late.id });
    const after = await use(SlaMetrics).performance(actor, 30);
    expect([after.total - before.total, after.within - before.within, after.breached - before.breached]).toEqual([
      2, 1, 1,
    ]);
    expect(after.byPriority.critical).toMatchObject({ total: before.byPriority.critical.total + 2 });
    await sql(`UPDATE tickets SET priority = 'low', category_id = 3 WHERE id IN (${soon.id}, ${late.id})`);
    const still = await use(SlaMetrics).performance(actor, 30);
    expect(still.byPriority).toEqual(after.byPriority);
    const byCategory = await use(SlaMetrics).breakdown(actor, 'category', 'resolution', 30);
    expect(byCategory.map(({ key }) => key)).toEqual(['no_connection']);
    const byPartner = await use(SlaMetrics).breakdown({ ...actor, reach: 'partner' }, 'partner', 'first_response', 30);
    expect(byPartner.map(({ key }) => key)).toEqual(['1']);
    const ofTeam = async (name: string) =>
      (await use(SlaMetrics).breakdown(actor, 'team', 'resolution', 30)).find(({ key }) => key === name);
    const field = await made('low');
    await use(AssignTicket).execute({ actor, ticketId: field.id, teamId: 4 });
    expect(await ofTeam('Field service')).toBeUndefined();
    await use(ResolveTicket).execute({ actor, ticketId: field.id });
    expect(await ofTeam('Field service')).toMatchObject({ total: 1, within: 1 });
    // Whose it is afterwards is another matter.
    await sql(`UPDATE tickets SET team_id = 1 WHERE id = ${field.id}`);
    expect(await ofTeam('Field service')).toMatchObject({ total: 1, within: 1 });
    pass(31 * 1_440);
    expect(await use(SlaMetrics).performance(actor, 30)).toMatchObject({ total: 0, averageSeconds: null });
    expect(await use(SlaDesk).figures(actor)).toMatchObject({ open: { critical: 0, low: 60 }, unassigned: 60 });
  });
});
