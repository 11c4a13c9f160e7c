import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { Balancer } from './support/balancer.js';
import type { ProgramProcess } from './support/program-process.js';
import { account, drained, order, tally } from './support/provisioning.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

describe('asked to stop', () => {
  it('F23: a worker finishes or hands back what it does, within 20 s', () =>
    inWorld(async (world) => {
      await world.setRouter('good', { latency_ms: 25_000 });
      const [api, leaving] = (await world.startAll('api', 'worker')) as [ProgramProcess, ProgramProcess];
      const long = await order(world, api, 1);
      await until('the long job runs', async () => (await tally(world)).running === 1, 10_000);
      // From here on the router is quick, so that the other worker need not take as long again.
      await world.setRouter('good', { latency_ms: 1_000 });
      const short = await order(world, api, 10, 2);
      await until('the short jobs run', async () => (await tally(world)).running > 1, 10_000);
      await world.start('worker');
      const stopMs = await leaving.terminate();
      const watch = stopwatch();
      await drained(world, 15_000);
      const result = await account(world, [...long, ...short]);
      const handed = await world.row<{ deaths: number }>('SELECT max(deaths) AS deaths FROM work_items');
      report('F23', { ...result, stop_seconds: (stopMs / 1_000).toFixed(1), finished_elsewhere_after: watch.seconds(), deaths: handed.deaths });
      expect(leaving.ended).toBe(0);
      expect(stopMs).toBeLessThanOrEqual(20_000);
      expect(result).toMatchObject({ accepted: 11, finished: 11, dead: 0, lost: 0, duplicated: 0 });
      // Being asked to stop is nobody's death.
      expect(handed.deaths).toBe(0);
    }), 90_000);

  it('F22: APIs are replaced one after another without a single failed request', () =>
    inWorld(async (world) => {
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
      const { count } = await world.row<{ count: number }>(`SELECT count(*)::integer AS count FROM customers WHERE email LIKE 'f22-%'`);
      report('F22', { sent, failed: failures.length, created, rows: count, stop_seconds: stops.map((ms) => (ms / 1_000).toFixed(1)).join('/') });
      expect(failures).toEqual([]);
      expect(count).toBe(created);
      expect([first.ended, second.ended]).toEqual([0, 0]);
      expect(Math.max(...stops)).toBeLessThanOrEqual(25_000);
    }, { ISP_SHUTDOWN_GRACE_SECONDS: '2' }), 120_000);
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
  let stopped = false;
  const pending = new Set<Promise<void>>();
  const start = monotonicMs();
  const loop = (async () => {
    for (let sent = 0; !stopped; await sleep(10)) {
      // Open loop: what is due is sent, whether or not earlier requests were answered.
      for (; sent < ((monotonicMs() - start) / 1_000) * perSecond; sent += 1) {
        const request: Promise<void> = balancer.request(sent).finally(() => pending.delete(request));
        pending.add(request);
      }
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await loop;
      await Promise.all(pending);
    },
  };
}
