import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessModule } from '@isp/domain/access';
import { SlaDesk, SlaMetrics, SlaModule } from '@isp/domain/sla';
import { TICKET_STATUSES, TicketQueries } from '@isp/domain/tickets';
import { seedTickets } from '../../apps/sandbox/seed-tickets.js';
import { actor, closeServices, openServices, sql, use } from '../support/services-world.js';

beforeAll(() => openServices(AccessModule, SlaModule), 120_000);
afterAll(() => closeServices());

it('the sandbox has tickets of every state, late ones, escalated ones and figures', async () => {
  await sql(`INSERT INTO customers (partner_id, name, email, phone)
    SELECT 1, 'C ' || n, 'c' || n || '@seed.example', '+1202555' || lpad(n::text, 4, '0') FROM generate_series(1, 60) n`);
  const app = { get: (type: Parameters<typeof use>[0]) => use(type) } as unknown as NestFastifyApplication;
  await seedTickets(app);
  const list = (filter: object) => use(TicketQueries).list(actor, filter, { limit: 1, offset: 0 });
  for (const status of TICKET_STATUSES) expect([status, (await list({ status })).total > 0]).toEqual([status, true]);
  expect((await list({ breached: true })).total).toBeGreaterThan(20);
  const { rows } = await use(SlaDesk).escalations(actor, 2, { limit: 10, offset: 0 });
  expect(rows).toMatchObject([{ subject: 'Office without internet' }]);
  const { total, within, byPriority } = await use(SlaMetrics).performance(actor, 30);
  expect([total > 70, within > total / 2, byPriority.low.total > 0]).toEqual([true, true, true]);
  const { total: before } = await list({});
  await seedTickets(app);
  expect((await list({})).total).toBe(before);
}, 60_000);
