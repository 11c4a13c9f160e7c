import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'pg';
import { IssuingWorld } from '../../../../test/support/issuing-world.js';
import { until } from '../../../../test/support/until.js';

const AT = '2026-03-01T00:30:00.123456Z';
let world: IssuingWorld;
let owner: Client;

beforeAll(async () => {
  world = await IssuingWorld.open();
  owner = world.owner;
}, 120_000);
afterAll(() => world.close());
beforeEach(() => world.newPartner());

const refusal = (constraint: string) => expect.objectContaining({ code: '23514', constraint }) as never;

// What foreign keys did before (ADR 47).
describe('what documents, their lines and the ledger refer to', () => {
  it('is there: accounts of documents and of the ledger, services and documents of lines', async () => {
    const { rows } = await owner.query<{ id: number }>('SELECT max(id) AS id FROM billing_accounts');
    const [partner, nobody] = [world.partner, (rows[0]?.id ?? 0) + 1_000];
    const account_id = await world.account();
    const draft = `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
      SELECT partner_id, customer_id, $1, 'invoice', 'one_off', 'person', currency, 0, 0, 0, 'spec' FROM billing_accounts WHERE id = $2 RETURNING id`;
    const missing = (constraint: string) => expect.objectContaining({ code: '23503', constraint }) as never;
    await expect(owner.query(draft, [nobody, account_id])).rejects.toEqual(missing('invoices_have_accounts'));
    const id = (await owner.query<{ id: number }>(draft, [account_id, account_id])).rows[0]?.id;
    const line = (documentId: number | undefined, serviceId: number | null, partnerId = partner): Promise<unknown> =>
      owner.query(
        `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, service_id, description, amount, tax_amount, taxes, inputs)
         SELECT $3, customer_id, account_id, $1, 1, 'fee', $2, 'x', 0, 0, '[]', '{}' FROM invoices WHERE id = ${id}`,
        [documentId, serviceId, partnerId],
      );
    await expect(line(id, 2_000_000_000)).rejects.toEqual(missing('invoice_lines_have_services'));
    await expect(line(2_000_000_000, null)).rejects.toEqual(missing('invoice_lines_have_documents'));
    await expect(line(id, null, partner - 1)).rejects.toEqual(missing('invoice_lines_have_documents'));
    await line(id, null);
    const transfer = `INSERT INTO ledger_transfers (partner_id, customer_id, account_id, at, event, debit, credit, currency, amount, invoice_id)
      SELECT partner_id, customer_id, ${nobody}, now(), 'invoice.issued', 'receivable', 'revenue', currency, 1, id FROM invoices WHERE id = ${id}`;
    await expect(owner.query(transfer)).rejects.toEqual(missing('ledger_transfers_have_accounts'));
    const client = await world.connected();
    await client.query(`SET app.issues_at_once = 'on'`);
    await expect(client.query(transfer)).rejects.toMatchObject({ code: '42501' });
    await expect(client.query(draft, [nobody, account_id])).rejects.toEqual(missing('invoices_have_accounts'));
  });

  it('stays, under its name', async () => {
    const account_id = await world.account();
    for (const table of ['billing_accounts', 'services', 'invoices'])
      for (const statement of [`DELETE FROM ${table}`, `TRUNCATE ${table} CASCADE`]) {
        if (table === 'invoices' && statement.startsWith('DELETE')) continue;
        await expect(owner.query(statement)).rejects.toEqual(refusal(`${table}_stay`));
      }
    const rename = `UPDATE billing_accounts SET partner_id = partner_id + 1 WHERE id = ${account_id}`;
    await expect(owner.query(rename)).rejects.toEqual(refusal('billing_accounts_stay'));
  });

  it('is a draft for its lines, also while it is issued', async () => {
    const [issuer, writer] = [await world.connected(), await world.connected()];
    const account_id = await world.account();
    const { rows } = await owner.query<{ id: number }>(
      `INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, subtotal_amount, tax_amount, total_amount, created_by)
       SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', currency, 0, 0, 0, 'spec' FROM billing_accounts WHERE id = $1 RETURNING id`,
      [account_id],
    );
    const id = rows[0]?.id;
    await issuer.query('BEGIN');
    await issuer.query('SELECT FROM issue_documents($1, $2, $3, $4)', [[id], AT, ['2026-02-28'], ['2026-03-14']]);
    const written = writer.query(
      `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
       SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Free', 0, 0, '[]', '{}' FROM invoices WHERE id = ${id}`,
    );
    const refused = expect(written).rejects.toEqual(refusal('invoice_lines_immutable'));
    await until('the writer to wait', async () => {
      const { rowCount } = await owner.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO invoice_lines%'`,
      );
      return rowCount === 1;
    });
    await issuer.query('COMMIT');
    await refused;
    const held = await owner.query('SELECT content_hash = document_hash(i) AS holds FROM invoices i WHERE id = $1', [
      id,
    ]);
    expect(held.rows).toEqual([{ holds: true }]);
  });
});
