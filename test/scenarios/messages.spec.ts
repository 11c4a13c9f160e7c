import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { monotonicMs } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, MASTER_KEYS, apiWorld } from '../support/api-world.js';
import { type ReceivedMail, headerOf, openMailbox, partsOf } from '../support/mailbox.js';

interface Message {
  readonly id: number;
  readonly status: string;
  readonly subject: string | null;
  readonly recipient: string;
  readonly attempts: number;
  readonly last_error: string | null;
  readonly message_id: string | null;
  readonly automatic: boolean;
  readonly next_attempt_at: string | null;
  readonly text: string;
}
interface Invoice {
  readonly id: number;
  readonly invoice_number: string;
}
const ISSUER = {
  name: 'Fibre <& Sons>',
  address: { street: 'Dam 1', city: 'Amsterdam', zip: '1012 JS', country: 'NL' },
  email: 'help@fibre.example',
};
/** What the mail server says next, by the recipient. */
const says = new Map<string, number | 'drop'>();
let world: ApiWorld;
let worker: RunningProgram;
let box: Awaited<ReturnType<typeof openMailbox>>;
let key: string;
let made: ReturnType<typeof factory>;

beforeAll(async () => {
  box = await openMailbox((place, address) => (place === 'content' ? says.get(address) : undefined));
  world = await apiWorld();
  worker = await startWorker({ ISP_SMTP_URL: box.url, ISP_MAIL_FROM: 'Fibre Billing <billing@fibre.example>' });
  key = await world.keyOf(1, PERMISSIONS, 'all');
  made = factory(world);
  expect((await world.ask('/v1/billing/issuer', { method: 'PATCH', key, body: ISSUER })).status).toBe(200);
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
  await box.close();
}, 60_000);
beforeEach(() => {
  says.clear();
  box.mails.length = 0;
});

const startWorker = (more: Readonly<Record<string, string>>) => {
  const settings = { DATABASE_URL: world.database.appUrl, ISP_MASTER_KEYS: MASTER_KEYS, ISP_LOG_LEVEL: 'silent' };
  return startProgram(loadConfig({ ...settings, PORT: '0', ...more }), { api: false, worker: true });
};
const get = (path: string) => world.ask(`/v1${path}`, { key });
const post = (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}) =>
  world.ask(`/v1${path}`, { method: 'POST', key, headers, ...(body === undefined ? {} : { body }) });
const codeOf = (answer: { json<T>(): T }) => answer.json<{ error: { code: string } }>().error.code;
async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
  for (const start = monotonicMs(); monotonicMs() - start < 30_000; await sleep(50)) {
    const found = await probe();
    if (found) return found;
  }
  throw new Error(`not in time: ${what}`);
}
const become = (id: number, ...statuses: readonly string[]) =>
  until(`message ${id} is ${statuses.join(' or ')}`, async () => {
    const message = (await get(`/messages/${id}`)).json<Message>();
    return statuses.includes(message.status) && message;
  });
async function customer(email: string, settings = ''): Promise<number> {
  const id = Number(await made.make.customer(1));
  await world.sql(`UPDATE customers SET email = '${email}', name = 'Zoë <b>Müller</b>' WHERE id = ${id};
    UPDATE billing_accounts SET payment_days = 14 ${settings} WHERE customer_id = ${id}`);
  return id;
}
const invoice = async (customerId: number, more: object = {}): Promise<Invoice> => {
  const body = {
    customer_id: customerId,
    invoice_type: 'one_off',
    line_items: [{ description: 'Work', amount: 1234.5 }],
  };
  const answer = await post('/billing/invoices', { ...body, due_date: '2199-02-01', ...more });
  expect([answer.status, answer.text]).toEqual([201, expect.anything()]);
  return answer.json<Invoice>();
};
const send = async (invoiceId: number, body?: object): Promise<Message> => {
  const answer = await post(`/billing/invoices/${invoiceId}/send`, body);
  expect([answer.status, answer.text]).toEqual([202, expect.anything()]);
  return answer.json<Message>();
};
const ofInvoice = async (id: number) =>
  (await get(`/messages?invoice_id=${id}`)).json<{ messages: Message[] }>().messages;
const only = (mails: readonly ReceivedMail[]): ReceivedMail => {
  expect(mails).toHaveLength(1);
  return mails[0] as ReceivedMail;
};
/** What waits for another try waits no longer. */
const hurry = (id: number) =>
  world.sql(
    `UPDATE work_items SET not_before = now(), due_at = now() WHERE name = 'notifications.send' AND dedupe_key = '${id}' AND status = 'queued'`,
  );

describe('an invoice that is sent', () => {
  it('is an e-mail with the very document that everybody gets', async () => {
    const { id, invoice_number: number } = await invoice(await customer('zoe@customer.example'));
    const accepted = await send(id);
    expect(accepted).toMatchObject({ status: 'queued', subject: null, recipient: 'zoe@customer.example' });
    const sent = await become(accepted.id, 'sent');
    expect(sent).toMatchObject({ attempts: 1, automatic: false, subject: `Invoice ${number} from Fibre <& Sons>` });
    const mail = only(box.mails);
    const digest = createHash('sha256')
      .update(partsOf(mail, 'application/pdf')[0] ?? '')
      .digest('hex');
    expect((await get(`/billing/invoices/${id}/document.pdf`)).headers.get('etag')).toBe(`"${digest}"`);
    expect([mail.from, mail.to]).toEqual(['billing@fibre.example', ['zoe@customer.example']]);
    expect([headerOf(mail, 'Message-ID'), headerOf(mail, 'Reply-To')]).toEqual([sent.message_id, 'help@fibre.example']);
    const text = partsOf(mail, 'text/plain')[0]?.toString('utf8').replace(/\r\n/g, '\n') ?? '';
    for (const part of [
      'Zoë <b>Müller</b>',
      number,
      'Total: USD 1,234.50\n',
      '1 Feb 2199',
      'Please pay',
      'Fibre <& Sons>',
    ])
      expect(text).toContain(part);
    expect(text.trim()).toBe(sent.text.trim());
    const html = partsOf(mail, 'text/html')[0]?.toString('utf8') ?? '';
    for (const part of ['Zoë &lt;b&gt;Müller', 'Fibre &lt;&amp; Sons&gt;', 'USD 1,234.50'])
      expect(html).toContain(part);
    const [event] = await world.sql<{ payload: object }>(
      `SELECT payload FROM outbox WHERE name = 'notifications.message.sent.v1' AND (payload->>'message_id')::int = ${sent.id}`,
    );
    expect(event?.payload).toMatchObject({
      subject_type: 'invoice',
      subject_id: id,
      recipient: 'zoe@customer.example',
    });
  }, 60_000);

  it.each([
    ['de', 'Rechnung', 'USD 1.234,50', 'bis 01.02.2199'],
    ['fr', 'Facture', 'USD 1 234,50', 'avant le 01/02/2199'],
    ['es', 'Factura', 'USD 1.234,50', 'antes del 01/02/2199'],
  ])('speaks %s, as its document', async (language, ...words) => {
    const { id } = await invoice(await customer(`${language}@customer.example`, `, language = '${language}'`));
    const sent = await become((await send(id)).id, 'sent');
    const text = `${sent.subject}\n${partsOf(only(box.mails), 'text/plain')[0]?.toString('utf8')}`.replace(
      /\u00a0/g,
      ' ',
    );
    for (const word of words) expect(text).toContain(word);
  });

  it('asks for no money that is paid, charged by itself or credited', async () => {
    const customerId = await customer('rich@customer.example');
    const { id } = await invoice(customerId);
    const note = (await post(`/billing/invoices/${id}/credit-notes`, { reason: 'Late' })).json<Invoice>();
    const words = async (invoiceId: number) => (await become((await send(invoiceId)).id, 'sent')).text;
    expect(await words(id)).toContain('Nothing is to be paid.');
    const credit = await words(note.id);
    expect([credit.includes('credited to your account'), credit.includes('Due date')]).toEqual([true, false]);
    const charged = await invoice(await customer('auto@customer.example', ', autopay = true'));
    expect(await words(charged.id)).toContain('will be charged to your payment method on 1 Feb 2199');
  });

  it('goes to another address where one is said, and once per key', async () => {
    const { id } = await invoice(await customer('own@customer.example'));
    const again = () =>
      post(`/billing/invoices/${id}/send`, { to: 'books@other.example' }, { 'idempotency-key': `k-${id}` });
    const [first, second] = [await again(), await again()];
    expect([second.status, second.headers.get('idempotent-replayed')]).toEqual([202, 'true']);
    await become(first.json<Message>().id, 'sent');
    expect(only(box.mails).to).toEqual(['books@other.example']);
    expect(headerOf(only(box.mails), 'To')).toBe('books@other.example');
    expect(await ofInvoice(id)).toHaveLength(1);
  });

  it('is refused where there is nothing to send, nobody to send it or no address', async () => {
    const customerId = await customer('draft@customer.example');
    const draft = await invoice(customerId, { draft: true });
    expect(codeOf(await post(`/billing/invoices/${draft.id}/send`))).toBe('INVOICE_NOT_ISSUED');
    const wrong = await invoice(customerId);
    await post(`/billing/invoices/${wrong.id}/void`, { reason: 'Wrong' });
    expect(codeOf(await post(`/billing/invoices/${wrong.id}/send`))).toBe('INVOICE_NOT_ISSUED');
    const { id } = await invoice(customerId);
    await world.sql(`UPDATE customers SET email = 'a b' WHERE id = ${customerId}`);
    expect(codeOf(await post(`/billing/invoices/${id}/send`))).toBe('RECIPIENT_NONE');
    for (const to of ['x', 'a@b.example\r\nBcc: c@d.example', 'a@b.example, c@d.example'])
      expect((await post(`/billing/invoices/${id}/send`, { to })).status).toBe(400);
    await world.sql('CREATE TABLE kept AS SELECT * FROM billing_issuer; DELETE FROM billing_issuer');
    expect(codeOf(await post(`/billing/invoices/${id}/send`, { to: 'a@b.example' }))).toBe('ISSUER_MISSING');
    await world.sql('INSERT INTO billing_issuer SELECT * FROM kept; DROP TABLE kept');
    expect(await ofInvoice(id)).toEqual([]);
  });
});

describe('a mail server', () => {
  it('that refuses for good is not asked again, until a person says so', async () => {
    says.set('gone@customer.example', 550);
    const { id } = await invoice(await customer('gone@customer.example'));
    const failed = await become((await send(id)).id, 'failed');
    expect(failed).toMatchObject({ attempts: 1, last_error: expect.stringContaining('550'), next_attempt_at: null });
    const events = await world.sql(
      `SELECT 1 FROM outbox WHERE name = 'notifications.message.failed.v1' AND (payload->>'message_id')::int = ${failed.id}`,
    );
    expect(events).toHaveLength(1);
    says.clear();
    expect((await post(`/messages/${failed.id}/retry`)).json()).toMatchObject({ status: 'queued', attempts: 1 });
    const sent = await become(failed.id, 'sent');
    expect([sent.attempts, sent.message_id]).toEqual([2, failed.message_id]);
    expect(codeOf(await post(`/messages/${failed.id}/retry`))).toBe('MESSAGE_ILLEGAL_MOVE');
  });

  it('that is busy, or goes away when it has it all, is asked again under the same Message-ID', async () => {
    says.set('busy@customer.example', 451);
    const { id } = await invoice(await customer('busy@customer.example'));
    const { id: messageId } = await send(id);
    const waiting = await until('the first try', async () => {
      const message = (await get(`/messages/${messageId}`)).json<Message>();
      return message.last_error !== null && message;
    });
    expect(waiting).toMatchObject({ status: 'queued', attempts: 1, last_error: expect.stringContaining('451') });
    expect(Date.parse(waiting.next_attempt_at ?? '')).toBeGreaterThan(0);
    says.set('busy@customer.example', 'drop');
    await hurry(messageId);
    await until('the second try', async () => (await get(`/messages/${messageId}`)).json<Message>().attempts === 2);
    await until('its end', async () => box.mails.length === 1);
    says.clear();
    await until('it waits again', async () => {
      await hurry(messageId);
      return (await get(`/messages/${messageId}`)).json<Message>().status === 'sent';
    });
    expect(box.mails.map((mail) => headerOf(mail, 'Message-ID'))).toEqual([waiting.message_id, waiting.message_id]);
  });

  it('is not asked for what is called off, nor for what became void', async () => {
    says.set('slow@customer.example', 451);
    const customerId = await customer('slow@customer.example');
    const waits = async () => {
      const { id } = await invoice(customerId);
      const { id: messageId } = await send(id);
      await until('a first try', async () => (await get(`/messages/${messageId}`)).json<Message>().last_error !== null);
      return { id, messageId };
    };
    const [off, voided] = [await waits(), await waits()];
    expect((await post(`/messages/${off.messageId}/cancel`)).json()).toMatchObject({ status: 'cancelled' });
    await post(`/billing/invoices/${voided.id}/void`, { reason: 'Wrong' });
    says.clear();
    await hurry(voided.messageId);
    expect(await become(voided.messageId, 'cancelled')).toMatchObject({ last_error: 'The invoice is void.' });
    await sleep(300);
    expect(box.mails).toEqual([]);
    expect(codeOf(await post(`/messages/${off.messageId}/cancel`))).toBe('MESSAGE_ILLEGAL_MOVE');
    await world.sql(
      `UPDATE messages SET status = 'queued', next_attempt_at = now(), sending_until = now() + interval '1 minute' WHERE id = ${off.messageId}`,
    );
    expect(codeOf(await post(`/messages/${off.messageId}/cancel`))).toBe('MESSAGE_ON_ITS_WAY');
    await world.sql(`UPDATE messages SET status = 'cancelled', next_attempt_at = NULL WHERE id = ${off.messageId}`);
  });

  it('that is not there at all fails a message at once, which says so', async () => {
    const { id } = await invoice(await customer('none@customer.example'));
    await worker.stop(0);
    worker = await startWorker({});
    const { id: messageId } = await send(id);
    expect(await become(messageId, 'failed')).toMatchObject({
      attempts: 0,
      last_error: 'No mail server is set up (ISP_SMTP_URL).',
    });
    await worker.stop(0);
    worker = await startWorker({ ISP_SMTP_URL: box.url, ISP_MAIL_FROM: 'billing@fibre.example' });
    await post(`/messages/${messageId}/retry`);
    await become(messageId, 'sent');
    expect(headerOf(only(box.mails), 'From')).toBe('"Fibre <& Sons>" <billing@fibre.example>');
  }, 60_000);
});

describe('an account that has its documents by e-mail', () => {
  it('has each once, however often it is told of, and others have none', async () => {
    const [wants, other] = [await customer('wants@customer.example'), await customer('other@customer.example')];
    const { accounts } = (await get(`/billing/accounts?customer_id=${wants}`)).json<{ accounts: { id: number }[] }>();
    const path = `/v1/billing/accounts/${accounts[0]?.id}`;
    const changed = await world.ask(path, { method: 'PATCH', key, body: { invoice_delivery: 'email' } });
    expect(changed.json()).toMatchObject({ invoice_delivery: 'email' });
    const [{ id }, elsewhere] = [await invoice(wants), await invoice(other)];
    const note = (await post(`/billing/invoices/${id}/credit-notes`, { reason: 'Late' })).json<Invoice>();
    const [message] = await until('its message', async () => {
      const found = await ofInvoice(id);
      return found.length > 0 && found;
    });
    await become(message?.id ?? 0, 'sent');
    expect(message).toMatchObject({ automatic: true, recipient: 'wants@customer.example' });
    await until('the credit note', async () => (await ofInvoice(note.id))[0]?.status === 'sent');
    // The same news again, as a relay that forgot would bring it.
    await world.sql(`INSERT INTO outbox (name, partner_id, payload) SELECT name, partner_id, payload FROM outbox
      WHERE name = 'billing.invoice.issued.v1' AND (payload->>'invoice_id')::int = ${id}`);
    const last = await invoice(wants);
    await until('what came later', async () => (await ofInvoice(last.id))[0]?.status === 'sent');
    await until('all news were heard', async () => {
      const [left] = await world.sql<{ n: number }>(
        `SELECT count(*)::integer AS n FROM work_items WHERE status IN ('queued', 'running') AND payload->>'listener' = 'notifications.send-issued'`,
      );
      return left?.n === 0;
    });
    expect([await ofInvoice(id), await ofInvoice(elsewhere.id)].map((found) => found.length)).toEqual([1, 0]);
    expect(box.mails.map(({ to }) => to.join())).toEqual(Array.from({ length: 3 }, () => 'wants@customer.example'));
    await world.ask(path, { method: 'PATCH', key, body: { invoice_delivery: 'none' } });
    const silent = await invoice(wants);
    await send(silent.id);
    await until('the one that was asked for', async () => (await ofInvoice(silent.id))[0]?.status === 'sent');
    expect(await ofInvoice(silent.id)).toHaveLength(1);
  }, 60_000);

  it('hears of nothing at an address that is none, and its message says why', async () => {
    const customerId = await customer('fine@customer.example', `, invoice_delivery = 'email'`);
    await world.sql(`UPDATE customers SET email = E'a@b.example\\r\\nBcc: spy@evil.example' WHERE id = ${customerId}`);
    const { id } = await invoice(customerId);
    const [message] = await until('its message', async () => {
      const found = await ofInvoice(id);
      return found[0]?.status === 'failed' && found;
    });
    expect(message).toMatchObject({ last_error: 'The address is none.', attempts: 0 });
    expect(box.mails).toEqual([]);
  });
});

it('messages are found by customer, status, kind, invoice and time', async () => {
  const customerId = await customer('list@customer.example');
  const { id } = await invoice(customerId);
  const ids = [];
  for (let n = 0; n < 2; n += 1) ids.push((await become((await send(id)).id, 'sent')).id);
  const found = async (query: string) =>
    (await get(`/messages?${query}`)).json<{ messages: Message[] }>().messages.map((message) => message.id);
  const newest = [...ids].reverse();
  const mine = `customer_id=${customerId}`;
  for (const query of [
    mine,
    `invoice_id=${id}`,
    `${mine}&status=sent`,
    `${mine}&kind=invoice&created_from=2020-01-01T00:00:00Z`,
  ])
    expect([query, await found(query)]).toEqual([query, newest]);
  for (const query of [`${mine}&status=failed`, `${mine}&kind=credit_note`, `${mine}&created_to=2020-01-01T00:00:00Z`])
    expect([query, await found(query)]).toEqual([query, []]);
  expect(await found(`${mine}&per_page=1&page=2`)).toEqual([ids[0]]);
  expect((await get('/messages?status=lost')).status).toBe(400);
});
