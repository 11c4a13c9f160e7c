import { QUEUES } from '@isp/contracts';
import { runMigrations as migrateQueueSchema } from 'bullmq';
import pg from 'pg';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import type { SqlMigration } from './migration.js';
import { migrations } from './migrations/index.js';
import { APP_ROLE } from './pool.js';

const LOCK = 7_208_391;
const FIRST_TIMESTAMP = 1_763_700_000_000;

function asTypeOrm(migration: SqlMigration, index: number): new () => MigrationInterface {
  const name = `${migration.name.replace(/[^a-zA-Z0-9]/g, '_')}${FIRST_TIMESTAMP + index}`;
  return class {
    readonly name = name;
    async up(runner: QueryRunner): Promise<void> {
      await runner.query(migration.up);
    }
    down(): Promise<void> {
      return Promise.reject(new Error('migrations go forward only: restore a backup instead'));
    }
  };
}

/**
 * Brings the schema up to date as the role in `url` (its owner) and answers how many migrations ran. Each migration is
 * one transaction; a second process waits for the first. Interrupted anywhere, the next call goes on.
 */
export async function runMigrations({ url }: { readonly url: string }): Promise<number> {
  const guard = new pg.Client({ connectionString: url });
  await guard.connect();
  try {
    await guard.query('SELECT pg_advisory_lock($1)', [LOCK]);
    const source = new DataSource({
      type: 'postgres',
      driver: pg,
      url,
      installExtensions: false,
      migrations: migrations.map(asTypeOrm),
      migrationsTableName: 'schema_migrations',
    });
    await source.initialize();
    try {
      const ran = await source.runMigrations({ transaction: 'each' });
      await migrateQueue(guard);
      return ran.length;
    } finally {
      await source.destroy();
    }
  } finally {
    await guard.end();
  }
}

async function migrateQueue(client: pg.Client): Promise<void> {
  await migrateQueueSchema(client, 'bullmq');
  // A queue's sequence is made by whoever adds to it first; that must be the owner, since the application may make nothing.
  for (const queue of QUEUES) await client.query('SELECT bullmq.next_job_id($1)', [queue]);
  await client.query(`
    GRANT USAGE ON SCHEMA bullmq TO ${APP_ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA bullmq TO ${APP_ROLE};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA bullmq TO ${APP_ROLE};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA bullmq TO ${APP_ROLE};
    ALTER TABLE bullmq.job SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_analyze_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);`);
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  // A server that goes away takes the connection along; what was asked of it says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Statements with their values, in one transaction as the owner of the schema: for what the application may not write. */
export function executeAsOwner(
  url: string,
  statements: readonly (readonly [text: string, values: readonly unknown[]])[],
): Promise<void> {
  return connected(url, async (client) => {
    await client.query('BEGIN');
    for (const [text, values] of statements) await client.query(text, [...values]);
    await client.query('COMMIT');
  });
}

/** Lets a role that the migrations made log in with a password; its owner must be allowed to manage roles. */
export function allowLogin(url: string, role: string, password: string): Promise<void> {
  return connected(url, async (client) => {
    const name = client.escapeIdentifier(role);
    await client.query(`ALTER ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
  });
}

/** Makes the ids of tables that are still empty start from 1, as their owner: a seed that was cut short used some up. */
export function restartIdentities(url: string, tables: readonly string[]): Promise<void> {
  return connected(url, async (client) => {
    for (const table of tables) {
      const { rows } = await client.query<{ empty: boolean }>(`SELECT NOT EXISTS (SELECT FROM ${table}) AS empty`);
      if (rows[0]?.empty) await client.query(`ALTER TABLE ${table} ALTER COLUMN id RESTART`);
    }
  });
}

/** How many migrations the program knows that the database does not have yet. */
export async function pendingMigrations(client: {
  query(sql: string): Promise<{ rows: { count: string }[] }>;
}): Promise<number> {
  const { rows } = await client.query('SELECT count(*) FROM schema_migrations');
  return migrations.length - Number(rows[0]?.count ?? 0);
}
