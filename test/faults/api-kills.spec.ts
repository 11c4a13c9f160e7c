import { describe, expect, it } from '@jest/globals';
import { ask } from './support/http.js';
import { account, drained } from './support/provisioning.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const CUSTOMER = { name: 'Fay Fault', email: 'fay.fault@example.com', phone: '+12025550199' };

const customers = (world: World): Promise<{ count: number }> =>
  world.row<{ count: number }>('SELECT count(*)::integer AS count FROM customers WHERE email = $1', [CUSTOMER.email]);

describe('a killed API', () => {
  it('F5: answers a retry with what the unanswered first request did', () =>
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
      report('F5', { committed, retry: second.status, replayed: String(second.headers.get('idempotent-replayed')), count });
      expect([committed, second.status, second.headers.get('idempotent-replayed'), count]).toEqual([1, 201, 'true', 1]);
      expect([third.status, third.body, third.headers.get('location')]).toEqual([201, second.body, second.headers.get('location')]);
      const found = await ask(`${api.url}${second.headers.get('location')}`, world.database.apiKey);
      expect(found.body).toMatchObject({ email: CUSTOMER.email });
    }), 60_000);

  it('F6: loses no order between commit and queue, whichever side dies there', () =>
    inWorld(async (world) => {
      const api = await world.start('api', { ISP_FAIL_POINT: 'work.before-wake' });
      api.endIsAsked = true;
      const unanswered = await ask(`${api.url}/v1/services/1/provision`, world.database.apiKey, { method: 'POST', body: {} });
      expect([unanswered.status, await api.end()]).toEqual([0, 'SIGKILL']);
      const job = await world.row<{ id: number }>('SELECT id FROM provisioning_jobs');
      // The first worker dies too: it has taken the work from the database and handed it to no queue.
      const taker = await world.start('worker', { ISP_FAIL_POINT: 'work.after-take' });
      taker.endIsAsked = true;
      expect(await taker.end()).toBe('SIGKILL');
      const watch = stopwatch();
      await world.start('worker');
      await drained(world, 15_000);
      const result = await account(world, [{ jobId: job.id, serviceId: 1 }]);
      report('F6', { ...result, seconds: watch.seconds() });
      expect(result).toMatchObject({ accepted: 1, finished: 1, lost: 0, duplicated: 0 });
    }), 60_000);

  it('F6: needs no wake-up call to find an order', () =>
    inWorld(async (world) => {
      await world.start('worker');
      const api = await world.start('api', { ISP_FAIL_POINT: 'work.before-wake' });
      api.endIsAsked = true;
      await ask(`${api.url}/v1/services/1/provision`, world.database.apiKey, { method: 'POST', body: {} });
      const watch = stopwatch();
      await until('the job is there', async () => (await world.rows('SELECT FROM provisioning_jobs')).length === 1, 5_000);
      const counts = await drained(world, 15_000);
      report('F6', { unheard: 1, finished: counts.succeeded, seconds: watch.seconds() });
      expect(counts.succeeded).toBe(1);
    }), 60_000);
});
