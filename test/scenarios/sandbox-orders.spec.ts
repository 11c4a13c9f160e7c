import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CLAIM_STATUSES, OUTAGE_STATUSES } from '@isp/domain/outages';
import { WORK_ORDER_STATUSES } from '@isp/domain/work-orders';
import { seedCuts } from '../../apps/sandbox/seed-cuts.js';
import { seedSandbox } from '../../apps/sandbox/seed.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

let world: ApiWorld;
beforeAll(async () => {
  world = await apiWorld({ seeded: true });
}, 120_000);
afterAll(() => world.close());

const COUNTED = [
  'work_orders',
  'appointments',
  'outages',
  'maintenance_windows',
  'technicians',
  'supplier_contracts',
  'supplier_claims',
];
const counts = async () =>
  (
    await world.sql<{ n: number }>(
      COUNTED.map((table) => `SELECT count(*)::integer AS n FROM ${table}`).join(' UNION ALL '),
    )
  ).map(({ n }) => n);

describe('the sandbox', () => {
  it('has orders in every state for each ISP, with a visit that is booked', async () => {
    const rows = await world.sql<{ partner: number; statuses: string[] }>(
      `SELECT partner_id AS partner, array_agg(DISTINCT status ORDER BY status) AS statuses FROM work_orders GROUP BY 1 ORDER BY 1`,
    );
    const isps = await world.sql<{ id: number }>(`SELECT id FROM partners WHERE kind = 'isp' ORDER BY 1`);
    expect(isps.length).toBeGreaterThanOrEqual(2);
    expect(rows).toEqual(isps.map(({ id }) => ({ partner: id, statuses: [...WORK_ORDER_STATUSES].sort() })));
    const booked = await world.sql<{ n: number }>(
      `SELECT count(*)::integer AS n FROM appointments WHERE status = 'booked'`,
    );
    expect(booked[0]?.n).toBeGreaterThanOrEqual(2);
  });

  it('has outages that last, that are over and that were none, with who was told', async () => {
    // Nobody works here: the services would come up by themselves.
    await world.sql(`UPDATE services SET status = 'active', activated_at = now() - interval '3 days'
      WHERE id IN (SELECT service_id FROM devices WHERE kind = 'ont' AND service_id IS NOT NULL ORDER BY id LIMIT 4)`);
    await seedCuts(world.program.app);
    const rows = await world.sql<{ status: string; told: number }>(
      `SELECT o.status, (SELECT count(*)::integer FROM service_notices n WHERE n.subject = 'outage' AND n.subject_id = o.id) AS told
         FROM outages o WHERE o.affected_services > 0 ORDER BY 1`,
    );
    // One that recovers, and one that is part of another, come and go with the equipment.
    const lasting = OUTAGE_STATUSES.filter((status) => !['recovering', 'merged'].includes(status)).sort();
    expect(rows.map(({ status }) => status)).toEqual(lasting);
    expect(rows.every(({ told }) => told > 0)).toBe(true);
  });

  it('has claims on suppliers in every state, and work that was announced and called off', async () => {
    const claims = await world.sql<{ status: string }>(`SELECT DISTINCT status FROM supplier_claims`);
    expect(claims.map(({ status }) => status).sort()).toEqual([...CLAIM_STATUSES].sort());
    const windows = await world.sql<{ off: boolean }>(
      `SELECT cancel_reason IS NOT NULL AS off FROM maintenance_windows`,
    );
    expect(windows.map(({ off }) => off).sort()).toEqual([false, true]);
  });

  it('is filled once', async () => {
    const before = await counts();
    expect(before.every((n) => n > 0)).toBe(true);
    await seedSandbox(world.program.app);
    await seedCuts(world.program.app);
    expect(await counts()).toEqual(before);
  });
});
