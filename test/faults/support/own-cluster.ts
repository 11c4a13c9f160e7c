import { setTimeout as sleep } from 'node:timers/promises';
import { runMigrations } from '@isp/platform/database';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@isp/platform/embedded-postgres';
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

  /** Migrates and fills its database; dropping that ends the cluster. */
  async database(): Promise<FaultDatabase> {
    const { ownerUrl, appUrl } = this.server;
    await runMigrations({ url: ownerUrl });
    const apiKey = await fill(appUrl, ownerUrl);
    return { ownerUrl, appUrl, superUrl: this.server.url('isp', 'isp_super'), apiKey, drop: () => this.end() };
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
  const settings = { max_connections: 120 };
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
