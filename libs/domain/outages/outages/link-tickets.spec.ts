import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CreateTicket, ResolveTicket, TicketQueries, UnlinkTicket } from '@isp/domain/tickets';
import { addSeconds } from '@isp/kernel';
import {
  active,
  actor,
  clock,
  closeServices,
  openServices,
  read,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { CorrectOutage, LinkTickets, OpenOutage, OutagesModule } from '../index.js';

const HOUR = 3_600;
let at: Date;
beforeAll(() => openServices(OutagesModule), 120_000);
afterAll(closeServices, 60_000);
beforeEach(() => {
  clock.shift += 100 * 24 * HOUR;
  at = clock.now();
});

const later = (seconds: number) => addSeconds(at, seconds);
const cut = async (serviceId: number, from: number) => {
  const name = `ont of ${serviceId}`;
  await sql(`INSERT INTO devices (name, kind, service_id) SELECT '${name}', 'ont', ${serviceId}
    WHERE NOT EXISTS (SELECT FROM devices WHERE name = '${name}')`);
  const [device] = await sql<{ id: number }>(`SELECT id FROM devices WHERE name = '${name}'`);
  const place = { deviceId: device?.id ?? 0, nodeId: null };
  return (await use(OpenOutage).execute({ actor, place, startedAt: later(from) })).id;
};
const end = (outageId: number, seconds: number) =>
  use(CorrectOutage).execute({ actor, outageId, endedAt: later(seconds), reason: 'Spliced' });
const ticket = async (serviceId: number, category: string, values: object = {}) => {
  const { customerId } = await read(serviceId);
  const made = { actor, customerId, subject: 'Spec', category, ...values };
  return (await use(CreateTicket).execute(made)).id;
};
const outagesOf = async (ticketId: number) =>
  (await use(TicketQueries).details(actor, ticketId)).links.filter(({ type }) => type === 'outage').map(({ id }) => id);
const linked = async (ticketId: number) => {
  await use(LinkTickets).execute('ticket', 1, ticketId);
  return outagesOf(ticketId);
};

describe('tickets and the outages that they are about', () => {
  it('a fault is linked to the outage that lasts, once, and the outage finds it', async () => {
    const service = await active();
    const outage = await cut(service, -HOUR);
    const fault = await ticket(service, 'no_connection');
    expect(await linked(fault)).toEqual([outage]);
    expect(await use(LinkTickets).execute('ticket', 1, fault)).toBe(0);
    const { rows } = await use(TicketQueries).list(actor, { outageId: outage }, { limit: 10, offset: 0 });
    expect(rows.map(({ id, customerId }) => [id, customerId])).toContainEqual([
      fault,
      (await read(service)).customerId,
    ]);
  });

  it('one that was opened before anybody knew is linked by the outage', async () => {
    const service = await active();
    const fault = await ticket(service, 'intermittent', { openedAt: later(-HOUR / 2) });
    const before = await ticket(service, 'intermittent', { openedAt: later(-3 * HOUR) });
    expect(await linked(fault)).toEqual([]);
    const outage = await cut(service, 0);
    await use(LinkTickets).execute('outage', 1, outage);
    expect([await outagesOf(fault), await outagesOf(before)]).toEqual([[outage], []]);
  });

  it('a dispute is linked to the outages of the last 62 days, a fault to those of a day', async () => {
    const service = await active();
    const old = await cut(service, -70 * 24 * HOUR);
    await end(old, -63 * 24 * HOUR);
    const billed = await cut(service, -40 * 24 * HOUR);
    await end(billed, -39 * 24 * HOUR);
    const recent = await cut(service, -5 * HOUR);
    await end(recent, -3 * HOUR);
    expect(await linked(await ticket(service, 'outage_credit'))).toEqual([billed, recent]);
    expect(await linked(await ticket(service, 'billing_dispute'))).toEqual([billed, recent]);
    expect(await linked(await ticket(service, 'slow_speed'))).toEqual([recent]);
    expect(await linked(await ticket(service, 'installation'))).toEqual([]);
  });

  it('a ticket that names services is about those alone, and not about an outage that was none', async () => {
    const [one, two] = [await active(), await active()];
    await sql(
      `UPDATE services SET customer_id = (SELECT customer_id FROM services WHERE id = ${one}) WHERE id = ${two}`,
    );
    const outage = await cut(one, -HOUR);
    expect(await linked(await ticket(one, 'no_connection', { serviceIds: [two] }))).toEqual([]);
    expect(await linked(await ticket(one, 'no_connection', { serviceIds: [one] }))).toEqual([outage]);
    const fault = await ticket(one, 'no_connection');
    await use(CorrectOutage).execute({ actor, outageId: outage, cancel: true, reason: 'It was switched off' });
    expect(await linked(fault)).toEqual([]);
  });

  it('what a person took back, and a ticket that is over, is left alone', async () => {
    const service = await active();
    const outage = await cut(service, -HOUR);
    const fault = await ticket(service, 'no_connection');
    expect(await linked(fault)).toEqual([outage]);
    await use(UnlinkTicket).execute({ actor, ticketId: fault, link: { type: 'outage', id: outage } });
    expect(await linked(fault)).toEqual([]);
    const over = await ticket(service, 'no_connection');
    await use(ResolveTicket).execute({ actor, ticketId: over, resolution: 'Works' });
    expect(await linked(over)).toEqual([]);
  });
});
