import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { seedSandbox } from '../../apps/sandbox/seed.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { headerOf, partsOf } from '../support/mailbox.js';
import { pdfPages } from '../support/pdf-text.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

let world: ApiWorld;
let worker: RunningProgram;
let mail: string;
beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  mail = await mkdtemp(join(tmpdir(), 'isp-mail-'));
  worker = await workerBeside(world, { ISP_MAIL_DIR: mail });
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
  await rm(mail, { recursive: true, force: true });
}, 60_000);

const accounts = () =>
  world.sql<{ customer: number; state: string; documents: number; balance: boolean }>(
    `SELECT a.customer_id AS customer, a.prepaid_state AS state, 'balance' = ANY (s.suspended_for) AS balance,
            (SELECT count(*)::integer FROM invoices i WHERE i.account_id = a.id AND i.origin = 'engine') AS documents
       FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE a.kind = 'prepaid' ORDER BY 1`,
  );

it('the sandbox has an account that pays ahead and is on, and one that is off', async () => {
  const looked = async () => (await accounts()).filter(({ state }) => state !== 'idle').length === 2;
  await until('both accounts were looked at', looked, 90_000);
  expect(await accounts()).toEqual([
    { customer: 19, state: 'on', documents: 1, balance: false },
    { customer: 29, state: 'off', documents: 0, balance: true },
  ]);
  // Started again, nobody pays again.
  await seedSandbox(world.program.app);
  const paid = await world.sql<{ amount: number }>(
    "SELECT p.amount::float8 AS amount FROM payments p JOIN billing_accounts a ON a.id = p.account_id WHERE a.kind = 'prepaid' AND p.method = 'cash' ORDER BY a.customer_id",
  );
  expect(paid.map(({ amount }) => amount)).toEqual([400, 20]);
}, 180_000);

it('the sandbox has written to customers, in files that people can open', async () => {
  const messages = () =>
    world.sql<{ customer: number; status: string; asked: boolean; file: string }>(
      `SELECT customer_id AS customer, status, once_key IS NULL AS asked, id || '.' || guid || '.eml' AS file FROM messages ORDER BY customer_id, id`,
    );
  await until('no message waits', async () => (await messages()).every(({ status }) => status !== 'queued'), 60_000);
  const rows = await messages();
  const asked = rows.filter((row) => row.asked);
  expect(asked.map(({ customer, status }) => [customer, status])).toEqual([
    [1, 'sent'],
    [2, 'sent'],
    [3, 'sent'],
    [4, 'cancelled'],
  ]);
  // Their accounts have invoices by e-mail: what the worker has issued meanwhile went out, too.
  const files = await readdir(mail);
  expect(files).toEqual(expect.arrayContaining(rows.filter(({ status }) => status === 'sent').map(({ file }) => file)));
  const german = { raw: await readFile(join(mail, asked[1]?.file ?? ''), 'latin1') };
  expect(headerOf(german, 'Subject')).toContain('Rechnung');
  const [page = ''] = await pdfPages(partsOf(german, 'application/pdf')[0] ?? Buffer.alloc(0));
  expect(page).toContain('Rechnung');
}, 120_000);

it('the sandbox has an invoice that was written off, once', async () => {
  await seedSandbox(world.program.app);
  const given = await world.sql(
    `SELECT w.customer_id AS customer, w.reason, i.status, w.amount = i.total_amount AS whole,
            (SELECT count(*)::integer FROM invoices o WHERE o.account_id = i.account_id AND o.status = 'overdue') AS others
       FROM write_offs w JOIN invoices i ON i.id = w.invoice_id`,
  );
  expect(given).toEqual([{ customer: 85, reason: 'uncollectable', status: 'uncollectible', whole: true, others: 2 }]);
});
