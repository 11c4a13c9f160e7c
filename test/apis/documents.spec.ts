import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, MovableClock, apiWorld } from '../support/api-world.js';
import { factory } from '../support/api-fixtures.js';
import { pdfPages } from '../support/pdf-text.js';

interface Made {
  readonly id: number;
  readonly invoice_number: string;
}

const clock = new MovableClock();
let world: ApiWorld;
let key: string;
let made: ReturnType<typeof factory>;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(() => world.close());

const get = (path: string) => world.ask(`/v1/billing${path}`, { key });
const post = (path: string, body: unknown) => world.ask(`/v1/billing${path}`, { method: 'POST', key, body });
const patch = (path: string, body: unknown) => world.ask(`/v1/billing${path}`, { method: 'PATCH', key, body });
const bytes = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
  const response = await fetch(`${world.program.url}/v1/billing${path}`, { headers: { 'x-api-key': key, ...headers } });
  return { status: response.status, headers: response.headers, content: Buffer.from(await response.arrayBuffer()) };
};
const pages = async (id: number) => pdfPages((await bytes(`/invoices/${id}/document.pdf`)).content);

/** A customer whose account is in euro and has a tax region of its own. */
async function europeans(): Promise<number> {
  const customerId = Number(await made.make.customer(1));
  await world.sql(`UPDATE billing_accounts SET currency = 'EUR' WHERE customer_id = ${customerId};
    INSERT INTO tax_rates (region, code, name, percent, valid_from) VALUES ('NL', 'vat', 'BTW', 21, '2000-01-01') ON CONFLICT DO NOTHING;
    UPDATE billing_account_terms SET tax_region = 'NL' WHERE customer_id = ${customerId};
    UPDATE customers SET name = 'Zoë Müller-Żak', address = '{"street": "Dam 1", "city": "Amsterdam", "zip": "1012 JS", "country": "NL"}' WHERE id = ${customerId}`);
  return customerId;
}
const invoiced = async (customerId: number, items: readonly object[], more: object = {}): Promise<Made> => {
  const body = { customer_id: customerId, invoice_type: 'one_off', line_items: items, due_date: '2199-02-01', ...more };
  return (await post('/invoices', body)).json<Made>();
};

describe('the PDF of an invoice', () => {
  it('says every figure, in the letters of its customer', async () => {
    const customerId = await europeans();
    const lines = [
      { description: 'Installation', amount: 1234.5 },
      { description: 'Cable, metres', amount: 0.75, quantity: 30 },
      { description: 'Half a month', amount: 20, proration_factor: 0.5 },
    ];
    const invoice = await invoiced(customerId, lines, { notes: 'Order 4711' });
    const [page = '', ...more] = await pages(invoice.id);
    expect(more).toEqual([]);
    // 1234.50 + 22.50 + 10.00 = 1267.00; 21 %: 259.245 → 259.25, 4.725 → 4.73, 2.10, together 266.08
    for (const text of [
      'Sandbox Fibre B.V.',
      'NL000099998B57',
      'Zoë Müller-Żak',
      '1012 JS Amsterdam',
      invoice.invoice_number,
      '1 Feb 2199',
      'Order 4711',
      'Installation',
      '1,234.50',
      '259.25',
      '1,493.75',
      '30 × 0.75',
      '22.50',
      '4.73',
      '27.23',
      '1 × 20.00, share 0.5',
      '10.00',
      '2.10',
      '12.10',
      'BTW 21 %',
      '1,267.00',
      '266.08',
      'EUR 1,533.08',
      'NL91 ABNA 0417 1643 00',
      'ABNANL2A',
      'Scan with your banking app',
      'Page 1 of 1',
    ])
      expect(page).toContain(text);
    expect(page.replace(/ /g, '')).toContain(`INV${invoice.invoice_number.replace(/\D/g, '')}`);
  });

  it.each([
    ['de', ['Rechnung', 'Zahlbar bis', '01.02.2199', '1.234,50', 'Steuerübersicht', 'Seite 1 von 1']],
    ['fr', ['Facture', 'Échéance', '01/02/2199', '1 234,50', 'Récapitulatif des taxes', 'Page 1 sur 1']],
    ['es', ['Factura', 'Vencimiento', '01/02/2199', '1.234,50', 'Resumen de impuestos', 'Página 1 de 1']],
  ])('speaks %s', async (language, texts) => {
    const customerId = await europeans();
    await world.sql(`UPDATE billing_accounts SET language = '${language}' WHERE customer_id = ${customerId}`);
    const invoice = await invoiced(customerId, [{ description: 'X', amount: 1234.5 }]);
    const [page = ''] = await pages(invoice.id);
    for (const text of texts) expect(page).toContain(text);
    expect((await bytes(`/invoices/${invoice.id}/document.pdf`)).headers.get('content-language')).toBe(language);
  });

  it('goes on over pages with its head, and counts them', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => ({ description: `Item ${index + 1}`, amount: 1 }));
    const all = await pages((await invoiced(await europeans(), lines)).id);
    expect(all.length).toBeGreaterThan(1);
    all.forEach((page, index) => expect(page).toContain(`Page ${index + 1} of ${all.length}`));
    for (let item = 1; item <= 60; item += 1) expect(all.join(' ')).toContain(`Item ${item}`);
    expect(all.filter((page) => page.includes('Description')).length).toBeGreaterThan(1);
  });

  it('of a credit note names the invoice and asks for no money', async () => {
    const invoice = await invoiced(await europeans(), [{ description: 'Setup', amount: 100 }]);
    const note = (
      await post(`/invoices/${invoice.id}/credit-notes`, { reason: 'Late', lines: [{ line: 1, amount: 10 }] })
    ).json<Made>();
    const [page = ''] = await pages(note.id);
    for (const text of [
      'Credit note',
      note.invoice_number,
      invoice.invoice_number,
      '−10.00',
      '−2.10',
      'EUR −12.10',
      'of 100.00 invoiced',
      'Late',
    ])
      expect(page).toContain(text);
    expect(page).not.toContain('IBAN');
  });
});

describe('a rendered document', () => {
  it('is the same bytes for everybody who asks, whatever changes later', async () => {
    const { id } = await invoiced(await europeans(), [{ description: 'X', amount: 1 }]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => bytes(`/invoices/${id}/document.pdf`)));
    expect(answers.map(({ status, content }) => (status === 200 ? 200 : content.toString()))).toEqual(
      answers.map(() => 200),
    );
    const digests = answers.map(({ content }) => createHash('sha256').update(content).digest('hex'));
    expect(new Set(digests).size).toBe(1);
    const [first] = answers;
    expect(first?.headers.get('etag')).toBe(`"${digests[0]}"`);
    expect(first?.headers.get('content-type')).toBe('application/pdf');
    await patch('/issuer', { phone: '+31 20 555 0199' });
    const later = await bytes(`/invoices/${id}/document.pdf`);
    expect(later.content.equals(first?.content ?? Buffer.alloc(0))).toBe(true);
    const known = await bytes(`/invoices/${id}/document.pdf`, { 'if-none-match': `W/"x", "${digests[0]}"` });
    expect([known.status, known.content.length]).toEqual([304, 0]);
    expect((await get(`/invoices/${id}/documents/verify?sha256=${digests[0]}`)).json()).toMatchObject({
      documents: [
        {
          format: 'pdf',
          language: 'en',
          bytes: first?.content.length,
          sha256: digests[0],
          intact: true,
          invoice_unchanged: true,
          matches: true,
        },
      ],
    });
    expect((await get(`/invoices/${id}/documents/verify?sha256=${'0'.repeat(64)}`)).json()).toMatchObject({
      documents: [{ matches: false }],
    });
  });

  it('cannot be changed, and whoever manages all the same is found out', async () => {
    const { id } = await invoiced(await europeans(), [{ description: 'X', amount: 1 }]);
    await bytes(`/invoices/${id}/document.xml`);
    await expect(world.sql(`UPDATE invoice_documents SET language = 'xx' WHERE invoice_id = ${id}`)).rejects.toThrow(
      'stays as it is',
    );
    await expect(world.sql(`DELETE FROM invoice_documents WHERE invoice_id = ${id}`)).rejects.toThrow('stays as it is');
    await world.sql(`ALTER TABLE invoices DISABLE TRIGGER invoices_keep_their_issue; UPDATE invoices SET notes = 'forged' WHERE id = ${id};
      ALTER TABLE invoices ENABLE TRIGGER invoices_keep_their_issue`);
    expect((await get(`/invoices/${id}/documents/verify`)).json()).toMatchObject({
      documents: [{ intact: true, invoice_unchanged: false }],
    });
    await world.sql(`ALTER TABLE invoices DISABLE TRIGGER invoices_keep_their_issue; UPDATE invoices SET notes = NULL WHERE id = ${id};
      ALTER TABLE invoices ENABLE TRIGGER invoices_keep_their_issue`);
  });

  it('is not made of a draft, nor before anybody said who issues it', async () => {
    const draft = await invoiced(await europeans(), [{ description: 'X', amount: 1 }], { draft: true });
    expect((await get(`/invoices/${draft.id}/document.pdf`)).json()).toMatchObject({
      error: { code: 'INVOICE_NOT_ISSUED' },
    });
    const { id } = await invoiced(await europeans(), [{ description: 'X', amount: 1 }]);
    await world.sql('CREATE TABLE kept AS SELECT * FROM billing_issuer; DELETE FROM billing_issuer');
    expect((await get(`/invoices/${id}/document.pdf`)).json()).toMatchObject({ error: { code: 'ISSUER_MISSING' } });
    expect((await get('/issuer')).json()).toMatchObject({ name: null, address: null });
    expect((await patch('/issuer', { phone: '+1 202 555 0100' })).json()).toMatchObject({
      error: { code: 'ISSUER_INCOMPLETE' },
    });
    await world.sql('INSERT INTO billing_issuer SELECT * FROM kept; DROP TABLE kept');
    expect((await get(`/invoices/${id}/document.pdf`)).status).toBe(200);
  });

  it('asks for what is left after what was paid ahead, and for nothing once it is void', async () => {
    const customerId = await europeans();
    await post('/payments', { customer_id: customerId, amount: 21, method: 'cash' });
    const { id } = await invoiced(customerId, [{ description: 'X', amount: 100 }]);
    const [page = ''] = await pages(id);
    for (const text of ['121.00', 'Paid ahead', '−21.00', 'EUR 100.00']) expect(page).toContain(text);
    const xml = (await get(`/invoices/${id}/document.xml`)).text;
    expect(xml).toContain('<cbc:PrepaidAmount currencyID="EUR">21.00</cbc:PrepaidAmount>');
    expect(xml).toContain('<cbc:PayableAmount currencyID="EUR">100.00</cbc:PayableAmount>');
    const wrong = await invoiced(await europeans(), [{ description: 'X', amount: 1 }]);
    await post(`/invoices/${wrong.id}/void`, { reason: 'Wrong' });
    expect((await get(`/invoices/${wrong.id}/document.pdf`)).json()).toMatchObject({
      error: { code: 'INVOICE_NOT_ISSUED' },
    });
  });

  it.each([
    { iban: 'NL91ABNA0417164301' },
    { bic: 'abc' },
    { name: null },
    { address: { street: 'X' } },
    { nothing: 1 },
  ])('names no issuer with %j', async (body) => expect((await patch('/issuer', body)).status).toBe(400));
});

describe('the statement of an account', () => {
  it('opens, moves and closes, as JSON, CSV and PDF', async () => {
    const customerId = await europeans();
    const [account] = await world.sql<{ id: number }>(
      `SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`,
    );
    const invoice = await invoiced(customerId, [{ description: 'X', amount: 100 }]);
    await post('/payments', { customer_id: customerId, amount: 20.5, method: 'cash', reference: `=R${customerId}` });
    const path = `/accounts/${account?.id}/statement`;
    const all = (await get(path)).json<{ entries: { at: string }[] }>();
    expect(all).toMatchObject({
      currency: 'EUR',
      opening_balance: 0,
      closing_balance: 100.5,
      entries: [
        { event: 'payment.received', amount: -20.5, balance: 100.5 },
        { event: 'invoice.issued', amount: 121, balance: 121, invoice_number: invoice.invoice_number },
      ],
    });
    expect((await get(`${path}?from=2199-01-01`)).json()).toMatchObject({
      entries: [],
      opening_balance: 100.5,
      closing_balance: 100.5,
    });
    expect((await get(`${path}?to=2020-01-01`)).json()).toMatchObject({
      entries: [],
      opening_balance: 0,
      closing_balance: 0,
    });
    expect((await get(`${path}?from=2021-01-01&to=2020-01-01`)).status).toBe(400);
    const csv = (await get(`${path}?format=csv`)).text.split('\r\n');
    expect(csv[0]).toBe('at,event,amount,balance,invoice_id,invoice_number,payment_id,reference');
    expect(csv[1]).toMatch(/,payment\.received,-20\.5,100\.5,,,\d+,"'=R\d+"$/);
    const [page = ''] = await pdfPages((await bytes(`${path}?format=pdf&from=2020-01-01&to=2199-12-31`)).content);
    for (const text of [
      'Account statement',
      'Opening balance',
      invoice.invoice_number,
      '121.00',
      '20.50',
      '100.50',
      'Closing balance',
      '31 Dec 2199',
    ])
      expect(page).toContain(text);
  });
});
