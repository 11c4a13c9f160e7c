import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({ seeded: true });
}, 120_000);
afterAll(() => world.close());

it('shows what a service carried and how fast, and lets it off a limit once, with the reason in the audit trail', async () => {
  const made = factory(world);
  const id = Number(await made.make.throttled_service(2));
  await world.sql(
    `INSERT INTO usage_daily SELECT partner_id, customer_id, id, '2026-05-10', 30, 100, 10, 40 FROM services WHERE id = ${id}`,
  );
  const [own, noc] = [await world.tokenOf('reseller'), await world.tokenOf('noc')];
  const path = `/v1/services/${id}`;
  const usage = await world.ask(`${path}/usage?from=2026-05-09&to=2026-05-10`, { token: own });
  expect(usage.json()).toMatchObject({
    service_id: id,
    usage: [
      { period: '2026-05-09', bytes_total: 0 },
      { period: '2026-05-10', ipv4_bytes_downloaded: 60, ipv6_bytes_downloaded: 40, bytes_uploaded: 30 },
    ],
    total: { bytes_total: 130 },
  });
  const month = await world.ask(`/v1/usage?month=2026-05&service_id=${id}`, { token: own });
  expect(month.json()).toMatchObject({ usage: [{ service_id: id, bytes_total: 130 }], pagination: { total: 1 } });
  for (const query of ['from=2026-05-10&to=2026-05-09', 'from=2024-01-01&to=2026-05-09'])
    expect((await world.ask(`${path}/usage?${query}`, { token: own })).status).toBe(422);
  expect((await world.ask(`${path}/usage?from=2026-02-30`, { token: own })).status).toBe(400);
  const speed = await world.ask(`${path}/bandwidth`, { token: own });
  expect(speed.json()).toMatchObject({ percentile_95_bps: 0, throttlings: 1 });
  expect((await world.ask(`${path}/usage/throttling?state=open`, { token: own })).json()).toMatchObject({
    pagination: { total: 1 },
  });
  const restore = () =>
    world.ask(`${path}/usage/restore`, { method: 'POST', token: noc, body: { reason: 'Goodwill' } });
  expect((await restore()).json()).toMatchObject({ restored: [{ restored_by: 'manual', reason: 'Goodwill' }] });
  const again = await restore();
  expect([again.status, again.text.includes('THROTTLING_NONE')]).toEqual([409, true]);
  const audit = await world.ask('/v1/audit?action=usage.restore', { token: await world.tokenOf('admin') });
  expect(audit.text).toContain('Goodwill');
});
