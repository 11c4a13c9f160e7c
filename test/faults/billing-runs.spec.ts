import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { billedAccounts } from '../support/billed-accounts.js';
import { violations } from '../support/invariants.js';
import { askPatiently } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { inWorld, report, until, type World } from './support/world.js';

const ACCOUNTS = 3_000;

interface Run {
  readonly id: number;
  readonly status: string;
  readonly accounts: number;
  readonly accounts_done: number;
}

const begin = async (world: World, api: ProgramProcess): Promise<Run> =>
  (await askPatiently(`${api.url}/v1/billing/runs`, world.database.apiKey, { method: 'POST', body: {} }))
    .body as unknown as Run;
const done = async (world: World): Promise<number> =>
  (await world.row<{ n: number }>('SELECT coalesce(sum(accounts_done), 0)::integer AS n FROM billing_run_batches')).n;

/**
 * Credit in every other part: its documents are issued before they are settled, with the numbers held, and those of the
 * others together with COMMIT.
 */
const CREDIT = `INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, received_at, created_by)
  SELECT partner_id, customer_id, id, currency, 1, 'cash', now(), 'spec'
    FROM (SELECT a.*, row_number() OVER (ORDER BY a.id) - 1 AS n FROM billing_accounts a JOIN customers c ON c.id = a.customer_id
           WHERE c.email LIKE 'billed-%') a WHERE n % 800 = 0`;

/** What became of the accounts, told by the rows that nobody can take back. */
async function account(world: World) {
  const { invoices, accounts, events, last } = await world.row<
    Record<'invoices' | 'accounts' | 'events' | 'last', number>
  >(
    `SELECT count(*)::integer AS invoices, count(DISTINCT account_id)::integer AS accounts, max(sequence)::integer AS last,
            (SELECT count(DISTINCT payload->>'invoice_id')::integer FROM outbox WHERE name = 'billing.invoice.issued.v1') AS events
       FROM invoices WHERE status <> 'draft'`,
  );
  return {
    accepted: ACCOUNTS,
    finished: accounts,
    lost: ACCOUNTS - accounts,
    duplicated: invoices - accounts,
    events,
    last,
  };
}
async function moneyHolds(world: World): Promise<void> {
  const found = await violations(world.database.ownerUrl);
  const money = /ledger|booked|total|allocations|credit notes|numbers|billed/;
  expect(Object.keys(found).filter((name) => money.test(name))).toEqual([]);
}
const finished = (world: World): Promise<unknown> =>
  until(
    'the runs are over',
    async () =>
      (await world.row<{ n: number }>(`SELECT count(*)::integer AS n FROM billing_runs WHERE status = 'running'`)).n ===
      0,
    150_000,
  );
const right = { accepted: ACCOUNTS, finished: ACCOUNTS, lost: 0, duplicated: 0, events: ACCOUNTS, last: ACCOUNTS };

describe('billing runs when processes die or race', () => {
  it(
    'invoice every account once, however often all workers are killed',
    () =>
      inWorld(async (world) => {
        await world.rows(billedAccounts(ACCOUNTS, 1));
        await world.rows(CREDIT);
        const api = await world.start('api');
        const { id } = await begin(world, api);
        // One dies with the documents of a part written and their numbers taken, one just before the commit.
        const dying = await world.startDying('worker', 'billing.after-number');
        expect(await dying.end()).toBe('SIGKILL');
        const other = await world.startDying('worker', 'billing.run-batch');
        expect(await other.end()).toBe('SIGKILL');
        const between: number[] = [await done(world)];
        for (let kill = 1; kill <= 3; kill += 1) {
          const workers = await world.startAll('worker', 'worker');
          await sleep(300 + Math.random() * 1_500);
          await Promise.all(workers.map((worker) => worker.kill()));
          between.push(await done(world));
        }
        await world.startAll('worker', 'worker');
        await finished(world);
        const result = await account(world);
        report('billing run, kills', { ...result, kills: 8, done_at_kills: between.join('/') });
        expect(result).toEqual(right);
        expect(await done(world)).toBe(ACCOUNTS);
        expect((await askPatiently(`${api.url}/v1/billing/runs/${id}`, world.database.apiKey, {})).body).toMatchObject({
          status: 'finished',
          accounts_done: ACCOUNTS,
        });
        await moneyHolds(world);
        // A second run over the same period writes nothing.
        expect(await begin(world, api)).toMatchObject({ status: 'finished', accounts: 0 });
        expect(await account(world)).toEqual(right);
      }),
    300_000,
  );

  it(
    'C8: four workers whose schedules tick at once bill each account once',
    () =>
      inWorld(async (world) => {
        await world.rows(billedAccounts(ACCOUNTS, 1));
        await world.startAll('worker', 'worker', 'worker', 'worker');
        await until(
          'a run began by itself',
          async () => (await world.rows('SELECT FROM billing_runs')).length > 0,
          120_000,
        );
        await finished(world);
        const result = await account(world);
        const runs = await world.rows<{ origin: string }>('SELECT origin FROM billing_runs');
        report('C8 billing', { ...result, runs: runs.length });
        expect(result).toEqual(right);
        expect(runs).toEqual([{ origin: 'schedule' }]);
        await moneyHolds(world);
      }),
    300_000,
  );
});
