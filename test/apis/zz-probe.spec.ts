import { expect, it } from '@jest/globals';
import { apiWorld } from '../support/api-world.js';

it('probe', async () => {
  const world = await apiWorld();
  const a = await world.ask('/admin/queues/api/queues');
  console.log(a.status, a.text, JSON.stringify([...a.headers]));
  const b = await world.ask('/docs/nothing');
  console.log(b.status, b.text, JSON.stringify([...b.headers]));
  await world.close();
  expect(1).toBe(1);
}, 120_000);
