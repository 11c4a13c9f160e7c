import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { CALLS, addressed } from '../support/api-calls.js';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({ settings: { ISP_CLOCK_AHEAD_DAYS: '9' }, seeded: true });
}, 120_000);
afterAll(() => world.close());

it('changes a price on the day that the program goes by, where it is ahead of the calendar', async () => {
  const operation = 'POST /v1/services/:service_id/change-plan';
  const { thing = '', body } = CALLS[operation] ?? {};
  const id = await factory(world).make[thing as 'service'](1);
  const key = await world.keyOf(1, PERMISSIONS, 'all');
  const { method, path } = addressed(operation, id);
  const answer = await world.ask(path, { method, key, body: body?.() });
  expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"applied"')]);
  const [row] = await world.sql<{ days: number[] }>(
    `SELECT array_agg(round(extract(epoch FROM valid_from - now()) / 86400)::integer ORDER BY id) AS days FROM service_terms WHERE service_id = ${id}`,
  );
  expect(row?.days).toEqual([0, 9]);
});
