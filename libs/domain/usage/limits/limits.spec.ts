import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreatePlan } from '@isp/domain/catalog';
import { ChangeServicePlan } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import {
  active,
  actor,
  clock,
  closeServices,
  events,
  openServices,
  plans,
  sql,
  unique,
  use,
} from '../../../../test/support/services-world.js';
import { LimitEffects } from './limit-effects.js';
import { EnforceLimits, RestoreUsage, ThrottlingQueries, UsageModule } from '../index.js';

const GB = 1_000_000_000;
let limited: { small: number; large: number; capped: number };

const at = (instant: string): void => {
  clock.shift = 0;
  clock.shift = Math.round((Date.parse(instant) - clock.now().getTime()) / 1000);
};

beforeAll(async () => {
  await openServices(UsageModule);
  const plan = async (terms: { fairUseLimitGb?: number; dataLimitGb?: number; throttled?: boolean }) => {
    const speeds = { downloadMbps: 100, uploadMbps: 20 };
    const throttled = terms.fairUseLimitGb ? { throttledDownloadMbps: '5', throttledUploadMbps: '1.5' } : {};
    const sku = `LIMIT-${unique()}`;
    const what = { sku, name: sku, category: 'Spec', serviceType: 'internet', monthlyAmount: '10' } as const;
    const { throttled: _, ...limits } = terms;
    return (await use(CreatePlan).execute({ actor, ...what, ...speeds, ...throttled, ...limits })).id;
  };
  limited = {
    small: await plan({ fairUseLimitGb: 10 }),
    large: await plan({ fairUseLimitGb: 50 }),
    capped: await plan({ dataLimitGb: 5 }),
  };
}, 120_000);
afterAll(closeServices);

/** A running service of a plan. */
async function on(planId: number): Promise<number> {
  const id = await active();
  await sql(
    `UPDATE services s SET plan_id = ${planId}, plan_version = 1, data_limit_gb = p.data_limit_gb FROM plans p WHERE p.id = ${planId} AND s.id = ${id}`,
  );
  return id;
}
const used = (id: number, day: string, bytes: number) =>
  sql(`INSERT INTO usage_daily AS u SELECT partner_id, customer_id, id, '${day}', 0, ${bytes}, 0, 0 FROM services WHERE id = ${id}
    ON CONFLICT (service_id, day) DO UPDATE SET output_octets = u.output_octets + excluded.output_octets`);
/** Both workers at once. */
const enforce = () => Promise.all([use(EnforceLimits).execute(), use(EnforceLimits, 1).execute()]);
const rate = async (id: number) =>
  (
    await sql<{ row: unknown[] }>(
      `SELECT json_build_array(throttled, download_kbps, upload_kbps, access) AS row FROM subscribers WHERE service_id = ${id}`,
    )
  )[0]?.row;
const told = async (id: number) =>
  (
    await sql<{ name: string }>(
      `SELECT name FROM outbox WHERE name LIKE 'usage.%' AND (payload->>'service_id')::int = ${id} ORDER BY id`,
    )
  ).map(({ name }) => name.split('.').slice(1, 3).join('.'));
const log = async (id: number) =>
  (await use(ThrottlingQueries).ofService(actor, id, {}, { limit: 10, offset: 0 })).rows.map((row) => [
    row.cause,
    row.action,
    row.period,
    row.restoredBy,
  ]);
const FULL = [false, 100_000, 20_000, 'open'];
const SLOW = [true, 5_000, 1_500, 'open'];

describe('fair use', () => {
  it('warns at 80 % and throttles beyond the limit, once, however many workers look, and lets go in the new month of New York', async () => {
    at('2026-05-31T12:00:00Z');
    const id = await on(limited.small);
    await used(id, '2026-04-30', 100 * GB);
    await used(id, '2026-05-01', 8 * GB - 1);
    await enforce();
    expect([await told(id), await rate(id)]).toEqual([[], FULL]);
    await used(id, '2026-05-31', 1);
    await enforce();
    expect(await told(id)).toEqual(['fair_use.warning']);
    await used(id, '2026-05-31', 2 * GB);
    await enforce();
    expect(await rate(id)).toEqual(FULL);
    await used(id, '2026-05-31', 1);
    await enforce();
    await enforce();
    expect(await rate(id)).toEqual(SLOW);
    expect(await told(id)).toEqual(['fair_use.warning', 'fair_use.reached']);
    const [work] = await sql<{ count: string }>(
      `SELECT count(*) FROM work_items WHERE name = 'network.converge' AND (payload->>'service_id')::int = ${id}`,
    );
    expect(Number(work?.count)).toBeGreaterThan(0);
    at('2026-06-01T03:59:00Z');
    await enforce();
    expect(await rate(id)).toEqual(SLOW);
    at('2026-06-01T04:01:00Z');
    await enforce();
    expect(await rate(id)).toEqual(FULL);
    expect(await told(id)).toEqual(['fair_use.warning', 'fair_use.reached', 'fair_use.restored']);
    expect(await log(id)).toEqual([['fair_use', 'throttle', '2026-05-01', 'new_period']]);
  });

  it('throttles each of many services once', async () => {
    at('2026-07-20T12:00:00Z');
    const ids = await Promise.all(Array.from({ length: 12 }, () => on(limited.small)));
    for (const id of ids) await used(id, '2026-07-02', 11 * GB);
    const done = await Promise.all([...Array(3)].map((_, turn) => use(EnforceLimits, turn % 2).execute()));
    expect(done.reduce((sum, { reached }) => sum + reached, 0)).toBe(12);
    for (const id of ids) {
      expect((await told(id)).filter((name) => name === 'fair_use.reached')).toHaveLength(1);
      expect(await rate(id)).toEqual(SLOW);
    }
  });

  it('lets go when the plan allows more, and holds again beyond that', async () => {
    at('2026-05-20T12:00:00Z');
    const id = await on(limited.small);
    await used(id, '2026-05-02', 11 * GB);
    await enforce();
    await sql(`UPDATE services SET plan_id = ${limited.large}, plan_version = 1 WHERE id = ${id}`);
    await enforce();
    expect(await rate(id)).toEqual(FULL);
    await used(id, '2026-05-03', 40 * GB);
    await enforce();
    expect(await rate(id)).toEqual(SLOW);
    expect((await log(id)).map((row) => row[3])).toEqual([null, 'plan_change']);
  });

  it('lets go when the plan has no such limit any more', async () => {
    at('2026-05-20T12:00:00Z');
    const id = await on(limited.small);
    await used(id, '2026-05-02', 11 * GB);
    await enforce();
    await use(ChangeServicePlan).execute({ actor, serviceId: id, planId: plans.fast, when: 'now' });
    await enforce();
    expect((await rate(id))?.slice(0, 2)).toEqual([false, 300_000]);
    expect((await events(id)).at(-1)).toBe('restored');
  });

  it('is put back where another change set the full rate', async () => {
    at('2026-05-20T12:00:00Z');
    const id = await on(limited.small);
    await used(id, '2026-05-02', 11 * GB);
    await enforce();
    await sql(`UPDATE subscribers SET download_kbps = 100000, throttled = false WHERE service_id = ${id}`);
    await enforce();
    expect(await rate(id)).toEqual(SLOW);
    expect(await log(id)).toHaveLength(1);
  });

  it('is waived by a person for the rest of the month, and not twice', async () => {
    at('2026-05-20T12:00:00Z');
    const id = await on(limited.small);
    await used(id, '2026-05-02', 11 * GB);
    await enforce();
    const restored = await use(RestoreUsage).execute({ actor, serviceId: id, reason: 'Goodwill' });
    expect(restored).toMatchObject([{ serviceId: id, restoredBy: 'manual', reason: 'Goodwill' }]);
    expect(await rate(id)).toEqual(FULL);
    await enforce();
    expect(await rate(id)).toEqual(FULL);
    await expect(use(RestoreUsage).execute({ actor, serviceId: id })).rejects.toMatchObject({
      code: 'usage.throttling.none',
    });
    at('2026-06-15T12:00:00Z');
    await used(id, '2026-06-02', 11 * GB);
    await enforce();
    expect(await rate(id)).toEqual(SLOW);
    const [audit] = await sql<{ changes: unknown }>(
      `SELECT changes FROM audit_entries WHERE action = 'usage.restore' AND subject_id = '${id}'`,
    );
    expect(audit?.changes).toMatchObject({ reason: 'Goodwill' });
  });
});

describe('a data limit', () => {
  it('is told once and leaves a plan without throttled speeds alone', async () => {
    at('2026-05-20T12:00:00Z');
    const id = await on(limited.capped);
    await used(id, '2026-05-02', 6 * GB);
    await enforce();
    await enforce();
    expect(await told(id)).toEqual(['data_limit.reached']);
    expect(await rate(id)).toEqual(FULL);
    expect(await log(id)).toEqual([['data_limit', 'none', '2026-05-01', null]]);
  });

  it('puts into the walled garden where the operator wants that, and opens it in the new month', async () => {
    at('2026-05-20T12:00:00Z');
    const id = await on(limited.capped);
    await used(id, '2026-05-02', 6 * GB);
    const config = { ISP_DATA_LIMIT_ACTION: 'walled_garden' } as const;
    const strict = new EnforceLimits(use(UnitOfWork), use(LimitEffects), config, clock);
    await strict.execute();
    expect((await rate(id))?.[3]).toBe('walled_garden');
    at('2026-06-02T12:00:00Z');
    await strict.execute();
    expect(await rate(id)).toEqual(FULL);
    expect(await told(id)).toEqual(['data_limit.reached', 'fair_use.restored']);
  });
});
