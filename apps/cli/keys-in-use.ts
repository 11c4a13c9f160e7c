import { systemActor } from '@isp/contracts';
import { RadiusVault } from '@isp/domain/network';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SEALED_COLUMNS } from './sealed-columns.js';

export interface KeyUse {
  readonly place: string;
  readonly key: string;
  readonly count: number;
}

const RADIUS_USE = statement(
  'keys-in-use-by-radius',
  `SELECT place, encode(substr(sealed, 2, 4), 'hex') AS key, count(*)::integer AS count
     FROM (SELECT 'subscribers.password_radius' AS place, password_radius AS sealed FROM subscribers
           UNION ALL SELECT 'devices.nas_secret', nas_secret FROM devices) x WHERE sealed IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2`,
);

/** How many values need which key, by place and key id; a key that is not in it may be taken out of the keyring. */
export async function keysInUse(app: NestFastifyApplication): Promise<readonly KeyUse[]> {
  const sealed = SEALED_COLUMNS.map(
    ({ table, column, only = 'true' }) =>
      `SELECT '${table}.${column}' AS place, split_part(${column}, '.', 2) AS key FROM ${table} WHERE ${column} IS NOT NULL AND ${only}`,
  );
  // The digests of API keys hang on a master key too: they move when their owner is given a new key.
  const all = [...sealed, `SELECT 'api_keys.secret_hmac', hmac_key_id FROM api_keys WHERE revoked_at IS NULL`].join(
    ' UNION ALL ',
  );
  const use = statement(
    'keys-in-use',
    `SELECT place, key, count(*)::integer AS count FROM (${all}) x GROUP BY 1, 2 ORDER BY 1, 2`,
  );
  const found = await app
    .get(UnitOfWork, { strict: false })
    .run(systemActor('cli'), async (tx) => [await tx.query<KeyUse>(use), await tx.query<KeyUse>(RADIUS_USE)] as const);
  // These name their key by octets of its own; without ISP_RADIUS_KEY it is derived from a master key, and needs that.
  const vault = app.get(RadiusVault, { strict: false });
  return [...found[0], ...found[1].map((one) => ({ ...one, key: vault.keyName(one.key) }))];
}
