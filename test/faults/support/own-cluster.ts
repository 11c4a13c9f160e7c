import { execFile } from 'node:child_process';
import { chown, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { runMigrations } from '@isp/platform/database';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@isp/platform/embedded-postgres';
import { refuseViolations } from '../../support/invariants.js';
import { openTempDir, removeDir } from '../../support/embedded-postgres.js';
import { type FaultDatabase, fill } from './fault-database.js';

/** A PostgreSQL of the test's own, durable as in production, that it may crash. */
export class OwnCluster {
  private constructor(
    private readonly directory: string,
    private server: EmbeddedPostgres,
  ) {}

  static async start(): Promise<OwnCluster> {
    const directory = await openTempDir();
    return new OwnCluster(directory, await open(directory));
  }

  /** A server on what `backup` wrote, as of the moment of the backup. */
  static async restore(directory: string): Promise<OwnCluster> {
    return new OwnCluster(directory, await open(directory));
  }

  /** Migrates and fills its database; dropping that ends the cluster. */
  async database(): Promise<FaultDatabase> {
    const { ownerUrl, appUrl } = this.server;
    await runMigrations({ url: ownerUrl });
    return this.databaseOf(await fill(appUrl, ownerUrl));
  }

  /** Its database as it is, for one who knows an API key of it. */
  databaseOf(apiKey: string): FaultDatabase {
    const { ownerUrl, appUrl } = this.server;
    const superUrl = this.server.url('isp', 'isp_super');
    return { ownerUrl, appUrl, superUrl, apiKey, drop: () => refuseViolations(superUrl).finally(() => this.end()) };
  }

  /**
   * A base backup of the running server, by PostgreSQL's own procedure ("Making a Base Backup Using the Low Level API");
   * answers where it is.
   */
  async backup(): Promise<string> {
    const directory = await openTempDir();
    const [from, to] = [`${this.directory}/postgres`, `${directory}/postgres`];
    const client = new Client({ connectionString: this.server.url('isp', 'isp_super') });
    await client.connect();
    try {
      await client.query(`SELECT pg_backup_start('spec', true)`);
      // What is removed while it is copied is not missed: the log has it.
      await promisify(execFile)('cp', ['-a', from, to]).catch(() => undefined);
      const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
      const [wal, cluster] = [join(from, 'cluster/pg_wal'), join(to, 'cluster')];
      await rm(join(cluster, 'pg_wal'), { recursive: true });
      await promisify(execFile)('cp', ['-a', wal, cluster]);
      for (const name of ['cluster/postmaster.pid', 'owner.lock']) await rm(join(to, name), { force: true });
      const { uid, gid } = await stat(join(cluster, 'PG_VERSION'));
      const label = join(cluster, 'backup_label');
      await writeFile(label, rows[0]?.labelfile ?? '', { mode: 0o600 });
      await chown(label, uid, gid);
      return directory;
    } finally {
      await client.end();
    }
  }

  /** `pg_ctl stop -m immediate`: no checkpoint, no goodbye; the next start recovers from the log. */
  async crash(): Promise<void> {
    process.kill(this.server.pid, 'SIGQUIT');
    while (isAlive(this.server.pid)) await sleep(10);
    await this.server.stop();
  }

  /** Starts it again on the same port; resolves when it accepts connections. */
  async restart(): Promise<void> {
    this.server = await open(this.directory, this.server.port);
  }

  private async end(): Promise<void> {
    await this.server.stop();
    await removeDir(this.directory);
  }
}

function open(directory: string, port?: number): Promise<EmbeddedPostgres> {
  // As a server has it that can be backed up while it runs.
  const settings = { max_connections: 120, wal_level: 'replica' };
  return startEmbeddedPostgres({ dataDir: `${directory}/postgres`, settings, ...(port === undefined ? {} : { port }) });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
