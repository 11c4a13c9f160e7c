import { systemActor } from '@isp/contracts';
import { PoolRegister, PrefixRegister } from '@isp/domain/network';
import type { ApiWorld } from './api-world.js';

const ACTOR = systemActor('spec');
let serial = 0;

/** A device of its own, with nothing on it. */
export async function device(world: ApiWorld): Promise<number> {
  const [row] = await world.sql<{ id: number }>(
    `INSERT INTO devices (name, driver) VALUES ('spec-${(serial += 1)}', 'simulated') RETURNING id`,
  );
  return row?.id ?? 0;
}

/** So many internet services of one customer, sold and not provisioned; their ids. */
export async function services(world: ApiWorld, count: number): Promise<number[]> {
  const rows = await world.sql<{ id: number }>(`
    INSERT INTO plans (sku, name, category, service_type, download_mbps, upload_mbps, monthly_amount)
    VALUES ('SPEC-NET', 'Spec', 'Spec', 'internet', 100, 50, 30) ON CONFLICT DO NOTHING;
    WITH c AS (INSERT INTO customers (partner_id, name, email, phone)
      VALUES (1, 'Net ${(serial += 1)}', 'net${serial}@spec.example', '+1777${String(serial).padStart(7, '0')}') RETURNING id)
    INSERT INTO services (partner_id, customer_id, service_type, plan_id, monthly_amount, activation_amount, currency)
    SELECT 1, c.id, 'internet', (SELECT id FROM plans WHERE sku = 'SPEC-NET'), 30, 0, 'USD' FROM c, generate_series(1, ${count})
    RETURNING id`);
  return rows.map(({ id }) => id);
}

interface PoolOptions {
  readonly prefix: string;
  readonly kind?: 'ipv4' | 'ipv6' | 'delegated';
  readonly unitLength?: number;
  readonly reserved?: readonly { readonly first: string; readonly last: string }[];
  readonly deviceId?: number;
}

/** A router with one pool that covers one prefix. */
export async function pool(world: ApiWorld, options: PoolOptions) {
  const app = world.program.app;
  const deviceId = options.deviceId ?? (await device(world));
  const { prefix, kind = 'ipv4', unitLength, reserved: reservedRanges } = options;
  const place = { vrfId: 1, prefix, role: 'assignment', deviceId } as const;
  const { id: prefixId } = await app.get(PrefixRegister, { strict: false }).create({ actor: ACTOR, ...place });
  const values = { prefixId, kind, name: `spec ${prefix}`, unitLength, reservedRanges };
  const { id: poolId } = await app.get(PoolRegister, { strict: false }).create({ actor: ACTOR, ...values });
  return { deviceId, prefixId, poolId };
}
