import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessModule } from '@isp/domain/access';
import {
  actor,
  closeServices,
  customer,
  openServices,
  order,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { TicketsModule } from '../tickets.module.js';
import { CreateTicket } from './create-ticket.usecase.js';
import { LinkTicket } from './link-ticket.usecase.js';
import { MergeTicket } from './merge-ticket.usecase.js';
import { TicketQueries } from './ticket.queries.js';
import type { LinkView } from './ticket.view.js';

beforeAll(() => openServices(AccessModule, TicketsModule), 120_000);
afterAll(() => closeServices());

const NO_ID = 999_999;
const made = (customerId?: number, links: readonly LinkView[] = []) =>
  use(CreateTicket).execute({ actor, customerId, subject: 'No light', category: 'no_connection', links });
const link = (ticketId: number, to: LinkView) => use(LinkTicket).execute({ actor, ticketId, link: to });
const linksOf = async (ticketId: number) => (await use(TicketQueries).details(actor, ticketId)).links;
const idOf = async (text: string) => (await sql<{ id: number }>(`${text} RETURNING id`))[0]?.id ?? 0;

/** What a ticket of a customer can be about; in the order in which links are listed. */
async function things(customerId: number): Promise<LinkView[]> {
  const service = await order(customerId);
  const invoice = await idOf(`
    INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
    SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', currency, 0, 0, 0, 'spec' FROM billing_accounts
     WHERE customer_id = ${customerId}`);
  const ticket = await made(customerId);
  const workOrder = await idOf(`
    INSERT INTO work_orders (partner_id, customer_id, service_id, type, created_by)
    SELECT partner_id, customer_id, id, 'repair', 'spec' FROM services WHERE id = ${service}`);
  return [
    { type: 'invoice', id: invoice },
    { type: 'service', id: service },
    { type: 'ticket', id: ticket.id },
    { type: 'work_order', id: workOrder },
  ];
}

/** What is answered to a link, with the id taken out of its words. */
const refusal = async (ticketId: number, to: LinkView) => {
  const { code, kind, message } = await link(ticketId, to).then(
    () => ({ code: 'none', kind: 'none', message: '' }),
    (error: { code: string; kind: string; message: string }) => error,
  );
  return { code, kind, message: message.replace(String(to.id), '#') };
};

describe('what a ticket is linked to', () => {
  it('is what its own customer has', async () => {
    const customerId = await customer();
    const own = await things(customerId);
    const { id } = await made(customerId);
    for (const one of own) await link(id, one);
    expect(await linksOf(id)).toEqual(own);
    expect(await linksOf((await made(customerId, own)).id)).toEqual(own);
  });

  it('is nothing of another customer, which is answered like what does not exist', async () => {
    const customerId = await customer();
    const { id } = await made(customerId);
    for (const one of await things(await customer())) {
      const unknown = await refusal(id, { ...one, id: NO_ID });
      expect(unknown).toMatchObject({
        code: one.type === 'service' ? 'tickets.service.unknown' : 'tickets.link.unknown',
        kind: 'unprocessable',
      });
      expect([one.type, await refusal(id, one)]).toEqual([one.type, unknown]);
      await expect(made(customerId, [one])).rejects.toMatchObject({ code: unknown.code });
    }
    expect(await linksOf(id)).toEqual([]);
  });

  it('is an outage, or the ticket of nobody that an outage has', async () => {
    const { id } = await made(await customer());
    const nobodys = await made();
    await link(id, { type: 'outage', id: 1 });
    await link(id, { type: 'ticket', id: nobodys.id });
    expect((await linksOf(id)).map(({ type }) => type)).toEqual(['outage', 'ticket']);
  });

  it('is anybody’s for a ticket of nobody', async () => {
    const [one, two] = [await things(await customer()), await things(await customer())];
    const { id } = await made();
    for (const to of [...one, ...two]) await link(id, to);
    expect(await linksOf(id)).toHaveLength(8);
    expect(await refusal(id, { type: 'invoice', id: NO_ID })).toMatchObject({ code: 'tickets.link.unknown' });
  });

  it('is never the ticket itself, not even after the one that named it went on in it', async () => {
    const customerId = await customer();
    const [one, two] = [await made(customerId), await made(customerId)];
    expect(await refusal(one.id, { type: 'ticket', id: one.id })).toEqual({
      code: 'tickets.link.itself',
      kind: 'unprocessable',
      message: 'A ticket cannot be linked to itself.',
    });
    const nobodys = await made();
    expect(await refusal(nobodys.id, { type: 'ticket', id: nobodys.id })).toMatchObject({
      code: 'tickets.link.itself',
    });
    await link(two.id, { type: 'ticket', id: one.id });
    await use(MergeTicket).execute({ actor, ticketId: two.id, intoId: one.id });
    expect(await linksOf(one.id)).toEqual([{ type: 'ticket', id: two.id }]);
  });
});
