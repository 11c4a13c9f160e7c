import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { refuseViolations } from '../../support/invariants.js';
import { runSql, type TestCluster } from '../../support/test-cluster.js';
import { testCluster } from '../../support/test-postgres.js';

export interface FaultDatabase {
  readonly appUrl: string;
  readonly ownerUrl: string;
  /** As superuser, past all walls: for the oracle. */
  readonly superUrl: string;
  /** An API key with every permission. */
  readonly apiKey: string;
  drop(): Promise<void>;
}

export const MASTER_KEYS = `faults:${Buffer.from('a fault test master key, 32 byte').toString('base64')}`;
const TEMPLATE = 'isp_faults_template';
let template: ReturnType<typeof prepareTemplate> | undefined;

/**
 * Every change that the simulated network really makes, written down by the network's own table and not by the code
 * under test: the oracle of "each effect once".
 */
const JOURNAL = `
  CREATE TABLE simulated_network.journal (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, username text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
  CREATE FUNCTION simulated_network.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO simulated_network.journal (username) VALUES (new.username);
    RETURN new;
  END $$;
  CREATE TRIGGER note_change AFTER INSERT OR UPDATE ON simulated_network.subscribers
    FOR EACH ROW EXECUTE FUNCTION simulated_network.note_change();`;

/** A database with a price list, two routers, 20 customers and 1,000 sold, unprovisioned services of its own. */
export async function createFaultDatabase(): Promise<FaultDatabase> {
  const { cluster, apiKey } = await (template ??= prepareTemplate());
  const name = `f_${randomBytes(6).toString('hex')}`;
  await runSql(cluster.ownerUrl, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    appUrl: named(cluster.appUrl, name),
    ownerUrl: named(cluster.ownerUrl, name),
    superUrl: named(cluster.superUrl, name),
    apiKey,
    drop: () =>
      refuseViolations(named(cluster.superUrl, name)).finally(() =>
        runSql(cluster.ownerUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      ),
  };
}

/** Once per Jest run; the files of these tests run one after another. */
async function prepareTemplate(): Promise<{ readonly cluster: TestCluster; readonly apiKey: string }> {
  const cluster = await testCluster();
  const file = join(process.env['ISP_TEST_CLUSTER_DIR'] as string, 'faults-key.txt');
  if (!existsSync(file)) {
    await runSql(
      cluster.ownerUrl,
      `DROP DATABASE IF EXISTS ${TEMPLATE}`,
      `CREATE DATABASE ${TEMPLATE} TEMPLATE isp_template`,
    );
    const key = await fill(named(cluster.appUrl, TEMPLATE), named(cluster.ownerUrl, TEMPLATE));
    writeFileSync(file, key, { mode: 0o600 });
  }
  return { cluster, apiKey: readFileSync(file, 'utf8') };
}

const named = (url: string, name: string): string => Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Fills a migrated database and answers the API key. */
export async function fill(appUrl: string, ownerUrl: string): Promise<string> {
  // Loads the whole program into this process, so only when it is needed.
  const { seedFaults } = await import('./seed.js');
  const key = await seedFaults(appUrl, MASTER_KEYS);
  await runSql(ownerUrl, JOURNAL, `UPDATE outbox SET relayed_at = now()`);
  return key;
}

export async function rows<R extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<R[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<R>(sql, values as unknown[])).rows;
  } finally {
    await client.end();
  }
}
