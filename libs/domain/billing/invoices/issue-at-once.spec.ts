import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { EVENTS, type EventName } from '@isp/contracts';
import { IssuingWorld } from '../../../../test/support/issuing-world.js';
import { BillingFacts } from './billing.facts.js';
import { INVOICE_COLUMNS, type InvoiceView } from './invoice.view.js';

const AT = '2026-03-01T00:30:00.123456Z';
let world: IssuingWorld;
let owner: Client;
const connected = (settings?: string): Promise<Client> => world.connected(settings);
const account = (partnerId?: number): Promise<number> => world.account(partnerId);

beforeAll(async () => {
  world = await IssuingWorld.open();
  owner = world.owner;
}, 120_000);
afterAll(() => world.close());
beforeEach(() => world.newPartner());

/** A line as it is given, and what of it is not said by others, too. */
interface GivenLine {
  readonly n: number;
  readonly position: number;
  readonly key?: string;
  readonly service_id?: number;
  readonly corrects_line_id?: number;
}
interface Line {
  readonly amount: string;
  readonly tax?: string;
  readonly more?: object;
}
interface Document {
  readonly account_id: number;
  readonly lines: readonly Line[];
  readonly net: string;
  readonly tax?: string;
  readonly issued_on?: string;
  readonly due_on?: string | null;
  readonly more?: object;
}

/** Documents, and the lines of them. */
function given(documents: readonly Document[]): [documents: object[], lines: GivenLine[]] {
  const wanted = documents.map(
    ({ account_id, net, tax = '0', issued_on = '2026-02-28', due_on = '2026-03-14', more }, n) => {
      const document = net.startsWith('-') ? 'credit_note' : 'invoice';
      const by = { kind: 'one_off', origin: 'person', created_by: 'spec', created_at: '2026-02-27T10:00:00Z' };
      return { n, account_id, document, ...by, net, tax, issued_on, due_on, notes: 'Grüße, "x"', ...more };
    },
  );
  const lines = documents.flatMap((document, n) =>
    document.lines.map(({ amount, tax = '0', more }, index) => {
      const inputs = { unit_amount: amount, rule: 'once' };
      const taxes = [{ name: 'Täx', code: 'a', amount: tax, percent: '8.0000' }];
      const said = { kind: 'fee', description: 'Arbeit "1"', from_on: '2026-02-01', inputs, taxes };
      return { n, position: index + 1, amount, tax_amount: tax, ...said, ...more };
    }),
  );
  return [wanted, lines];
}
/** What lines say, once each, and the columns that are their own. */
function atOnce(lines: readonly GivenLine[]): unknown[] {
  const texts = lines.map(({ n, position, key, service_id, corrects_line_id, ...says }) => JSON.stringify(says));
  const different = [...new Set(texts)];
  const said = different.map((text, c) => ({ ...(JSON.parse(text) as object), c }));
  const column = (name: keyof GivenLine): unknown[] => lines.map((line) => line[name] ?? null);
  const [n, position] = [column('n'), column('position')];
  const places = texts.map((text) => different.indexOf(text));
  const own = [column('key'), column('service_id'), column('corrects_line_id')];
  return [JSON.stringify(said), n, position, places, ...own];
}
const issue = async (client: Client, documents: readonly Document[]) => {
  const [wanted, lines] = given(documents);
  const { rows } = await client.query<{ id: number }>(
    'SELECT id FROM issue_at_once($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS id',
    [JSON.stringify(wanted), ...atOnce(lines), AT, { USD: 2, JPY: 0 }, 'request-1'],
  );
  return rows;
};
/** The same by way of drafts. */
async function issueDrafts(client: Client, documents: readonly Document[]): Promise<number[]> {
  const [wanted, lines] = given(documents);
  const { rows } = await client.query<{ id: number }>(
    `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, corrects_id, currency, period_from, period_until,
            subtotal_amount, tax_amount, total_amount, notes, created_by, created_at)
     SELECT a.partner_id, a.customer_id, a.id, d.document, d.kind, d.origin, d.corrects_id, a.currency, d.period_from, d.period_until,
            d.net, d.tax, d.net + d.tax, d.notes, d.created_by, d.created_at
       FROM jsonb_to_recordset($1) AS d (n integer, account_id integer, document text, kind text, origin text, corrects_id integer, period_from date,
            period_until date, net numeric, tax numeric, notes text, created_by text, created_at timestamptz)
       JOIN billing_accounts a ON a.id = d.account_id ORDER BY d.n RETURNING id`,
    [JSON.stringify(wanted)],
  );
  const ids = rows.map(({ id }) => id);
  await client.query(
    `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, key, service_id, corrects_line_id,
            description, from_on, until_on, amount, tax_amount, taxes, inputs)
     SELECT i.partner_id, i.customer_id, i.account_id, i.id, l.position, l.kind, l.key, l.service_id, l.corrects_line_id, l.description,
            l.from_on, l.until_on, l.amount, l.tax_amount, l.taxes, l.inputs
       FROM jsonb_to_recordset($1) AS l (n integer, position integer, kind text, key text, service_id integer, corrects_line_id bigint,
            description text, from_on date, until_on date, amount numeric, tax_amount numeric, taxes jsonb, inputs jsonb)
       JOIN unnest($2::integer[]) WITH ORDINALITY AS d (id, n) ON d.n = l.n + 1 JOIN invoices i ON i.id = d.id ORDER BY l.n, l.position`,
    [JSON.stringify(lines), ids],
  );
  const days = (wanted as { issued_on: string; due_on: string | null }[]).map(({ issued_on, due_on }) => [
    issued_on,
    due_on,
  ]);
  await client.query('SELECT FROM issue_documents($1, $2, $3, $4)', [
    ids,
    AT,
    days.map(([on]) => on),
    days.map(([, due]) => due),
  ]);
  return ids;
}

/** Everything that is written of documents, but for ids and numbers: whole rows, so that a new column is here, too. */
async function written(ids: readonly number[]): Promise<unknown> {
  const rows = async (text: string): Promise<Record<string, unknown>[]> =>
    (await owner.query<{ row: Record<string, unknown> }>(text, [ids])).rows.map(({ row }) => row);
  const place = (id: unknown): number => ids.indexOf(id as number);
  const without = (row: Record<string, unknown>, names: string) =>
    Object.fromEntries(Object.entries(row).filter(([name]) => !names.split(' ').includes(name)));
  const documents = await rows('SELECT to_jsonb(i) AS row FROM invoices i WHERE id = ANY ($1) ORDER BY id');
  const lines = await rows(
    'SELECT to_jsonb(l) AS row FROM invoice_lines l WHERE invoice_id = ANY ($1) ORDER BY invoice_id, id',
  );
  const ledger = await rows(
    'SELECT to_jsonb(t) AS row FROM ledger_transfers t WHERE invoice_id = ANY ($1) ORDER BY invoice_id, id',
  );
  const first: Record<string, number> = {};
  return {
    documents: documents.map((row) => {
      const series = `${String(row['series'])} ${String(row['year'])}`;
      const sequence = row['sequence'] as number;
      first[series] ??= sequence;
      return { ...without(row, 'id number content_hash'), sequence: sequence - first[series] };
    }),
    lines: lines.map((row) => ({ ...without(row, 'id'), invoice_id: place(row['invoice_id']) })),
    ledger: ledger.map((row) => ({ ...without(row, 'id'), invoice_id: place(row['invoice_id']) })),
  };
}
const hashesHold = async (ids: readonly number[]): Promise<boolean | undefined> =>
  (
    await owner.query<{ hold: boolean }>(
      'SELECT bool_and(content_hash = document_hash(i)) AS hold FROM invoices i WHERE id = ANY ($1)',
      [ids],
    )
  ).rows[0]?.hold;
const idsOf = (documents: readonly { id: number }[]): number[] => documents.map(({ id }) => id);
const refusal = (constraint: string) => expect.objectContaining({ code: '23514', constraint }) as never;
const everything = async () =>
  (
    await owner.query<{ rows: string }>(
      `SELECT concat_ws(' ', (SELECT count(*) FROM invoices), (SELECT count(*) FROM invoice_lines), (SELECT count(*) FROM ledger_transfers),
                        (SELECT sum(last_number) FROM document_series)) AS rows`,
    )
  ).rows[0]?.rows;

describe('documents that are issued at once', () => {
  it('are column by column what drafts become that are issued', async () => {
    const client = await connected();
    const [one, two] = [await account(), await account()];
    const [corrected] = idsOf(await issue(client, [{ account_id: one, net: '100', lines: [{ amount: '100' }] }]));
    const service = { key: 'r:1:2026-02-01', until_on: '2026-03-01', kind: 'recurring' };
    const documents = (corrects: number | undefined, period: string): Document[] => [
      {
        account_id: two,
        net: '49.95',
        tax: '4.005',
        lines: [
          { amount: '59.95', tax: '4.005', more: service },
          { amount: '-10', more: { kind: 'discount', taxes: [] } },
        ],
        more: { kind: 'recurring', origin: 'engine', period_from: period, period_until: '2026-12-01' },
      },
      {
        account_id: one,
        net: '-30',
        tax: '-2.4',
        due_on: null,
        lines: [{ amount: '-30', tax: '-2.4' }],
        more: { corrects_id: corrects },
      },
      { account_id: one, net: '0', lines: [], more: { notes: null } },
      {
        account_id: one,
        net: '5',
        issued_on: '2027-01-01',
        lines: [{ amount: '3' }, { amount: '1.9999' }, { amount: '0.0001' }],
      },
      { account_id: two, net: '0', lines: [{ amount: '1' }, { amount: '-1' }] },
    ];
    const [other] = idsOf(await issue(client, [{ account_id: one, net: '100', lines: [{ amount: '100' }] }]));
    const atOnce = idsOf(await issue(client, documents(corrected, '2026-05-01')));
    const drafts = await issueDrafts(client, documents(other, '2026-06-01'));
    const same = (what: unknown): unknown =>
      JSON.parse(
        JSON.stringify(what)
          .replace('"2026-06-01"', '"2026-05-01"')
          .replace(`"corrects_id":${other}`, `"corrects_id":${corrected}`),
      );
    expect(same(await written(atOnce))).toEqual(same(await written(drafts)));
    expect([await hashesHold(atOnce), await hashesHold(drafts)]).toEqual([true, true]);
    const credited = await owner.query(
      'SELECT credited_amount, version, updated_at FROM invoices WHERE id = ANY ($1)',
      [[corrected, other]],
    );
    expect(credited.rows[0]).toEqual(credited.rows[1]);
    expect(credited.rows[0]).toMatchObject({ credited_amount: '32.4000' });
  });

  it('are none where the lines of one do not come to its totals, and no number is taken', async () => {
    const client = await connected();
    const account_id = await account();
    const good: Document = { account_id, net: '1', lines: [{ amount: '1' }] };
    await issue(client, [good]);
    const before = await everything();
    const wrong: readonly Document[] = [
      { account_id, net: '10', lines: [{ amount: '9.99' }] },
      { account_id, net: '10', lines: [] },
      { account_id, net: '10', tax: '1', lines: [{ amount: '10', tax: '1.01' }] },
      { account_id, net: '10', tax: '1', lines: [{ amount: '11' }] },
    ];
    for (const one of wrong)
      await expect(issue(client, [good, one, good])).rejects.toEqual(refusal('invoices_totals_of_lines'));
    expect(await everything()).toBe(before);
  });

  it('are none where an account has its invoice of the period', async () => {
    const client = await connected();
    const [one, two] = [await account(), await account()];
    const period = { kind: 'recurring', origin: 'engine', period_from: '2026-02-01', period_until: '2026-03-01' };
    const of = (account_id: number): Document => ({ account_id, net: '1', lines: [{ amount: '1' }], more: period });
    await issue(client, [of(one)]);
    const before = await everything();
    await expect(issue(client, [of(two), of(one)])).rejects.toMatchObject({ constraint: 'invoices_one_of_a_period' });
    expect(await everything()).toBe(before);
  });

  it('are those of accounts inside the wall', async () => {
    const [mine, sibling] = [await account(), await account()];
    const { rows } = await owner.query<{ id: number }>('SELECT customer_id AS id FROM billing_accounts WHERE id = $1', [
      mine,
    ]);
    const of = (account_id: number): Document => ({ account_id, net: '1', lines: [{ amount: '1' }] });
    const own = await connected(`-c app.partner_id=${world.partner} -c app.customer_id=${rows[0]?.id}`);
    const before = await everything();
    for (const client of [await connected(''), await connected(`-c app.partner_id=${world.partner - 1}`), own])
      await expect(issue(client, [of(mine), of(sibling)])).rejects.toMatchObject({ code: '42501' });
    expect(await everything()).toBe(before);
    expect(await issue(own, [of(mine)])).toHaveLength(1);
    expect(await issue(await connected(`-c app.partner_id=${world.partner}`), [of(sibling)])).toHaveLength(1);
  });

  it('take no line afterwards and are written in no other way, whatever the application says it does', async () => {
    const client = await connected();
    const account_id = await account();
    const [id] = idsOf(await issue(client, [{ account_id, net: '1', lines: [{ amount: '1' }] }]));
    const line = `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
      SELECT partner_id, customer_id, account_id, id, 2, 'fee', 'More', 0, 0, '[]', '{}' FROM invoices WHERE id = ${id}`;
    const document = `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount,
        status, series, year, sequence, issued_at, issued_on, content_hash, created_by)
      SELECT partner_id, customer_id, account_id, document, kind, origin, currency, 1, 0, 1, 'pending', series, year, sequence + 1, now(), current_date, '', 'spec'
        FROM invoices WHERE id = ${id}`;
    await expect(client.query(line)).rejects.toEqual(refusal('invoice_lines_immutable'));
    await expect(owner.query(line)).rejects.toEqual(refusal('invoice_lines_immutable'));
    await expect(owner.query(document)).rejects.toEqual(refusal('invoices_begin_as_draft'));
    await client.query(`SET app.issues_at_once = 'on'`);
    await expect(client.query(line)).rejects.toEqual(refusal('invoice_lines_immutable'));
    await expect(client.query(document)).rejects.toMatchObject({ code: '42501' });
  });

  it('leave rules of drafts as they were for the rest of the transaction', async () => {
    const client = await connected();
    const account_id = await account();
    await client.query('BEGIN');
    const [id] = idsOf(await issue(client, [{ account_id, net: '1', lines: [{ amount: '1' }] }]));
    const line = (invoiceId: string): string =>
      `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
       SELECT partner_id, customer_id, account_id, ${invoiceId}, 2, 'fee', 'More', 0, 0, '[]', '{}' FROM invoices WHERE id = ${id}`;
    await client.query('SAVEPOINT part');
    await expect(client.query(line('id'))).rejects.toEqual(refusal('invoice_lines_immutable'));
    await client.query('ROLLBACK TO part');
    await expect(client.query(line('2000000000'))).rejects.toMatchObject({ code: '23503' });
    await client.query('ROLLBACK');
  });

  it('are told of as drafts are that are issued, in the words of the contract', async () => {
    const client = await connected();
    const [one, two] = [await account(), await account()];
    await owner.query(`UPDATE billing_accounts SET currency = 'JPY' WHERE id = $1`, [two]);
    const ids = idsOf(
      await issue(client, [
        { account_id: one, net: '49.95', tax: '4.01', lines: [{ amount: '49.95', tax: '4.01' }] },
        { account_id: two, net: '5000', lines: [{ amount: '5000' }] },
        { account_id: one, net: '-3', due_on: null, lines: [{ amount: '-3' }] },
        { account_id: two, net: '0', lines: [] },
      ]),
    );
    const views = await owner.query<InvoiceView>(
      `SELECT ${INVOICE_COLUMNS} FROM invoices i WHERE id = ANY ($1) ORDER BY id`,
      [ids],
    );
    const told: unknown[] = [];
    const outbox = { add: (name: string, payload: unknown) => told.push({ name, payload, request_id: 'request-1' }) };
    const facts = new BillingFacts(outbox as never, {} as never);
    for (const view of views.rows) facts.issued(view);
    const written = await owner.query<{ name: EventName; payload: unknown }>(
      `SELECT name, payload, request_id FROM outbox WHERE (payload->>'invoice_id')::integer = ANY ($1) ORDER BY id`,
      [ids],
    );
    expect(written.rows).toEqual(told);
    for (const { name, payload } of written.rows) expect(EVENTS[name].parse(payload)).toEqual(payload);
  });

  it('take numbers without a gap among those who issue drafts, some of them taken back', async () => {
    const lanes = await Promise.all(Array.from({ length: 6 }, () => connected()));
    const accounts = await Promise.all(lanes.map(() => account()));
    const before = await series();
    let taken = 0;
    await Promise.all(
      lanes.map(async (client, lane) => {
        for (let turn = 0; turn < 8; turn += 1) {
          const account_id = accounts[lane] as number;
          const documents = ['1', '-1', '2'].map((net): Document => ({ account_id, net, lines: [{ amount: net }] }));
          await client.query('BEGIN');
          await ((lane + turn) % 3 === 0 ? issueDrafts(client, documents) : issue(client, documents));
          const back = (lane * 3 + turn) % 4 === 0;
          await client.query(back ? 'ROLLBACK' : 'COMMIT');
          if (!back) taken += 1;
        }
      }),
    );
    const after = await series();
    expect(taken).toBe(36);
    for (const [name, each] of [
      ['INV', 2],
      ['CN', 1],
    ] as const) {
      const last = (before[name]?.last ?? 0) + taken * each;
      expect(after[name]).toEqual({ name, there: last, last, kept: last });
    }
  });
});

/** What is there of the series of this year: how many, and the last of them. */
async function series() {
  const { rows } = await owner.query<{ name: string; there: number; last: number; kept: number }>(
    `SELECT i.series AS name, count(DISTINCT i.sequence)::integer AS there, max(i.sequence) AS last, max(s.last_number) AS kept
       FROM invoices i JOIN document_series s ON s.series = i.series AND s.year = i.year WHERE i.year = 2026 GROUP BY 1`,
  );
  return Object.fromEntries(rows.map((row) => [row.name, row]));
}
