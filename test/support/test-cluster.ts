import { existsSync, readFileSync } from 'node:fs';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { monotonicMs } from '@isp/kernel';
import { startEmbeddedPostgres } from '@isp/platform/embedded-postgres';
import type { EmbeddedPostgres } from '@isp/platform/embedded-postgres';

/** Connection strings of database `postgres`, the place from which others are created and dropped. */
export interface TestCluster {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly superUrl: string;
}

export const TEMPLATE = 'isp_template';

const READY_TIMEOUT_MS = 90_000;
/** Test data may be lost with the power: tests of durability start a cluster of their own. */
const SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_connections: 200,
};

/**
 * The cluster of this Jest run, in `directory`. Whichever worker asks first starts it and fills the template with
 * `migrate` (given the owner's URL of the template); the others wait. It outlives the worker: teardown stops it.
 */
export function sharedCluster(directory: string, migrate: (url: string) => Promise<unknown>): Promise<TestCluster> {
  return madeOnce(directory, 'cluster', () => startWithTemplate(directory, migrate));
}

/** What the first worker who asks makes and the others wait for, in `directory` under `name`: anything that is JSON. */
export async function madeOnce<T>(directory: string, name: string, make: () => Promise<T>): Promise<T> {
  const ready = join(directory, `${name}.json`);
  const failed = join(directory, `${name}.failed`);
  const claim = join(directory, `${name}.claim`);
  if (!existsSync(ready) && (await claimed(claim))) {
    try {
      await publish(ready, JSON.stringify(await make()));
    } catch (error) {
      await publish(failed, error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }
  const deadline = monotonicMs() + READY_TIMEOUT_MS;
  while (!existsSync(ready)) {
    if (existsSync(failed)) throw new Error(`the test ${name} was not made: ${await readFile(failed, 'utf8')}`);
    if (!isAlive(claim)) throw new Error(`the worker that was making the test ${name} died`);
    if (monotonicMs() > deadline) throw new Error(`the test ${name} was not ready in ${READY_TIMEOUT_MS / 1000} s`);
    await sleep(20);
  }
  return JSON.parse(await readFile(ready, 'utf8')) as T;
}

export async function runSql(url: string, ...statements: string[]): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

/** A database to clone others from, as `fill` leaves it. */
export async function createTemplate(
  ownerUrl: string,
  name: string,
  options: string,
  fill: () => Promise<unknown>,
): Promise<void> {
  await runSql(ownerUrl, `CREATE DATABASE ${name} ${options}`);
  await fill();
  // A forgotten connection would make every clone fail.
  await runSql(ownerUrl, `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
}

async function startWithTemplate(directory: string, migrate: (url: string) => Promise<unknown>): Promise<TestCluster> {
  const dataDir = join(directory, 'postgres');
  const postgres = await startEmbeddedPostgres({ dataDir, settings: SETTINGS, stopOnExit: false });
  try {
    return await fillTemplate(postgres, migrate);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function fillTemplate(
  postgres: EmbeddedPostgres,
  migrate: (url: string) => Promise<unknown>,
): Promise<TestCluster> {
  const ownerUrl = postgres.url('postgres');
  await createTemplate(ownerUrl, TEMPLATE, '', () => migrate(postgres.url(TEMPLATE)));
  return { ownerUrl, appUrl: postgres.url('postgres', 'isp_app'), superUrl: postgres.url('postgres', 'isp_super') };
}

async function claimed(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(String(process.pid));
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(claim: string): boolean {
  const pid = Number(readFileSync(claim, 'utf8'));
  // Claimed this instant and not yet signed.
  if (pid === 0) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function publish(path: string, content: string): Promise<void> {
  await writeFile(`${path}.tmp`, content, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}
