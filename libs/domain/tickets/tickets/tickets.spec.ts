import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@isp/domain/access';
import {
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  order,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { TicketsModule } from '../tickets.module.js';
import { CreateTicket } from './create-ticket.usecase.js';
import { TicketQueries } from './ticket.queries.js';

beforeAll(() => openServices(AccessModule, TicketsModule), 120_000);
afterAll(() => closeServices());

const made = async (input: object = {}) =>
  use(CreateTicket).execute({ actor, subject: 'No light', category: 'no_connection', ...input });

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
    const { clocks, links } = await use(TicketQueries).details(actor, ticket.id);
    expect(links).toEqual([{ type: 'service', id: serviceId }]);
    const at = (minutes: number) => new Date(openedAt.getTime() + minutes * 60_000);
    expect(clocks).toMatchObject([
      { target: 'first_response', targetSeconds: 3_600, warnAt: at(48), dueAt: at(60) },
      { target: 'resolution', targetSeconds: 28_800, warnAt: at(384), dueAt: at(480) },
    ]);
  });

  it('never has a number that another one has', async () => {
    const customerId = await customer();
    const tickets = await Promise.all(Array.from({ length: 20 }, () => made({ customerId })));
    const others = await Promise.all(
      [0, 1, 0, 1].map((n) => made({ customerId, openedAt: new Date(`202${n}-06-01T00:00:00Z`) })),
    );
    const numbers = [...tickets, ...others].map(({ number }) => number);
    expect(new Set(numbers).size).toBe(24);
    expect(numbers.filter((number) => number === 'TKT-2020-001' || number === 'TKT-2021-001')).toHaveLength(2);
  });
});
