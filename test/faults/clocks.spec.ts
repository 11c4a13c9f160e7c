import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { billedAccounts } from '../support/billed-accounts.js';
import { describeUnless } from '../support/needs.js';
import { ask } from './support/http.js';
import { JumpingClock, missingForClocks } from './support/jumping-clock.js';
import type { ProgramProcess } from './support/program-process.js';
import { account, drained, order, tally } from './support/provisioning.js';
import { inWorld, report, until, type World } from './support/world.js';

const ACCOUNTS = 60;
/** How far the clock is set forward, and then back from there: an hour and a half ahead, then as much behind. */
const AHEAD = 5_400;
const JOBS = 120;

/**
 * A third of the accounts is due on a day that began half an hour ago, or up to an hour and a half, where they are, a
 * third tomorrow, which comes there within as much, and a third since long. Whoever is an hour and a half ahead would
 * bill the second early; whoever is behind, the first late.
 */
const DAYS = `
  WITH zoned AS (
    SELECT name, extract(epoch FROM (now() AT TIME ZONE name)::time) / 60 AS minutes FROM pg_timezone_names WHERE name ~ '^Etc/GMT[+-]'),
  zones AS (
    SELECT (SELECT name FROM zoned WHERE minutes BETWEEN 15 AND 75 ORDER BY minutes DESC LIMIT 1) AS begun,
           (SELECT name FROM zoned WHERE minutes BETWEEN 1365 AND 1425 ORDER BY minutes LIMIT 1) AS ending),
  billed AS (
    SELECT a.id, row_number() OVER (ORDER BY a.id) % 3 AS third FROM billing_accounts a JOIN customers c ON c.id = a.customer_id
     WHERE c.email LIKE 'billed-%')
  UPDATE billing_accounts a
     SET time_zone = CASE b.third WHEN 0 THEN z.begun ELSE z.ending END,
         next_run_on = CASE b.third WHEN 0 THEN (now() AT TIME ZONE z.begun)::date WHEN 1 THEN (now() AT TIME ZONE z.ending)::date + 1 END
    FROM billed b CROSS JOIN zones z WHERE b.id = a.id RETURNING b.third::integer AS third, a.id`;

/** Has the day's run looked for, now and not within the minute, and waits until it is over. */
async function billed(world: World): Promise<void> {
  const { at } = await world.row<{ at: string }>(
    `UPDATE schedules SET next_run_at = now() WHERE name = 'billing.run-due' RETURNING clock_timestamp()::text AS at`,
  );
  const over = `SELECT s.last_run_at > $1 AND NOT EXISTS (SELECT FROM billing_runs WHERE status = 'running')
       AND NOT EXISTS (SELECT FROM work_items WHERE status IN ('queued', 'running') AND payload->>'schedule' = s.name) AS over
    FROM schedules s WHERE name = 'billing.run-due'`;
  await until('the run is over', async () => (await world.row<{ over: boolean }>(over, [at])).over, 30_000);
}
/** Invoices of each third of the accounts. */
async function invoices(world: World, thirds: ReadonlyMap<number, number>): Promise<number[]> {
  const found = await world.rows<{ id: number }>(`SELECT account_id AS id FROM invoices WHERE status <> 'draft'`);
  return [0, 1, 2].map((third) => found.filter(({ id }) => thirds.get(id) === third).length);
}
/** Schedules that ran at a time that is not yet, or that wait longer than their period. */
const strays = (world: World): Promise<unknown[]> =>
  world.rows(`SELECT name, last_run_at, next_run_at FROM schedules
               WHERE last_run_at > clock_timestamp() OR next_run_at > clock_timestamp() + make_interval(secs => every_seconds)`);
const noticed = (process: ProgramProcess, pattern: RegExp): Promise<unknown> =>
  until('the jump is noticed', () => process.said(pattern).at(0), 15_000);

async function withClock(work: (clock: JumpingClock, world: World) => Promise<void>): Promise<void> {
  const clock = new JumpingClock();
  try {
    await inWorld((world) => work(clock, world));
  } finally {
    clock.remove();
  }
}

describeUnless(missingForClocks, 'F16: a machine whose clock is set forward and back', () => {
  it(
    'bills nobody early, late or twice, and no schedule runs by its clock',
    () =>
      withClock(async (clock, world) => {
        await world.rows(billedAccounts(ACCOUNTS, 1));
        const rows = await world.rows<{ id: number; third: number }>(DAYS);
        const thirds = new Map(rows.map(({ id, third }) => [id, third]));
        const each = ACCOUNTS / 3;
        await world.rows(
          `UPDATE schedules SET next_run_at = now() + interval '1 minute' WHERE name = 'billing.run-due'`,
        );
        const worker = await world.start('worker', clock.settings);

        clock.set(-AHEAD);
        await noticed(worker, /machine's clock is 5400 s behind/);
        await billed(world);
        expect(await invoices(world, thirds)).toEqual([each, 0, each]);

        clock.set(AHEAD);
        await noticed(worker, /machine's clock is 5400 s ahead/);
        await billed(world);
        await billed(world);
        const result = await invoices(world, thirds);
        report('F16 billing', { due_today: `${result[0]}`, due_tomorrow: `${result[1]}`, due_before: `${result[2]}` });
        expect(result).toEqual([each, 0, each]);
        expect(await strays(world)).toEqual([]);
        const future = await world.row<{ n: number }>(
          'SELECT count(*)::integer AS n FROM invoices WHERE issued_at > clock_timestamp() OR created_at > clock_timestamp()',
        );
        expect(future.n).toBe(0);
      }),
    180_000,
  );

  it(
    'keeps its work to itself: no piece is taken over, and each effect is made once',
    () =>
      withClock(async (clock, world) => {
        await world.setRouter('good', { latency_ms: 1_000 });
        const api = await world.start('api');
        const settings = { ISP_WORKER_CONCURRENCY: '8' };
        const workers = [
          await world.start('worker', { ...settings, ...clock.settings }),
          await world.start('worker', settings),
        ];
        const accepting = order(world, api, JOBS);
        await until('both are at work', async () => (await tally(world)).running >= 12, 30_000);
        clock.set(AHEAD);
        await sleep(4_000);
        clock.set(-AHEAD);
        const accepted = await accepting;
        const running = (await tally(world)).running;
        await drained(world, 120_000);
        const result = await account(world, accepted);
        const { deaths } = await world.row<{ deaths: number }>('SELECT max(deaths)::integer AS deaths FROM work_items');
        report('F16 work', { ...result, running_at_jump: running, deaths });
        expect(running).toBeGreaterThan(0);
        expect(result).toMatchObject({
          accepted: JOBS,
          finished: JOBS,
          dead: 0,
          lost: 0,
          duplicated: 0,
          askedAgain: 0,
        });
        expect([deaths, ...workers.map((one) => one.said(/fenced|taken over/).length)]).toEqual([0, 0, 0]);
        expect(await strays(world)).toEqual([]);
      }),
    240_000,
  );

  it(
    'issues tokens that hold as long as those of the others, and believes theirs',
    () =>
      withClock(async (clock, world) => {
        const [jumping, other] = [await world.start('api', clock.settings), await world.start('api')];
        const key = world.database.apiKey;
        const body = {
          grant_type: 'client_credentials',
          client_id: key.split('_')[2]?.slice(0, 8),
          client_secret: key,
        };
        for (const seconds of [AHEAD, -AHEAD]) {
          clock.set(seconds);
          await sleep(500);
          for (const [issuer, reader] of [
            [jumping, other],
            [other, jumping],
          ] as const) {
            const answer = await ask(`${issuer.url}/v1/oauth/token`, '', { method: 'POST', body });
            const token = answer.body['access_token'] as string;
            const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
              exp: number;
            };
            const { now } = await world.row<{ now: number }>(
              'SELECT extract(epoch FROM clock_timestamp())::float8 AS now',
            );
            expect(Math.abs(exp - now - 600)).toBeLessThan(10);
            const headers = { authorization: `Bearer ${token}` };
            expect((await ask(`${reader.url}/v1/customers`, '', { headers })).status).toBe(200);
          }
        }
      }),
    120_000,
  );
});
