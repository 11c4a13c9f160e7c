import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { seedSandbox } from '../../apps/sandbox/seed.js';
import { type ApiWorld, MASTER_KEYS, apiWorld } from '../support/api-world.js';

let world: ApiWorld;
let worker: RunningProgram;
beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  const settings = { DATABASE_URL: world.database.appUrl, ISP_MASTER_KEYS: MASTER_KEYS, ISP_LOG_LEVEL: 'silent' };
  worker = await startProgram(loadConfig({ ...settings, PORT: '0' }), { api: false, worker: true });
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

const accounts = () =>
  world.sql<{ customer: number; state: string; documents: number; balance: boolean }>(
    `SELECT a.customer_id AS customer, a.prepaid_state AS state, 'balance' = ANY (s.suspended_for) AS balance,
            (SELECT count(*)::integer FROM invoices i WHERE i.account_id = a.id AND i.origin = 'engine') AS documents
       FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE a.kind = 'prepaid' ORDER BY 1`,
  );

it('the sandbox has an account that pays ahead and is on, and one that is off', async () => {
  for (const start = monotonicMs(); monotonicMs() - start < 90_000; await sleep(250)) {
    const states = (await accounts()).map(({ state }) => state);
    if (states.length === 2 && !states.includes('idle')) break;
  }
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
