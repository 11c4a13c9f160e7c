import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SampleBandwidth } from '@isp/domain/usage';
import { seedUsage } from '../../apps/sandbox/seed-usage.js';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { violations } from '../support/invariants.js';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  await seedUsage(world.database.ownerUrl);
}, 120_000);
afterAll(() => world.close());

const count = async (what: string): Promise<number> =>
  Number((await world.sql<{ n: string }>(`SELECT count(*) AS n FROM ${what}`))[0]?.n);

it('gives the sandbox a past whose days, sessions and samples have the same sums', async () => {
  const [lived] = await world.sql<{ services: number; days: number }>(
    `SELECT count(*) FILTER (WHERE l.days > 0)::integer AS services, sum(l.days)::integer AS days FROM services s JOIN partners p ON p.id = s.partner_id
      CROSS JOIN LATERAL (SELECT least(62, (now() AT TIME ZONE p.time_zone)::date - (s.activated_at AT TIME ZONE p.time_zone)::date) AS days) l
      WHERE s.service_type = 'internet' AND s.status IN ('provisioning', 'active', 'suspended') AND s.activated_at IS NOT NULL`,
  );
  expect(lived?.services).toBeGreaterThan(80);
  expect(await count('radius.radacct')).toBe(lived?.days);
  expect(await count('(SELECT DISTINCT service_id, day FROM usage_daily) x')).toBe(lived?.days);
  const differ = await world.sql(
    `SELECT service_id FROM (SELECT service_id, sum(acctinputoctets) AS up, sum(acctoutputoctets) AS down, sum(acctipv6outputoctets) AS six FROM radius.radacct GROUP BY 1) s
       FULL JOIN (SELECT service_id, sum(input_octets) AS up, sum(output_octets) AS down, sum(ipv6_output_octets) AS six FROM usage_daily GROUP BY 1) d USING (service_id)
      WHERE (s.up, s.down, s.six) IS DISTINCT FROM (d.up, d.down, d.six)`,
  );
  expect(differ).toEqual([]);
  const sampled = await world.sql<{ off: string; days: number }>(
    `SELECT count(*) FILTER (WHERE (b.up, b.down) IS DISTINCT FROM (d.input_octets::numeric, d.output_octets::numeric)) AS off, count(DISTINCT b.day)::integer AS days
       FROM (SELECT s.service_id, (s.at AT TIME ZONE p.time_zone)::date AS day, sum(s.input_octets) AS up, sum(s.output_octets) AS down
               FROM bandwidth_samples s JOIN partners p ON p.id = s.partner_id GROUP BY 1, 2) b LEFT JOIN usage_daily d USING (service_id, day)`,
  );
  expect(sampled[0]?.off).toBe('0');
  expect(sampled[0]?.days).toBeGreaterThanOrEqual(3);
  expect(await violations(world.database.ownerUrl)).toEqual({});
});

it('is made once, and is not sampled again', async () => {
  const sums = () =>
    world.sql(
      'SELECT (SELECT count(*) FROM radius.radacct) AS sessions, (SELECT sum(output_octets) FROM bandwidth_samples) AS sampled',
    );
  const before = await sums();
  await seedUsage(world.database.ownerUrl);
  await factory(world).use(SampleBandwidth).execute();
  expect(await sums()).toEqual(before);
});

it('is drawn', async () => {
  const token = await world.tokenOf('support');
  const path = '/v1/services/1/usage/chart.svg?granularity=month';
  const month = await world.ask(`${path}&theme=dark&from=2020-01-01&to=2020-12-31`, { token });
  expect([month.status, month.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
  expect(month.text).toMatch(/^<svg xmlns.*No traffic.*<\/svg>$/);
  const [past] = await world.sql<{ from: string; to: string; total: number }>(
    `SELECT min(day)::text AS from, max(day)::text AS to, sum(input_octets + output_octets)::float8 AS total FROM usage_daily WHERE service_id = 1`,
  );
  const range = `from=${past?.from ?? ''}&to=${past?.to ?? ''}`;
  const drawn = await world.ask(`/v1/services/1/usage/chart.svg?${range}`, {
    token,
    headers: { accept: 'image/svg+xml' },
  });
  expect([drawn.status, drawn.text.match(/class="bar"/g)?.length]).toEqual([200, 62]);
  expect(drawn.headers.get('content-security-policy')).toContain("default-src 'none'");
  const usage = await world.ask(`/v1/services/1/usage?${range}`, { token });
  expect(usage.json()).toMatchObject({ total: { bytes_total: past?.total } });
  const wrong = await world.ask(`${path}&theme=pink`, { token });
  expect([wrong.status, wrong.text.startsWith('{')]).toEqual([400, true]);
});
