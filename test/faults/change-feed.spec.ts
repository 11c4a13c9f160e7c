import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { ask } from './support/http.js';
import { inWorld, report, until, type World } from './support/world.js';

const PATH = '/wholesale/services/snapshot';
const SERVICES = 60;

interface Told {
  readonly service_id: string;
  readonly last_updated_date: string;
}

/** An ISP's side: what it got, told apart by service and time of change. */
class Isp {
  readonly last = new Map<string, string>();
  readonly seen = new Set<string>();
  answers = 0;
  rows = 0;
  twice = 0;

  constructor(private readonly world: World) {}

  /** One call in a window of its own; answers whether an answer came. */
  async call(url: string): Promise<boolean> {
    const answer = await ask(url + PATH, this.world.database.apiKey, { timeoutMs: 10_000 });
    if (answer.status !== 200) return false;
    const rows = Object.values(answer.body) as unknown as Told[];
    this.answers += 1;
    this.rows += rows.length;
    for (const { service_id: id, last_updated_date: at } of rows) {
      if (this.seen.has(`${id} ${at}`)) this.twice += 1;
      this.seen.add(`${id} ${at}`);
      this.last.set(id, at);
    }
    return true;
  }

  /** Ten minutes later, for the cursor: what is confirmed is confirmed, what is not has run out. */
  async later(): Promise<void> {
    await this.world.rows(`UPDATE change_cursors SET upto_at = upto_at - interval '10 minutes', claimed_until = NULL`);
  }

  confirmed(): Promise<unknown> {
    const open = 'SELECT FROM change_cursors WHERE claimed_until IS NOT NULL';
    return until('the answer is confirmed', async () => (await this.world.rows(open)).length === 0, 10_000);
  }
}

/** Changes services in transactions that stay open for a while; one in five is taken back. Answers how to stop it. */
function keepWriting(world: World, seed: number): { readonly stop: () => Promise<number> } {
  const going = new AbortController();
  let committed = 0;
  const work = (async () => {
    const client = new Client({ connectionString: world.database.superUrl });
    await client.connect();
    for (let n = seed, turn = 0; !going.signal.aborted; n += 7, turn += 1) {
      const id = (n % SERVICES) + 1;
      await client.query('BEGIN');
      await client.query('UPDATE services SET version = version + 1, updated_at = clock_timestamp() WHERE id = $1', [
        id,
      ]);
      await sleep((n * 13) % 40);
      const back = turn % 5 === 0;
      await client.query(back ? 'ROLLBACK' : 'COMMIT');
      if (!back) committed += 1;
    }
    await client.end();
  })();
  return {
    stop: async () => {
      going.abort();
      await work;
      return committed;
    },
  };
}

/** What the ISP believes, beside what is. */
async function missed(world: World, isp: Isp): Promise<number> {
  const now = await world.rows<{ guid: string; at: Date }>(
    `SELECT upper(guid::text) AS guid, date_trunc('milliseconds', updated_at) AS at FROM services s
       JOIN tracked_changes t ON t.kind = 'service' AND t.row_id = s.id`,
  );
  return now.filter(({ guid, at }) => isp.last.get(guid) !== at.toISOString()).length;
}

describe('the snapshot of an ISP', () => {
  it(
    'F40: an API that dies anywhere in an answer neither loses a change nor tells an answered one twice',
    () =>
      inWorld(async (world) => {
        const isp = new Isp(world);
        await world.rows('DELETE FROM tracked_changes');
        const writers = [1, 2, 3, 4].map((seed) => keepWriting(world, seed));
        let [kills, cut, repeated, api] = [0, 0, 0, await world.start('api')];
        // It dies with the answer ready and nothing sent, with everything sent and nothing confirmed, or anywhere.
        const places = ['http.before-answer', 'change-feed.before-confirm', '', ''];
        for (const [round, place] of places.entries()) {
          expect(await isp.call(api.url)).toBe(true);
          await isp.confirmed();
          await isp.later();
          await api.kill();
          api = await world.start('api', place ? { ISP_FAIL_POINT: place } : {});
          api.endIsAsked = true;
          const before = isp.twice;
          const calling = isp.call(api.url);
          await sleep(place ? 0 : round * 9);
          if (!place) void api.kill();
          if (!(await calling)) cut += 1;
          expect(isp.twice).toBe(before);
          await api.end();
          kills += 1;
          await isp.later();
          api = await world.start('api');
          // What was answered by a process that died before it could write that down comes once more.
          const known = isp.twice;
          const again = await isp.call(api.url);
          expect(again).toBe(true);
          if (place === 'http.before-answer') expect(isp.twice).toBe(known);
          repeated += isp.twice - known;
          isp.twice = known;
          await isp.confirmed();
          await isp.later();
        }
        const committed = (await Promise.all(writers.map(({ stop }) => stop()))).reduce((sum, one) => sum + one, 0);
        expect(await isp.call(api.url)).toBe(true);
        await isp.confirmed();
        const lost = await missed(world, isp);
        const figures = { accepted: committed, answers: isp.answers, kills, cut, finished: isp.rows, repeated };
        report('F40', { ...figures, lost, duplicated: isp.twice });
        expect([lost, isp.twice]).toEqual([0, 0]);
      }),
    180_000,
  );

  it(
    'F41: of twenty calls at two APIs at once one is answered',
    () =>
      inWorld(async (world) => {
        const apis = await world.startAll('api', 'api');
        const answers = await Promise.all(
          Array.from({ length: 20 }, (_, n) => ask(`${apis[n % 2]?.url}${PATH}`, world.database.apiKey)),
        );
        const count = (status: number) => answers.filter((answer) => answer.status === status).length;
        const told = answers.filter(({ status, headers }) => status === 429 && Number(headers.get('retry-after')) > 0);
        report('F41', {
          accepted: 20,
          finished: count(200),
          refused: told.length,
          lost: 0,
          duplicated: count(200) - 1,
        });
        expect([count(200), told.length]).toEqual([1, 19]);
      }),
    90_000,
  );
});
