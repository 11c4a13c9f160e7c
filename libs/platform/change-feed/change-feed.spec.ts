import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActorFor } from '@isp/contracts';
import { type Clock, addSeconds, systemClock } from '@isp/kernel';
import { API_LIMITS, UnitOfWork, createDataSource } from '@isp/platform/database';
import { Log, createLogger } from '@isp/platform/logging';
import fc from 'fast-check';
import { Client } from 'pg';
import type { DataSource } from 'typeorm';
import { query } from '../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { ChangeFeed, deltaStatement } from './change-feed.js';

const SERVICES = 12;
const WRITERS = 6;
const ACTOR = systemActorFor('spec', 1);
const DELTA = deltaStatement('spec-delta', {
  kind: 'service',
  columns: 's.id, s.version',
  joins: 'JOIN services s ON s.id = c.row_id',
  order: 'found.id',
});

interface Row {
  readonly id: number;
  readonly version: number;
}

let database: TestDatabase;
let source: DataSource;
let feed: ChangeFeed;
let shift = 0;
let ids: number[];

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = { url: database.appUrl, max: 4, limits: API_LIMITS, applicationName: 'spec' };
  source = await createDataSource(pool, []).initialize();
  const clock: Clock = { now: () => addSeconds(systemClock.now(), shift) };
  feed = new ChangeFeed(new UnitOfWork(source), new Log(createLogger('silent', 'spec')), clock);
  await query(
    database.ownerUrl,
    `INSERT INTO plans (sku, name, category, service_type, monthly_amount, currency) VALUES ('S', 'S', 'S', 'voice', 1, 'USD');
     INSERT INTO customers (partner_id, name, email, phone) VALUES (1, 'S', 's@s.example', '+1')`,
  );
  const rows = await query<{ id: number }>(
    database.ownerUrl,
    `INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
     SELECT 1, 1, 'voice', 1, 1, 0, 'USD' FROM generate_series(1, ${SERVICES}) RETURNING id`,
  );
  ids = rows.map(({ id }) => id);
}, 120_000);
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

/** One step of a writer: which services it changes, how long it stays open then, and whether it takes it back. */
const step = fc.record({
  services: fc.uniqueArray(fc.nat(SERVICES - 1), { minLength: 1, maxLength: 3 }),
  holdMs: fc.nat(12),
  back: fc.boolean(),
});
/** What a reader does with an answer, and how long it waits until the next call. */
const reading = fc.record({
  waitMs: fc.nat(15),
  fate: fc.constantFrom('confirm', 'confirm', 'confirm', 'release', 'crash'),
});

async function write(steps: readonly { services: number[]; holdMs: number; back: boolean }[]): Promise<void> {
  const client = new Client({ connectionString: database.ownerUrl });
  await client.connect();
  for (const { services, holdMs, back } of steps) {
    await client.query('BEGIN');
    // In one order, so that writers cannot wait for each other in a circle.
    for (const at of [...services].sort((a, b) => a - b))
      await client.query('UPDATE services SET version = version + 1 WHERE id = $1', [ids[at]]);
    await sleep(holdMs);
    await client.query(back ? 'ROLLBACK' : 'COMMIT');
  }
  await client.end();
}

/** Takes a window of its own, past claims that ran out. */
async function take() {
  shift += 601;
  return feed.take<Row>(ACTOR, 'service', DELTA, false);
}

describe('the change feed', () => {
  it('tells every committed change once, whatever order transactions commit in and whatever becomes of answers', async () => {
    let [answers, changes] = [0, 0];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(step, { maxLength: 8 }), { minLength: WRITERS, maxLength: WRITERS }),
        fc.array(reading, { minLength: 5, maxLength: 12 }),
        async (writers, readings) => {
          await (await take()).confirm();
          const told = new Map<number, number>();
          const writing = Promise.all(writers.map(write));
          const keep = async (fate: string): Promise<void> => {
            const { rows, confirm, release } = await take();
            // A crash is no call at all.
            if (fate === 'release') return release();
            if (fate === 'crash') return;
            for (const { id, version } of rows) {
              // Never the same version twice, never an older one.
              expect(version).toBeGreaterThan(told.get(id) ?? 0);
              told.set(id, version);
            }
            answers += 1;
            changes += rows.length;
            await confirm();
          };
          for (const { waitMs, fate } of readings) {
            await keep(fate);
            await sleep(waitMs);
          }
          await writing;
          await keep('confirm');
          await keep('confirm');
          const now = await query<Row>(database.ownerUrl, 'SELECT id, version FROM services');
          const known = new Map(now.map(({ id, version }) => [id, version]));
          // Nothing is missed: what was told last of each is what it is.
          for (const [id, version] of told) expect(known.get(id)).toBe(version);
          const changed = new Set(
            writers.flatMap((steps) => steps.filter(({ back }) => !back).flatMap(({ services }) => services)),
          );
          expect([...told.keys()].sort()).toEqual([...changed].map((at) => ids[at] as number).sort());
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
    process.stdout.write(`change feed: ${changes} changes in ${answers} answers, none missed, none twice\n`);
  }, 120_000);

  it('lets only the newest answer move the cursor', async () => {
    await (await take()).confirm();
    const slow = await take();
    await query(database.ownerUrl, `UPDATE services SET version = version + 1 WHERE id = ${ids[0]}`);
    const newer = await take();
    expect(newer.rows).toHaveLength(1);
    await slow.confirm();
    await newer.release();
    const again = await take();
    expect(again.rows).toHaveLength(1);
    await again.confirm();
    expect((await take()).rows).toEqual([]);
  });
});
