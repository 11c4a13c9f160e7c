import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { Balancer } from './support/balancer.js';
import { ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { inWorld, report, type World } from './support/world.js';

const CUSTOMER = { name: 'Fay Fault', email: 'fay.fault@example.com', phone: '+12025550199' };

const customers = (world: World): Promise<{ count: number }> =>
  world.row<{ count: number }>('SELECT count(*)::integer AS count FROM customers WHERE email = $1', [CUSTOMER.email]);

describe('an API that ends', () => {
  it(
    'F5: answers a retry with what the unanswered first request did',
    () =>
      inWorld(async (world) => {
        const dying = await world.start('api', { ISP_FAIL_POINT: 'http.before-answer' });
        dying.endIsAsked = true;
        const request = { method: 'POST', body: CUSTOMER, key: 'f5-create-customer' } as const;
        const first = await ask(`${dying.url}/v1/customers`, world.database.apiKey, request);
        expect([first.status, await dying.end()]).toEqual([0, 'SIGKILL']);
        const committed = (await customers(world)).count;
        const api = await world.start('api');
        const second = await ask(`${api.url}/v1/customers`, world.database.apiKey, request);
        const third = await ask(`${api.url}/v1/customers`, world.database.apiKey, request);
        const { count } = await customers(world);
        report('F5', {
          committed,
          retry: second.status,
          replayed: String(second.headers.get('idempotent-replayed')),
          count,
        });
        expect([committed, second.status, second.headers.get('idempotent-replayed'), count]).toEqual([
          1,
          201,
          'true',
          1,
        ]);
        expect([third.status, third.body, third.headers.get('location')]).toEqual([
          201,
          second.body,
          second.headers.get('location'),
        ]);
        const found = await ask(`${api.url}${second.headers.get('location')}`, world.database.apiKey);
        expect(found.body).toMatchObject({ email: CUSTOMER.email });
      }),
    120_000,
  );

  it(
    'F22: APIs are replaced one after another without a single failed request',
    () =>
      inWorld(
        async (world) => {
          const [first, second] = (await world.startAll('api', 'api')) as [ProgramProcess, ProgramProcess];
          const balancer = new Balancer(world.database.apiKey);
          balancer.add(first.url);
          balancer.add(second.url);
          const load = keepLoading(balancer, 100);
          await sleep(1_000);
          const stops = [await replace(world, balancer, first), await replace(world, balancer, second)];
          await sleep(500);
          await load.stop();
          const { failures, sent, created } = balancer.figures();
          await balancer.close();
          const { count } = await world.row<{ count: number }>(
            `SELECT count(*)::integer AS count FROM customers WHERE email LIKE 'f22-%'`,
          );
          report('F22', {
            sent,
            failed: Object.values(failures).reduce((sum, count) => sum + count, 0),
            created,
            rows: count,
            stop_seconds: stops.map((ms) => (ms / 1_000).toFixed(1)).join('/'),
          });
          expect(failures).toEqual({});
          expect(count).toBe(created);
          expect([first.ended, second.ended]).toEqual([0, 0]);
          expect(Math.max(...stops)).toBeLessThanOrEqual(25_000);
        },
        { ISP_SHUTDOWN_GRACE_SECONDS: '2' },
      ),
    120_000,
  );
});

/** Sends SIGTERM while 100 requests are under way, then starts a successor; answers the milliseconds it took to end. */
async function replace(world: World, balancer: Balancer, old: ProgramProcess): Promise<number> {
  const burst = Array.from({ length: 100 }, (_, index) => balancer.request(index, old.url));
  const stopping = old.terminate();
  await Promise.all(burst);
  const ms = await stopping;
  balancer.remove(old.url);
  balancer.add((await world.start('api')).url);
  return ms;
}

function keepLoading(balancer: Balancer, perSecond: number): { stop(): Promise<void> } {
  const ending = new AbortController();
  const pending = new Set<Promise<void>>();
  const start = monotonicMs();
  const loop = (async () => {
    for (let sent = 0; !ending.signal.aborted; await sleep(10)) {
      // A machine that cannot keep up gets less: this is about leaving, not about overload.
      for (; sent < ((monotonicMs() - start) / 1_000) * perSecond && balancer.underWay < 50; sent += 1) {
        const request: Promise<void> = balancer.request(sent).finally(() => pending.delete(request));
        pending.add(request);
      }
    }
  })();
  return {
    stop: async () => {
      ending.abort();
      await loop;
      await Promise.all(pending);
    },
  };
}
