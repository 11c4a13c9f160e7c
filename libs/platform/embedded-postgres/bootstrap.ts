import { stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Passwords } from './credentials.js';

const EXTENSIONS = ['pg_trgm', 'btree_gist', 'btree_gin', 'pgcrypto'];
const MARKER = 'isp-bootstrapped';

/**
 * Creates the roles, the extensions (in `template1`, so every later database has them) and the database, once in the
 * life of a cluster. Can be repeated after an interruption.
 */
export async function bootstrapOnce(
  cluster: string,
  superUrl: (database: string) => string,
  passwords: Passwords,
): Promise<void> {
  const marker = join(cluster, MARKER);
  if (await stat(marker).catch(() => undefined)) return;
  await withClient(superUrl('template1'), async (client) => {
    for (const extension of EXTENSIONS) await client.query(`CREATE EXTENSION IF NOT EXISTS ${extension}`);
  });
  await withClient(superUrl('postgres'), (client) => createRolesAndDatabase(client, passwords));
  await writeFile(marker, '');
}

async function createRolesAndDatabase(client: Client, passwords: Passwords): Promise<void> {
  await createRole(client, 'isp_owner', 'LOGIN CREATEROLE CREATEDB NOSUPERUSER NOBYPASSRLS', passwords.isp_owner);
  await createRole(client, 'isp_app', 'LOGIN NOCREATEROLE NOCREATEDB NOSUPERUSER NOBYPASSRLS', passwords.isp_app);
  // What a server gives the creator of a role by itself: the owner may manage isp_app without becoming it.
  await client.query('GRANT isp_app TO isp_owner WITH ADMIN TRUE, INHERIT FALSE, SET FALSE');
  const { rowCount } = await client.query(`SELECT FROM pg_database WHERE datname = 'isp'`);
  if (rowCount === 0) await client.query('CREATE DATABASE isp OWNER isp_owner');
}

async function createRole(client: Client, name: string, attributes: string, password: string): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  const verb = rowCount === 0 ? 'CREATE' : 'ALTER';
  await client.query(`${verb} ROLE ${name} ${attributes} PASSWORD ${client.escapeLiteral(password)}`);
}

async function withClient(url: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
