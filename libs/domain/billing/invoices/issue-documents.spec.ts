import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { IssuingWorld } from '../../../../test/support/issuing-world.js';

const AT = '2026-03-01T00:30:00.123456Z';
let world: IssuingWorld;
let owner: Client;
const connected = (settings?: string): Promise<Client> => world.connected(settings);
const account = (partnerId?: number): Promise<number> => world.account(partnerId);

beforeAll(async () => {
  world = await IssuingWorld.open();
  world.database.exempt('lines and taxes come to the total', 'drafts that are refused for it');
  owner = world.owner;
}, 120_000);
afterAll(() => world.close());
beforeEach(() => world.newPartner());

interface Draft {
  readonly net?: number;
  readonly tax?: number;
  /** What its lines come to, where that is not its total. */
  readonly lines?: readonly number[];
  readonly corrects?: number;
}

/** A draft with a line for each amount; the tax is on the first. */
async function draft(accountId: number, { net = 10, tax = 1, lines = [net], corrects }: Draft = {}): Promise<number> {
  const { rows } = await owner.query<{ id: number }>(
    `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, corrects_id, currency, subtotal_amount, tax_amount, total_amount, notes, created_by)
     SELECT partner_id, customer_id, id, $2, 'one_off', 'person', $3, currency, $4, $5, $4::numeric + $5, 'Grüße, "x"', 'spec'
       FROM billing_accounts WHERE id = $1 RETURNING id`,
    [accountId, net < 0 ? 'credit_note' : 'invoice', corrects ?? null, net, tax],
  );
  const id = rows[0]?.id ?? 0;
  for (const [index, amount] of lines.entries()) await line(owner, id, index + 1, amount, index === 0 ? tax : 0);
  return id;
}
const line = (client: Client, invoiceId: number, position: number, amount: number, tax = 0): Promise<unknown> =>
  client.query(
    `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, from_on, amount, tax_amount, taxes, inputs)
     SELECT partner_id, customer_id, account_id, id, $2, 'fee', 'Arbeit', '2026-02-01', $3, $4, '[{"code": "a"}]', '{"rule": "by_hand"}' FROM invoices WHERE id = $1`,
    [invoiceId, position, amount, tax],
  );

const issue = async (client: Client, ids: readonly number[], days: readonly string[] = ids.map(() => '2026-02-28')) =>
  (
    await client.query<{ id: number; number: string; status: string }>(
      'SELECT id, number, status FROM issue_documents($1, $2, $3, $4) ORDER BY id',
      [ids, AT, days, days],
    )
  ).rows;
const refusal = (constraint: string) => expect.objectContaining({ code: '23514', constraint }) as never;
const booked = async (ids: readonly number[]) =>
  (
    await owner.query<{ row: string }>(
      `SELECT concat_ws(' ', event, debit, credit, amount) AS row FROM ledger_transfers WHERE invoice_id = ANY ($1) ORDER BY invoice_id, id`,
      [ids],
    )
  ).rows.map(({ row }) => row);
/** What is there of a series in a year: how many, and the last of them. */
const series = async (name: string, year: number) =>
  (
    await owner.query<{ there: number; last: number; kept: number }>(
      `SELECT count(DISTINCT sequence)::integer AS there, max(sequence) AS last,
              (SELECT last_number FROM document_series WHERE series = $1 AND year = $2) AS kept FROM invoices WHERE series = $1 AND year = $2`,
      [name, year],
    )
  ).rows[0];

describe('documents that are issued together', () => {
  it('are numbered by series and year in their order, booked and hashed, whatever they are', async () => {
    const client = await connected();
    const [first, second] = [await account(), await account()];
    const invoice = await draft(first, { net: 100, tax: 8, lines: [120, -20] });
    const before = (await issue(client, [invoice], ['2026-02-27']))[0]?.number ?? '';
    const ids = [
      await draft(first, { net: -30, tax: -2.4, corrects: invoice }),
      await draft(second, { net: 0, tax: 0, lines: [] }),
      await draft(second, { net: 5, tax: 0, lines: [3, 1, 1] }),
      await draft(second, { net: 7, tax: 0.5 }),
      await draft(first, { net: -10, tax: 0, corrects: invoice }),
    ];
    const days = ['2026-02-28', '2026-02-28', '2027-01-01', '2026-02-28', '2026-02-28'];
    const shuffled = [3, 0, 4, 2, 1];
    const issued = await issue(
      client,
      shuffled.map((n) => ids[n] as number),
      shuffled.map((n) => days[n] as string),
    );
    const next = (text: string, by: number): string =>
      text.replace(/\d+$/, (digits) => String(Number(digits) + by).padStart(digits.length, '0'));
    expect(issued.map(({ number, status }) => `${number} ${status}`)).toEqual([
      'CN-2026-000001 issued',
      `${next(before, 1)} paid`,
      'INV-2027-000001 pending',
      `${next(before, 2)} pending`,
      'CN-2026-000002 issued',
    ]);
    expect(await booked(ids)).toEqual([
      'credit_note.issued revenue credit 30.0000',
      'credit_note.issued tax credit 2.4000',
      'invoice.issued receivable revenue 5.0000',
      'invoice.issued receivable revenue 7.0000',
      'invoice.issued receivable tax 0.5000',
      'credit_note.issued revenue credit 10.0000',
    ]);
    const { rows } = await client.query(
      `SELECT bool_and(content_hash = document_hash(i)) AS proved, bool_and(issued_at = $2 AND due_on = issued_on) AS dated,
              (SELECT credited_amount::text FROM invoices WHERE id = $3) AS credited FROM invoices i WHERE id = ANY ($1)`,
      [[invoice, ...ids], AT, invoice],
    );
    expect(rows).toEqual([{ proved: true, dated: true, credited: '42.4000' }]);
  });

  it('are none at all where the lines of one do not come to its totals', async () => {
    const client = await connected();
    const accountId = await account();
    const before = await series('INV', 2026);
    for (const wrong of [
      { net: 10, lines: [9.99] },
      { net: 10, lines: [] },
      { net: 10, tax: 1, lines: [10, 0.01] },
    ]) {
      const ids = [await draft(accountId), await draft(accountId, wrong), await draft(accountId)];
      await expect(issue(client, ids)).rejects.toEqual(refusal('invoices_totals_of_lines'));
      await expect(issue(client, ids)).rejects.toThrow(`document ${ids[1]} `);
      expect(await booked(ids)).toEqual([]);
      await owner.query(`UPDATE invoices SET status = 'void', voided_at = now() WHERE id = $1`, [ids[1]]);
    }
    expect(await series('INV', 2026)).toEqual(before);
  });

  it('are none where one is issued or void already, comes twice, or is not there', async () => {
    const client = await connected();
    const accountId = await account();
    const [issued, voided, fresh] = [await draft(accountId), await draft(accountId), await draft(accountId)];
    await issue(client, [issued]);
    await owner.query(`UPDATE invoices SET status = 'void', voided_at = now() WHERE id = $1`, [voided]);
    const before = await series('INV', 2026);
    for (const ids of [
      [issued, fresh],
      [fresh, voided],
    ])
      await expect(issue(client, ids)).rejects.toEqual(refusal('invoices_issued_once'));
    for (const ids of [
      [fresh, fresh],
      [fresh, 2_000_000_000],
    ])
      await expect(issue(client, ids)).rejects.toMatchObject({ code: '42501' });
    expect([await booked([fresh]), await series('INV', 2026)]).toEqual([[], before]);
  });

  it('are those inside the wall: another tenant’s are not there, and a customer has its own', async () => {
    const [mine, sibling] = [await account(), await account()];
    const [{ customer }] = (
      await owner.query<{ customer: number }>('SELECT customer_id AS customer FROM billing_accounts WHERE id = $1', [
        mine,
      ])
    ).rows as [{ customer: number }];
    const ids = [await draft(mine), await draft(sibling)];
    const refused = { code: '42501', message: 'not all of these documents are there to be issued' };
    const [nobody, neighbour] = [await connected(''), await connected(`-c app.partner_id=${world.partner - 1}`)];
    const own = await connected(`-c app.partner_id=${world.partner} -c app.customer_id=${customer}`);
    for (const client of [nobody, neighbour, own]) await expect(issue(client, ids)).rejects.toMatchObject(refused);
    expect(await booked(ids)).toEqual([]);
    expect(await issue(own, ids.slice(0, 1))).toHaveLength(1);
    expect(await issue(await connected(`-c app.partner_id=${world.partner}`), ids.slice(1))).toHaveLength(1);
  });

  it('are issued in no other way', async () => {
    const client = await connected();
    const id = await draft(await account());
    const update = `UPDATE invoices SET status = 'pending', issued_at = now(), issued_on = '2026-02-28' WHERE id = ${id}`;
    await expect(client.query(update)).rejects.toMatchObject({ code: '23514' });
    await expect(client.query(`UPDATE invoices SET sequence = 1 WHERE id = ${id}`)).rejects.toMatchObject({
      code: '42501',
    });
  });
});

describe('an issued document', () => {
  /** What becomes of it later, and so may change; everything else is what it says. */
  const LATER =
    'status settled_amount paid_amount written_off_amount written_off_at credited_amount voided_at void_reason version updated_at review_until';

  /** A value that no document of this spec has, by the type of its column; of all others it is a number. */
  const OTHERS: Readonly<Record<string, string>> = {
    text: `'other'`,
    character: `'JPY'`,
    bytea: `'\\x01'`,
    date: `'2001-01-01'`,
    'timestamp with time zone': `'2001-01-01'`,
  };

  it('never changes what it says, column by column, whoever asks', async () => {
    const id = await draft(await account());
    await issue(await connected(), [id]);
    const { rows } = await owner.query<{ name: string; type: string }>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type
         FROM pg_attribute WHERE attrelid = 'invoices'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity = ''`,
    );
    const kept = rows.filter(({ name }) => !LATER.split(' ').includes(name));
    expect(kept).toHaveLength(23);
    for (const { name, type } of kept)
      await expect(
        owner.query(`UPDATE invoices SET ${name} = ${OTHERS[type] ?? '77'} WHERE id = ${id}`),
      ).rejects.toEqual(refusal('invoices_immutable'));
    await expect(owner.query(`UPDATE invoices SET status = 'draft' WHERE id = ${id}`)).rejects.toEqual(
      refusal('invoices_immutable'),
    );
  });

  it('says before its issue what it will say, but for its dates and notes', async () => {
    const id = await draft(await account());
    await owner.query(`UPDATE invoices SET notes = 'other', due_on = '2026-04-01' WHERE id = ${id}`);
    await expect(
      owner.query(`UPDATE invoices SET subtotal_amount = 11, total_amount = 12 WHERE id = ${id}`),
    ).rejects.toEqual(refusal('invoices_immutable'));
    await owner.query(`UPDATE invoices SET status = 'void', voided_at = now() WHERE id = ${id}`);
    await expect(owner.query(`UPDATE invoices SET version = version + 1 WHERE id = ${id}`)).rejects.toEqual(
      refusal('invoices_immutable'),
    );
  });
});

describe('at the same time', () => {
  it('batches of the same series, some taken back, wait for each other without a deadlock, a gap or a second number', async () => {
    const accounts = await Promise.all(Array.from({ length: 4 }, () => account()));
    const lanes = await Promise.all(Array.from({ length: 8 }, () => connected()));
    const made: number[] = [];
    for (let n = 0; n < 160; n += 1)
      made.push(await draft(accounts[n % 4] as number, { net: n % 3 === 0 ? -1 : 1, tax: 0 }));
    const before = { INV: await series('INV', 2026), CN: await series('CN', 2026) };
    let taken = { INV: 0, CN: 0 };
    await Promise.all(
      lanes.map(async (client, lane) => {
        for (let turn = 0; turn < 5; turn += 1) {
          // Every lane has its own drafts, each time in another order of the two series.
          const ids = made.slice(lane * 20 + turn * 4, lane * 20 + turn * 4 + 4);
          await client.query('BEGIN');
          const issued = await issue(client, turn % 2 === 0 ? ids : [...ids].reverse());
          const back = (lane + turn) % 4 === 0;
          await client.query(back ? 'ROLLBACK' : 'COMMIT');
          const notes = issued.filter(({ number }) => number.startsWith('CN')).length;
          if (!back) taken = { INV: taken.INV + issued.length - notes, CN: taken.CN + notes };
        }
      }),
    );
    for (const name of ['INV', 'CN'] as const) {
      const last = (before[name]?.last ?? 0) + taken[name];
      expect(await series(name, 2026)).toEqual({ there: last, last, kept: last });
    }
    expect(taken.INV + taken.CN).toBe(120);
  });

  it('stand in line, so that a commit wakes few of them', async () => {
    const lanes = await Promise.all(Array.from({ length: 20 }, () => connected()));
    const accountId = await account();
    const ids: number[] = [];
    for (let n = 0; n <= lanes.length; n += 1) ids.push(await draft(accountId));
    const holder = await connected();
    await holder.query('BEGIN');
    await issue(holder, ids.slice(0, 1));
    const issuing = Promise.all(lanes.map((client, lane) => issue(client, [ids[lane + 1] as number])));
    await Promise.all(lanes.map((client) => waiting(client)));
    const pids = lanes.map((client) => (client as unknown as { processID: number }).processID);
    const { rows } = await owner.query<{ line: number; row: number }>(
      `SELECT count(*) FILTER (WHERE locktype = 'advisory')::integer AS line, count(*) FILTER (WHERE locktype <> 'advisory')::integer AS row
         FROM pg_locks WHERE pid = ANY ($1) AND NOT granted`,
      [pids],
    );
    await holder.query('COMMIT');
    expect(await issuing).toHaveLength(lanes.length);
    const [{ line, row }] = rows as [{ line: number; row: number }];
    expect(line + row).toBe(lanes.length);
    // One at each gate; the holder stands in one of them.
    expect(row).toBeLessThanOrEqual(7);
  });

  it('a line that is written to a draft is waited for, and counts', async () => {
    const [writer, issuer] = [await connected(), await connected()];
    const id = await draft(await account());
    await writer.query('BEGIN');
    await line(writer, id, 2, 5);
    const issuing = issue(issuer, [id]).catch((error: Error) => error);
    await waiting(issuer);
    await writer.query('COMMIT');
    expect(await issuing).toEqual(refusal('invoices_totals_of_lines'));
  });

  it('a line that comes while its document is issued is refused', async () => {
    const [writer, issuer] = [await connected(), await connected()];
    const id = await draft(await account());
    await issuer.query('BEGIN');
    await issue(issuer, [id]);
    const writing = line(writer, id, 2, 5).catch((error: Error) => error);
    await waiting(writer);
    await issuer.query('COMMIT');
    expect(await writing).toEqual(refusal('invoice_lines_immutable'));
  });

  it('one draft is issued once, whoever asks', async () => {
    const lanes = await Promise.all(Array.from({ length: 4 }, () => connected()));
    const ids = [await draft(await account()), await draft(await account())];
    const outcomes = await Promise.allSettled(
      lanes.map((client, lane) => issue(client, lane % 2 ? ids : [...ids].reverse())),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toEqual(refusal('invoices_issued_once'));
    expect(await booked(ids)).toHaveLength(4);
  });
});

/** Until a connection waits for a lock. */
async function waiting(client: Client): Promise<void> {
  const pid = (client as unknown as { processID: number }).processID;
  for (let attempt = 0; attempt < 500; attempt += 1) {
    const { rows } = await owner.query(`SELECT FROM pg_locks WHERE pid = ${pid} AND NOT granted`);
    if (rows.length > 0) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('nobody waits');
}
