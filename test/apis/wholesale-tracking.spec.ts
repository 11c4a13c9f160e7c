import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { factory } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, MovableClock, apiWorld, askUntilServed } from '../support/api-world.js';

const PATH = '/wholesale/services/snapshot';
const RIPPLE = 4;
const SAVANNA = 5;
const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let ripple: string;
let savanna: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  [ripple, savanna] = [await world.keyOf(RIPPLE, ['service.read']), await world.keyOf(SAVANNA, ['service.read'])];
}, 120_000);
afterAll(() => world.close());
beforeEach(() => made.sql('DELETE FROM change_cursors; DELETE FROM tracked_changes'));

interface Row {
  readonly service_id: string;
  readonly status: string;
  readonly last_updated_date: string;
}

const call = (path = PATH, key = ripple) => world.ask(path, { key });
const inTheEnd = () => askUntilServed(world.program.url + PATH, { key: ripple }, ({ status }) => status === 503);
const ids = (answer: Answered) => answer.json<Row[]>().map(({ service_id: id }) => id);
const guidOf = async (id: number | string) =>
  (await made.sql<{ guid: string }>(`SELECT upper(guid::text) AS guid FROM services WHERE id = ${id}`))[0]?.guid ?? '';
const touch = (id: number | string) =>
  made.sql(`UPDATE services SET version = version + 1, notes = 'x' WHERE id = ${id}`);

/** What the process does once the answer has left, which is not waited for by whoever reads it. */
async function settled(): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 20) {
    const open = await made.sql('SELECT FROM change_cursors WHERE claimed_until IS NOT NULL');
    if (open.length === 0) return;
    await sleep(20);
  }
  throw new Error('an answer was neither confirmed nor released');
}

/** A call in a window of its own. */
async function next(path = PATH, key = ripple): Promise<string[]> {
  await settled();
  clock.shiftSeconds += 601;
  const answer = await call(path, key);
  expect(answer.status).toBe(200);
  await settled();
  return ids(answer);
}

describe('GET /wholesale/services/snapshot', () => {
  it('shows the fields of the document, nothing else', async () => {
    const id = await made.make.service(RIPPLE);
    const [row] = (await call()).json<object[]>();
    expect(row).toEqual({
      service_id: await guidOf(id),
      customer_name: expect.stringMatching(/^Made \d+$/),
      full_address: null,
      status: 'Pending installation',
      product: expect.any(String),
      last_updated_date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
  });

  it('begins with 24 hours, then tells what changed since, each once', async () => {
    const [a, b] = [await made.make.service(RIPPLE), await made.make.service(RIPPLE)];
    await made.sql(`UPDATE tracked_changes SET changed_at = now() - interval '25 hours' WHERE row_id = ${a}`);
    clock.shiftSeconds = 0;
    const first = await call();
    expect(ids(first)).toEqual([await guidOf(b)]);
    expect(await next()).toEqual([]);
    await touch(a);
    await touch(b);
    await touch(a);
    expect((await next()).sort()).toEqual([await guidOf(a), await guidOf(b)].sort());
    expect(await next()).toEqual([]);
  });

  it('does not call it a change when only the network looks different', async () => {
    const id = await made.make.service(RIPPLE);
    await next();
    await made.sql(`UPDATE services SET operational_status = 'degraded', updated_at = now() WHERE id = ${id}`);
    expect(await next()).toEqual([]);
  });

  it('is answered once in ten minutes: of twenty at once, one', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, inTheEnd));
    const refused = answers.filter(({ status }) => status === 429);
    expect([answers.filter(({ status }) => status === 200).length, refused.length]).toEqual([1, 19]);
    for (const answer of refused) {
      expect(answer.json()).toEqual({ code: 429, errors: [expect.stringContaining('10 minutes')] });
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    await settled();
    const again = await call();
    expect([again.status, Number(again.headers.get('retry-after'))]).toEqual([429, expect.closeTo(600, -1)]);
    expect((await call(PATH, savanna)).status).toBe(200);
  });

  it('tells one ISP nothing of another’s', async () => {
    const [own, other] = [await made.make.service(SAVANNA), await made.make.service(RIPPLE)];
    expect(ids(await call(PATH, savanna))).toEqual([await guidOf(own)]);
    expect(ids(await call())).toEqual([await guidOf(other)]);
  });

  it('neither misses nor repeats a change whose transaction commits after a later one was told', async () => {
    const [late, early] = [await made.make.service(RIPPLE), await made.make.service(RIPPLE)];
    await next();
    const slow = new Client({ connectionString: world.database.superUrl });
    await slow.connect();
    await slow.query('BEGIN');
    await slow.query(`UPDATE services SET version = version + 1, updated_at = now() WHERE id = ${late}`);
    await touch(early);
    expect(await next()).toEqual([await guidOf(early)]);
    await slow.query('COMMIT');
    await slow.end();
    expect(await next()).toEqual([await guidOf(late)]);
    expect(await next()).toEqual([]);
  });

  it('says nothing of what was rolled back', async () => {
    const id = await made.make.service(RIPPLE);
    await next();
    await made.sql(`BEGIN; UPDATE services SET version = version + 1 WHERE id = ${id}; ROLLBACK`);
    expect(await next()).toEqual([]);
  });

  it('answers once more what was lost on its way, with what came since, three times', async () => {
    const [a, b] = [await made.make.service(RIPPLE), await made.make.service(RIPPLE)];
    expect((await call(`${PATH}?repeat=true`)).status).toBe(409);
    expect(await next()).toHaveLength(2);
    await touch(a);
    expect(await next()).toEqual([await guidOf(a)]);
    const repeated: string[][] = [];
    for (const service of [b, a, b]) {
      await touch(service);
      repeated.push(ids(await call(`${PATH}?repeat=true`)).sort());
      await settled();
    }
    const both = [await guidOf(a), await guidOf(b)].sort();
    expect(repeated).toEqual([both, both, both]);
    expect((await call(`${PATH}?repeat=true`)).status).toBe(429);
    expect((await call()).status).toBe(429);
    await touch(a);
    expect(await next()).toEqual([await guidOf(a)]);
  });

  it('is not used up by a caller that went away before its answer', async () => {
    const id = await made.make.service(RIPPLE);
    await made.sql(`INSERT INTO change_cursors (partner_id, kind) VALUES (${RIPPLE}, 'service')`);
    const lock = new Client({ connectionString: world.database.superUrl });
    await lock.connect();
    await lock.query('BEGIN; SELECT FROM change_cursors FOR UPDATE');
    const leaving = new AbortController();
    const gone = fetch(world.program.url + PATH, { headers: { 'x-api-key': ripple }, signal: leaving.signal });
    await sleep(300);
    leaving.abort();
    await expect(gone).rejects.toThrow('aborted');
    await lock.query('COMMIT');
    await lock.end();
    const claimed = async () =>
      (await made.sql<{ claim: number }>('SELECT claim FROM change_cursors WHERE claimed_until IS NULL'))[0]?.claim;
    while ((await claimed()) !== 1) await sleep(20);
    expect(ids(await call())).toEqual([await guidOf(id)]);
  });

  it('goes by the clock where the database is another one than it was', async () => {
    const [before, after] = [await made.make.service(RIPPLE), await made.make.service(RIPPLE)];
    await next();
    await made.sql(
      `UPDATE change_cursors SET cluster = 'another'; UPDATE tracked_changes SET changed_at = now() - interval '3 days' WHERE row_id = ${before}`,
    );
    await made.sql(`UPDATE tracked_changes SET changed_at = now() + interval '1 day' WHERE row_id = ${after}`);
    expect(await next()).toEqual([await guidOf(after)]);
    expect(await next()).toEqual([]);
  });

  it.each(['repeat=1', 'repeat=', 'page=2', 'repeat=true&repeat=false', '%00=1'])('refuses ?%s', async (query) => {
    const answer = await call(`${PATH}?${query}`);
    expect([answer.status, answer.json()]).toEqual([
      400,
      expect.objectContaining({ code: 400, errors: expect.anything() }),
    ]);
  });
});
