import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Message,
  become,
  box,
  closeMailWorld,
  codeOf,
  customer,
  get,
  hurry,
  invoice,
  ofInvoice,
  only,
  openMailWorld,
  patch,
  post,
  restartWorker,
  says,
  send,
  world,
} from '../support/mail-world.js';
import { type ReceivedMail, headerOf, partsOf } from '../support/mailbox.js';
import { until } from '../support/until.js';

beforeAll(openMailWorld, 120_000);
afterAll(closeMailWorld, 60_000);
beforeEach(() => {
  says.clear();
  box.mails.length = 0;
});

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
    const note = (await post(`/billing/invoices/${id}/credit-notes`, { reason: 'Late' })).json<{ id: number }>();
    const words = async (invoiceId: number) => (await become((await send(invoiceId)).id, 'sent')).text;
    expect(await words(id)).toContain('Nothing is to be paid.');
    const credit = await words(note.id);
    expect([credit.includes('credited to your account'), credit.includes('Due date')]).toEqual([true, false]);
    const payer = await customer('auto@customer.example', ', autopay = true');
    const charged = await invoice(payer);
    // Without a method nothing is charged, whatever the account says.
    expect(await words(charged.id)).toContain('Please pay');
    await post('/billing/payment-methods', { customer_id: payer, gateway: 'sandbox', token: 'tok_sepa.auto' });
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
    await restartWorker({});
    const { id: messageId } = await send(id);
    expect(await become(messageId, 'failed')).toMatchObject({
      attempts: 0,
      last_error: 'No mail server is set up (ISP_SMTP_URL).',
    });
    await restartWorker({ ISP_SMTP_URL: box.url, ISP_MAIL_FROM: 'billing@fibre.example' });
    await post(`/messages/${messageId}/retry`);
    await become(messageId, 'sent');
    expect(headerOf(only(box.mails), 'From')).toBe('"Fibre <& Sons>" <billing@fibre.example>');
  }, 60_000);
});

describe('an account that has its documents by e-mail', () => {
  it('has each once, however often it is told of, and others have none', async () => {
    const [wants, other] = [await customer('wants@customer.example'), await customer('other@customer.example')];
    const { accounts } = (await get(`/billing/accounts?customer_id=${wants}`)).json<{ accounts: { id: number }[] }>();
    const path = `/billing/accounts/${accounts[0]?.id}`;
    const changed = await patch(path, { invoice_delivery: 'email' });
    expect(changed.json()).toMatchObject({ invoice_delivery: 'email' });
    const [{ id }, elsewhere] = [await invoice(wants), await invoice(other)];
    const note = (await post(`/billing/invoices/${id}/credit-notes`, { reason: 'Late' })).json<{ id: number }>();
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
    await patch(path, { invoice_delivery: 'none' });
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

describe('a customer who is late', () => {
  const remind = (customerId: number, invoiceId: number, sequence: number) =>
    world.sql(`INSERT INTO outbox (name, partner_id, payload)
      SELECT 'dunning.reminder.due.v1', i.partner_id, jsonb_build_object('partner_id', i.partner_id, 'customer_id', i.customer_id,
             'dunning_case_id', ${customerId}, 'account_id', i.account_id, 'overdue_amount', '2469.0000', 'currency', i.currency,
             'overdue_since', '2025-02-01', 'days_overdue', 5, 'sequence', ${sequence}, 'invoice_id', i.id, 'invoice_number', i.number,
             'due_date', '2025-02-01') FROM invoices i WHERE i.id = ${invoiceId}`);
  const reminders = async (id: number) =>
    (await get(`/messages?invoice_id=${id}&kind=reminder`)).json<{ messages: Message[] }>().messages;
  const reminded = (id: number, count: number) =>
    until(`${count} reminders`, async () => {
      const found = await reminders(id);
      return found.length === count && found.every(({ status }) => status !== 'queued') && found;
    });

  it('is reminded once each time, with the oldest invoice, and not of what is paid', async () => {
    const customerId = await customer('late@customer.example', `, invoice_delivery = 'email', language = 'de'`);
    const { id, invoice_number: number } = await invoice(customerId);
    await until('the invoice', async () => (await ofInvoice(id))[0]?.status === 'sent');
    box.mails.length = 0;
    for (const sequence of [2, 2]) await remind(customerId, id, sequence);
    await reminded(id, 1);
    await remind(customerId, id, 3);
    expect((await reminded(id, 2)).map(({ status }) => status)).toEqual(['sent', 'sent']);
    expect(box.mails).toHaveLength(2);
    const [mail] = box.mails as [ReceivedMail];
    const text = partsOf(mail, 'text/plain')[0]?.toString('utf8') ?? '';
    for (const part of ['USD 2.469,00 sind seit dem 01.02.2025 überfällig', number]) expect(text).toContain(part);
    expect(partsOf(mail, 'application/pdf')).toHaveLength(1);
    expect((await post('/billing/payments', { customer_id: customerId, amount: 5_000, method: 'cash' })).status).toBe(
      201,
    );
    await remind(customerId, id, 4);
    expect((await reminded(id, 3))[0]).toMatchObject({ status: 'cancelled', last_error: 'The invoice is paid.' });
    expect(box.mails).toHaveLength(2);
  });

  it('who has nothing by e-mail is not reminded by e-mail', async () => {
    const customerId = await customer('paper@customer.example');
    const { id } = await invoice(customerId);
    await remind(customerId, id, 2);
    const other = await customer('last@customer.example', `, invoice_delivery = 'email'`);
    const later = await invoice(other);
    await until('what came later', async () => (await ofInvoice(later.id))[0]?.status === 'sent');
    expect(await reminders(id)).toEqual([]);
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
