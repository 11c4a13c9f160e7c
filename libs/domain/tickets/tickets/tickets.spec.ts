import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Actor, systemActorFor } from '@isp/contracts';
import { AccessModule } from '@isp/domain/access';
import {
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  order,
  plans,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { TicketAttachments } from '../attachments/attachments.js';
import { SlaCalendars } from '../settings/sla-calendars.js';
import { SlaPolicies } from '../settings/sla-policies.js';
import { TicketsModule } from '../tickets.module.js';
import { AssignTicket } from './assign-ticket.usecase.js';
import { ChangeTicket } from './change-ticket.usecase.js';
import { CommentTicket } from './comment-ticket.usecase.js';
import { CreateTicket } from './create-ticket.usecase.js';
import { EscalateTicket } from './escalate-ticket.usecase.js';
import { MergeTicket } from './merge-ticket.usecase.js';
import { MoveTicket } from './move-ticket.usecase.js';
import { CloseTicket, ReopenTicket, ResolveTicket } from './resolve-ticket.usecase.js';
import { TicketQueries } from './ticket.queries.js';
import type { ClockView } from './ticket.view.js';

beforeAll(() => openServices(AccessModule, TicketsModule), 120_000);
afterAll(() => closeServices());

const PAGE = { limit: 100, offset: 0 };
const MINUTE = 60_000;
const pass = (minutes: number) => (clock.shift += minutes * 60);
const made = async (input: object = {}) =>
  use(CreateTicket).execute({ actor, subject: 'No light', category: 'no_connection', ...input });
const details = (id: number) => use(TicketQueries).details(actor, id);
const clockOf = async (id: number, target: ClockView['target']) =>
  (await details(id)).clocks.find((one) => one.target === target) as ClockView;
const act = (ticketId: number) => ({ actor, ticketId });
const facts = (id: number) =>
  sql<{ target: string; outcome: string }>(
    `SELECT target, outcome FROM ticket_clock_facts WHERE ticket_id = ${id} ORDER BY id`,
  ).then((rows) => rows.map(({ target, outcome }) => `${target} ${outcome}`));
const told = (id: number) =>
  sql<{ name: string }>(`SELECT name FROM outbox WHERE (payload->>'ticket_id')::int = ${id} ORDER BY id`).then((rows) =>
    rows.map(({ name }) => name.split('.').slice(0, 3).join('.')),
  );
const customerOf = (customerId: number): Actor => ({ ...systemActorFor('customer', 1), reach: 'customer', customerId });

describe('a new ticket', () => {
  it('has a number of its year, its customer and two clocks under the policy of now', async () => {
    const serviceId = await order();
    const [{ customer_id: customerId } = { customer_id: 0 }] = await sql<{ customer_id: number }>(
      `SELECT customer_id FROM services WHERE id = ${serviceId}`,
    );
    const openedAt = clock.now();
    const ticket = await made({ customerId, priority: 'high', serviceIds: [serviceId], openedAt });
    const year = openedAt.getUTCFullYear();
    expect(ticket).toMatchObject({ number: `TKT-${year}-001`, status: 'open', source: 'system', customerId });
    const { clocks, links } = await details(ticket.id);
    expect(links).toEqual([{ type: 'service', id: serviceId }]);
    const at = (minutes: number) => new Date(openedAt.getTime() + minutes * MINUTE);
    expect(clocks).toMatchObject([
      { target: 'first_response', targetSeconds: 3_600, warnAt: at(48), dueAt: at(60) },
      { target: 'resolution', targetSeconds: 28_800, warnAt: at(384), dueAt: at(480) },
    ]);
    expect((await use(TicketQueries).list(actor, { serviceId }, PAGE)).rows).toMatchObject([{ id: ticket.id }]);
    await expect(made({ customerId: await customer(), serviceIds: [serviceId] })).rejects.toMatchObject({
      code: 'tickets.service.unknown',
    });
  });

  it('never has a number that another one has', async () => {
    const customerId = await customer();
    const tickets = await Promise.all(Array.from({ length: 20 }, () => made({ customerId })));
    // A year's first number is 1; of years that begin at the same moment one may leave some out.
    const others = [];
    for (const n of [0, 1, 0, 1])
      others.push(await made({ customerId, openedAt: new Date(`202${n}-06-01T00:00:00Z`) }));
    const numbers = [...tickets, ...others].map(({ number }) => number);
    expect(new Set(numbers).size).toBe(24);
    expect(numbers.filter((number) => number === 'TKT-2020-001' || number === 'TKT-2021-001')).toHaveLength(2);
  });

  it('goes by the closest policy, and keeps the version that it was opened under', async () => {
    const minutes = (n: number) => ({ first_response_minutes: n, resolution_minutes: 2 * n, around_the_clock: false });
    const terms = (n: number, calendarId: number) => ({
      calendarId,
      targets: { critical: minutes(n), high: minutes(n), medium: minutes(n), low: minutes(n) },
      warnPercent: 50,
      escalations: [],
    });
    const hours = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, from: '09:00', until: '17:00' }));
    const zone = { name: 'Office', timeZone: 'America/New_York', hours, holidays: [] };
    const { id: calendarId } = await use(SlaCalendars).add(actor, zone);
    const policies = use(SlaPolicies);
    const add = (n: number, supportTier: string | null, planId: number | null) =>
      policies.add(actor, { name: `P${n}`, supportTier, planId, ...terms(n, calendarId) });
    const tier = await add(120, 'Gold', null);
    const plan = await add(60, null, plans.home);
    await expect(add(60, null, plans.home)).rejects.toMatchObject({ code: 'sla.policy.exists' });
    await expect(add(60, 'Gold', 999_999)).rejects.toMatchObject({ code: 'sla.policy.plan_unknown' });
    const [gold, plain] = [await customer(), await customer()];
    await sql(`UPDATE customers SET support_tier = 'Gold' WHERE id = ${gold}`);
    const openedAt = new Date('2025-03-07T21:30:00Z');
    const ofTier = await made({ customerId: gold, openedAt });
    const ofPlan = await made({ customerId: gold, serviceIds: [await order(gold)], openedAt });
    const ofAll = await made({ customerId: plain });
    expect([ofTier.policyId, ofPlan.policyId, ofAll.policyId]).toEqual([tier.id, plan.id, 1]);
    // A Friday at 16:30 in New York; clocks were put forward on Sunday.
    expect((await clockOf(ofTier.id, 'first_response')).dueAt).toEqual(new Date('2025-03-10T14:30:00Z'));
    await use(SlaCalendars).change(actor, calendarId, 1, { ...zone, holidays: ['2025-03-10'] });
    await policies.change(actor, tier.id, 1, { name: 'P', ...terms(30, calendarId) });
    await use(ChangeTicket).execute({ ...act(ofTier.id), priority: 'low' });
    expect((await clockOf(ofTier.id, 'first_response')).dueAt).toEqual(new Date('2025-03-10T14:30:00Z'));
    const later = await made({ customerId: gold, openedAt });
    expect((await clockOf(later.id, 'resolution')).dueAt).toEqual(new Date('2025-03-11T13:30:00Z'));
    await expect(policies.retire(actor, 1)).rejects.toMatchObject({ code: 'sla.policy.last' });
    await policies.retire(actor, plan.id);
    await policies.retire(actor, tier.id);
  });
});

describe('the life of a ticket', () => {
  it('stops its clocks while it waits, and they go on where they stood', async () => {
    const { id, openedAt } = await made({ customerId: await customer(), priority: 'critical' });
    pass(100);
    await use(MoveTicket).execute({ ...act(id), verb: 'pend', to: 'pending_customer', reason: 'No answer' });
    expect(await clockOf(id, 'resolution')).toMatchObject({ dueAt: null, warnAt: null });
    pass(1_000);
    await use(MoveTicket).execute({ ...act(id), verb: 'resume', to: 'in_progress' });
    const { dueAt } = await clockOf(id, 'resolution');
    expect(Math.round(((dueAt?.getTime() ?? 0) - openedAt.getTime()) / MINUTE)).toBe(1_240);
    await expect(use(MoveTicket).execute({ ...act(id), verb: 'start', to: 'in_progress' })).rejects.toMatchObject({
      code: 'tickets.ticket.illegal_move',
    });
    pass(10);
    await use(ResolveTicket).execute({ ...act(id), resolution: 'Done' });
    // The first answer was due after 15 minutes, which no sweep has noticed.
    expect(await facts(id)).toEqual(['first_response breached', 'first_response late', 'resolution met']);
    expect((await clockOf(id, 'resolution')).spentSeconds).toBe(110 * 60);
    expect((await told(id)).filter((name) => name.startsWith('sla'))).toEqual(['sla.ticket.breached']);
  });

  it('counts again after it is opened again, and leaves what was counted', async () => {
    const { id } = await made({ customerId: await customer(), priority: 'critical' });
    pass(5);
    await use(CommentTicket).execute({ ...act(id), text: 'We look at it.' });
    await use(ResolveTicket).execute({ ...act(id), resolution: 'Done' });
    await use(CloseTicket).execute(act(id));
    await expect(use(ChangeTicket).execute({ ...act(id), subject: 'X' })).rejects.toMatchObject({
      code: 'tickets.ticket.over',
    });
    pass(5_000);
    await use(ReopenTicket).execute({ ...act(id), reason: 'Again' });
    pass(300);
    await use(ResolveTicket).execute({ ...act(id), resolution: 'Done at last' });
    expect(await facts(id)).toEqual(['first_response met', 'resolution met', 'resolution breached', 'resolution late']);
    expect(await details(id)).toMatchObject({ status: 'resolved', reopened: 1, resolution: 'Done at last' });
    const { rows } = await use(TicketQueries).history(actor, id, PAGE);
    expect(rows.map(({ action }) => action)).toEqual(['resolve', 'reopen', 'close', 'resolve', 'comment', 'create']);
  });

  it('goes on in another one of its customer, for good', async () => {
    const customerId = await customer();
    const [one, two] = [await made({ customerId }), await made({ customerId, serviceIds: [await order(customerId)] })];
    const merge = (ticketId: number, intoId: number) => use(MergeTicket).execute({ actor, ticketId, intoId });
    await expect(merge(one.id, one.id)).rejects.toMatchObject({ code: 'tickets.ticket.merge_with_itself' });
    await expect(merge(one.id, (await made({ customerId: await customer() })).id)).rejects.toMatchObject({
      code: 'tickets.ticket.merge_across',
    });
    expect(await merge(two.id, one.id)).toMatchObject({ status: 'closed', mergedIntoId: one.id });
    const { links } = await details(one.id);
    expect(links.map(({ type }) => type)).toEqual(['service', 'ticket']);
    expect(await facts(two.id)).toEqual([]);
    await expect(use(ReopenTicket).execute(act(two.id))).rejects.toMatchObject({ code: 'tickets.ticket.merged' });
  });

  it('is given to teams and people of the operator, and goes up by hand', async () => {
    const { id } = await made({ customerId: await customer() });
    await expect(use(AssignTicket).execute({ ...act(id), userId: 999 })).rejects.toMatchObject({
      code: 'tickets.assignee.unknown',
    });
    expect(await use(AssignTicket).execute({ ...act(id), teamId: 2 })).toMatchObject({ team: 'Network operations' });
    expect(await use(EscalateTicket).execute({ ...act(id), to: 'Duty manager' })).toMatchObject({ escalationLevel: 1 });
    expect(await facts(id)).toEqual(['resolution escalated']);
    expect(await told(id)).toContain('tickets.ticket.escalated');
  });

  it('keeps the breach of a priority that is lowered too late, and misses no target before the one that moved it', async () => {
    const [late, raised] = [await made({ customerId: await customer() }), await made({ customerId: await customer() })];
    await use(ChangeTicket).execute({ ...act(late.id), priority: 'critical' });
    pass(300);
    await use(ChangeTicket).execute({ ...act(late.id), priority: 'low' });
    expect(await facts(late.id)).toEqual(['first_response breached', 'resolution breached']);
    const before = clock.now();
    await use(ChangeTicket).execute({ ...act(raised.id), priority: 'critical' });
    const { dueAt } = await clockOf(raised.id, 'resolution');
    expect(dueAt?.getTime()).toBeGreaterThanOrEqual(before.getTime());
  });

  it('is found by who waits for it, whatever the other one changed of it', async () => {
    const { id } = await made({ customerId: await customer() });
    const changed = ['billing_dispute', 'other', 'slow_speed', 'installation'].map((category) =>
      use(ChangeTicket).execute({ ...act(id), category }),
    );
    const said = ['a', 'b', 'c', 'd'].map((text) => use(CommentTicket).execute({ ...act(id), text }));
    const outcomes = await Promise.allSettled([...changed, ...said]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  });

  it('loses no change of two people at once', async () => {
    const { id, version } = await made({ customerId: await customer() });
    const writes = ['a', 'b', 'c', 'd'].map((subject) =>
      use(ChangeTicket).execute({ ...act(id), ifMatch: version, subject }),
    );
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });
});

describe('what customers see', () => {
  it('is their own tickets, without what the operator’s people say among themselves', async () => {
    const customerId = await customer();
    const other = customerOf(await customer());
    const own = customerOf(customerId);
    const { id } = await use(CreateTicket).execute({ actor: own, subject: 'Slow', category: 'slow_speed' });
    await use(CommentTicket).execute({ ...act(id), text: 'He never pays', internal: true });
    await use(CommentTicket).execute({ ...act(id), text: 'Hello' });
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
    const file = { fileName: 'a.png', contentType: 'image/png', content: png } as const;
    const hidden = await use(TicketAttachments).add({ ...act(id), ...file, internal: true });
    const shown = await use(TicketAttachments).add({ ...act(id), ...file });
    const seen = await use(TicketQueries).comments(own, id, PAGE);
    expect(seen).toMatchObject({ total: 1, rows: [{ text: 'Hello' }] });
    expect((await use(TicketQueries).comments(actor, id, PAGE)).total).toBe(2);
    expect((await use(TicketQueries).history(own, id, PAGE)).rows.map(({ action }) => action)).toEqual([
      'attach',
      'comment',
      'create',
    ]);
    expect(await use(TicketAttachments).list(own, id)).toMatchObject([{ id: shown.id, sizeBytes: 9 }]);
    await expect(use(TicketAttachments).get(own, id, hidden.id)).rejects.toMatchObject({
      code: 'tickets.attachment.not_found',
    });
    expect((await use(TicketAttachments).get(own, id, shown.id)).content).toEqual(png);
    await expect(use(TicketQueries).get(other, id)).rejects.toMatchObject({ code: 'tickets.ticket.not_found' });
    await expect(
      use(CommentTicket).execute({ actor: own, ticketId: id, text: 'x', internal: true }),
    ).rejects.toMatchObject({
      code: 'tickets.comment.internal',
    });
    const wrong = { ...file, contentType: 'application/pdf' } as const;
    await expect(use(TicketAttachments).add({ ...act(id), ...wrong })).rejects.toMatchObject({
      code: 'tickets.attachment.wrong_type',
    });
    expect((await told(id)).filter((name) => name.endsWith('commented'))).toHaveLength(1);
  });

  it('goes on when the customer answers, and is found by its words', async () => {
    const customerId = await customer();
    const { id, number } = await made({ customerId, description: 'The purple lamp blinks' });
    await use(MoveTicket).execute({ ...act(id), verb: 'pend', to: 'pending_customer' });
    await use(CommentTicket).execute({ actor: customerOf(customerId), ticketId: id, text: 'It is red now' });
    expect(await details(id)).toMatchObject({ status: 'in_progress' });
    const found = async (search: string, who: Actor = actor) =>
      (await use(TicketQueries).list(who, { search }, PAGE)).rows.map((row) => row.id);
    expect(await found('PURPLE lamp')).toEqual([id]);
    expect(await found(number, customerOf(customerId))).toEqual([id]);
    expect(await found('purple lamp', customerOf(await customer()))).toEqual([]);
    const open = await use(TicketQueries).list(
      actor,
      { category: 'service_outage', customerId, breached: false },
      PAGE,
    );
    expect(open.total).toBe(1);
  });
});
