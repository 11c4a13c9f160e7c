import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from '@isp/platform/database';
import { query } from './embedded-postgres.js';
import { type Invariant, refuseViolations } from './invariants.js';
import { TEMPLATE, createTemplate, madeOnce, runSql, sharedCluster } from './test-cluster.js';
import type { TestCluster } from './test-cluster.js';

export interface TestDatabase {
  readonly name: string;
  /** As `isp_owner`, who owns the schema. */
  readonly ownerUrl: string;
  /** As `isp_app`, under row level security: what the application uses. */
  readonly appUrl: string;
  /** As superuser, for what a test must do behind everybody's back. */
  readonly superUrl: string;
  /** Names what the spec itself breaks behind the program's back, and why. */
  exempt(invariant: Invariant, why: string): void;
  /** Checks that nothing in it is as it must never be, and drops it, connections or not. */
  drop(): Promise<void>;
}

/** A migrated database of one's own: a clone of the template of this Jest run. Safe in parallel workers. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(`TEMPLATE ${TEMPLATE}`);
}

/** Where the two roles of the program find a database. */
export type DatabaseUrls = Pick<TestDatabase, 'ownerUrl' | 'appUrl'>;

/** A migrated database that holds what `fill` puts into the first of this name: filled once a Jest run, then cloned. */
export async function createFilledDatabase(
  name: string,
  fill: (urls: DatabaseUrls) => Promise<unknown>,
): Promise<TestDatabase> {
  const { ownerUrl, appUrl } = await testCluster();
  const template = `${TEMPLATE}_${name}`;
  await madeOnce(runDirectory(), template, async () => {
    const urls = { ownerUrl: onDatabase(ownerUrl, template), appUrl: onDatabase(appUrl, template) };
    await createTemplate(ownerUrl, template, `TEMPLATE ${TEMPLATE}`, () => fill(urls));
    return {};
  });
  return create(`TEMPLATE ${template}`);
}

/** A database without our schema, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('');
}

async function create(options: string): Promise<TestDatabase> {
  const cluster = await testCluster();
  const name = `t_${randomBytes(8).toString('hex')}`;
  await runSql(cluster.ownerUrl, `CREATE DATABASE ${name} ${options}`);
  const superUrl = onDatabase(cluster.superUrl, name);
  const exempt = new Map<Invariant, string>();
  return {
    name,
    ownerUrl: onDatabase(cluster.ownerUrl, name),
    appUrl: onDatabase(cluster.appUrl, name),
    superUrl,
    exempt: (invariant, why) => void exempt.set(invariant, why),
    drop: () => refuseViolations(superUrl, exempt).finally(() => drop(cluster, name)),
  };
}

/** A pool that has ended is gone from the server a moment later; before that, force would reach it as an error. */
async function drop(cluster: TestCluster, name: string): Promise<void> {
  const alive = `SELECT FROM pg_stat_activity WHERE datname = '${name}'`;
  for (let left = 20; left > 0 && (await query(cluster.superUrl, alive)).length > 0; left -= 1) await sleep(25);
  await runSql(cluster.ownerUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** The cluster of this Jest run, started by the first who asks. */
export function testCluster(): Promise<TestCluster> {
  return sharedCluster(runDirectory(), (url) => runMigrations({ url }));
}

function runDirectory(): string {
  const directory = process.env['ISP_TEST_CLUSTER_DIR'];
  if (directory === undefined) throw new Error('no ISP_TEST_CLUSTER_DIR: the tests run under the jest.config.mjs here');
  return directory;
}

function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
