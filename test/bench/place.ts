import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API_KEY_RANDOM_BYTES, formatApiKey, newApiKey } from '@isp/kernel';
import { deriveKey, hmacSha256Hex, parseKeyring } from '@isp/platform/crypto';
import { runMigrations } from '@isp/platform/database';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@isp/platform/embedded-postgres';
import pg from 'pg';
import { fillCustomers, fillNetwork } from './data.js';
import type { Program } from './processes.js';
import { startApp } from './processes.js';

/** Partners of the benchmarks: the first owns a quarter of all customers, the second a thousand. */
export const PARTNERS = { operator: 1, large: 2, small: 3, others: [4, 5, 6, 7, 8, 9, 10, 11] } as const;

export interface PlaceOptions {
  readonly customers: number;
  /** Kept for the next run; a temporary one when absent. */
  readonly dataDir?: string | undefined;
}

/** A durable PostgreSQL with migrated schema and data, and what programs need to run on it. */
export class Place {
  private constructor(
    readonly postgres: EmbeddedPostgres,
    private readonly masterKeys: string,
    private readonly temporary: string | undefined,
  ) {}

  static async open({ customers, dataDir }: PlaceOptions): Promise<Place> {
    const temporary = dataDir === undefined ? await mkdtemp(join(tmpdir(), 'isp-bench-')) : undefined;
    const home = dataDir ?? temporary ?? '';
    // What a small server would be given; everything that makes commits durable stays on.
    const settings = {
      shared_buffers: '512MB',
      max_wal_size: '2GB',
      maintenance_work_mem: '512MB',
      max_connections: 100,
      track_commit_timestamp: 'on',
    };
    const postgres = await startEmbeddedPostgres({ dataDir: home, settings, log: console.log });
    const place = new Place(postgres, await masterKeysOf(home), temporary);
    try {
      await runMigrations({ url: postgres.ownerUrl });
      await place.owner(async (client) => {
        await fillCustomers(client, customers, [PARTNERS.operator, PARTNERS.large, PARTNERS.small, ...PARTNERS.others]);
        await fillNetwork(client);
      });
      return place;
    } catch (error) {
      await place.stop();
      throw error;
    }
  }

  async owner<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({ connectionString: this.postgres.ownerUrl });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  app(app: 'api' | 'worker', more: Readonly<Record<string, string>> = {}): Promise<Program> {
    return startApp(app, { ...this.settings, ...more });
  }

  /** What a process of the program is told of this place. */
  get settings(): Readonly<Record<string, string>> {
    return { DATABASE_URL: this.postgres.appUrl, ISP_MASTER_KEYS: this.masterKeys };
  }

  /** So many keys of a partner, each good for the enterprise tier's limits. */
  async apiKeys(partnerId: number, count: number, scopes: readonly string[]): Promise<string[]> {
    const { activeKeyId, keys } = parseKeyring(this.masterKeys);
    const secret = deriveKey(keys.get(activeKeyId) as Uint8Array, 'access/api-keys');
    const issued = Array.from({ length: count }, () => {
      const parts = newApiKey(randomBytes(API_KEY_RANDOM_BYTES), { test: true });
      return { publicId: parts.publicId, text: formatApiKey(parts) };
    });
    await this.owner((client) =>
      client.query(
        `INSERT INTO api_keys (partner_id, name, public_id, secret_hmac, hmac_key_id, environment, scopes, reach, tier, created_by)
         SELECT $1, 'bench', public_id, decode(hmac, 'hex'), $2, 'sandbox', $3, CASE WHEN $1 = 1 THEN 'all' ELSE 'partner' END, 'enterprise', 'bench'
           FROM unnest($4::text[], $5::text[]) AS k(public_id, hmac)`,
        [
          partnerId,
          activeKeyId,
          scopes,
          issued.map((key) => key.publicId),
          issued.map((key) => hmacSha256Hex(secret, key.text)),
        ],
      ),
    );
    return issued.map((key) => key.text);
  }

  async stop(): Promise<void> {
    await this.postgres.stop();
    if (this.temporary) await rm(this.temporary, { recursive: true, force: true });
  }
}

async function masterKeysOf(home: string): Promise<string> {
  const file = join(home, 'bench-keys');
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known) return known;
  const drawn = `bench:${randomBytes(32).toString('base64')}`;
  await writeFile(file, drawn, { mode: 0o600 });
  return drawn;
}
