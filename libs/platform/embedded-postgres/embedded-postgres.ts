import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packagedNative, usableBinaries } from './binaries.js';
import type { Binaries } from './binaries.js';
import { bootstrapOnce } from './bootstrap.js';
import { clusterExists, createCluster, reclaimCluster } from './cluster.js';
import { USERS, createCredentials, readCredentials } from './credentials.js';
import type { DatabaseUser, Passwords } from './credentials.js';
import { createHome, locate } from './location.js';
import type { Location } from './location.js';
import { acquireOwnerLock } from './owner-lock.js';
import { PortInUse, signalServer, startServer, stopOrphan, stopServer } from './server.js';
import type { RunningServer, Settings } from './server.js';
import { oneLine } from './wait.js';

export type { DatabaseUser } from './credentials.js';

export interface EmbeddedPostgresOptions {
  /** Created when missing. Holds the cluster, `credentials.json` (0600), `postgres.log` and `owner.lock`. */
  readonly dataDir: string;
  /** A free one when not given. */
  readonly port?: number;
  /** PostgreSQL settings by name, over the defaults for a small sandbox. */
  readonly settings?: Settings;
  readonly log?: (line: string) => void;
  /** False leaves the server running when this process exits without `stop()`; the next start finds it. */
  readonly stopOnExit?: boolean;
}

export interface EmbeddedPostgres {
  /** A connection string with password; for `isp_owner` unless another user is named. */
  url(database: string, user?: DatabaseUser): string;
  /** Database `isp` as its owner, who migrates it. */
  readonly ownerUrl: string;
  /** Database `isp` as the application: owns nothing, row level security applies. */
  readonly appUrl: string;
  readonly port: number;
  readonly pid: number;
  readonly dataDir: string;
  /** Fast shutdown; resolves when the server is gone. May be called more than once. */
  stop(): Promise<void>;
}

const DEFAULTS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: 60,
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_wal_size: '256MB',
  fsync: 'on',
  synchronous_commit: 'on',
  jit: 'off',
  log_min_messages: 'warning',
  timezone: 'UTC',
  cluster_name: 'isp-framework',
};

/**
 * Starts a PostgreSQL of our own on 127.0.0.1, creating it on the first start. One process at a time owns a data
 * directory; a server that a killed owner left behind is stopped and started anew.
 * @throws Error with one line that says what is wrong and what to do
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  if (process.platform === 'win32') throw new Error('the embedded PostgreSQL needs Linux or macOS: set DATABASE_URL');
  try {
    const home = await createHome(options.dataDir);
    const lock = await acquireOwnerLock(join(home, 'owner.lock'));
    try {
      return await startOwned(home, options, () => lock.release());
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    throw new Error(oneLine(error), { cause: error });
  }
}

async function startOwned(
  home: string,
  options: EmbeddedPostgresOptions,
  release: () => Promise<void>,
): Promise<EmbeddedPostgres> {
  const log = options.log ?? ((): void => undefined);
  const settings = { ...DEFAULTS, ...options.settings };
  const place = await locate(home, log);
  const binaries = await usableBinaries(await packagedNative(), place.copies, place.account);
  const passwords = await prepareCluster(place, binaries, settings, log);
  const orphan = await stopOrphan(place.cluster);
  if (orphan !== undefined) log(`stopped the database server that an earlier run left behind (process ${orphan})`);
  const { server, port } = await startOnPort(place, binaries, settings, options.port);
  const url = (database: string, user: DatabaseUser = USERS.owner): string =>
    `postgres://${user}:${passwords[user]}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  try {
    await bootstrapOnce(place.cluster, (database) => url(database, USERS.superuser), passwords);
  } catch (error) {
    await stopServer(server.pid);
    throw new Error(`cannot prepare the new database: ${oneLine(error)}`, { cause: error });
  }
  const stop = stopper(server, options.stopOnExit ?? true, release, log);
  const urls = { url, ownerUrl: url('isp'), appUrl: url('isp', USERS.app) };
  return { ...urls, port, pid: server.pid, dataDir: home, stop };
}

async function prepareCluster(
  place: Location,
  binaries: Binaries,
  settings: Settings,
  log: (line: string) => void,
): Promise<Passwords> {
  const file = join(place.home, 'credentials.json');
  const known = await readCredentials(file);
  if (await clusterExists(place.cluster)) {
    if (known === undefined) throw new Error(`${file} is missing: restore it, or remove ${place.home} to start afresh`);
    await reclaimCluster(place);
    return known;
  }
  log(`creating a new database in ${place.cluster}`);
  const passwords = known ?? (await createCredentials(file));
  await createCluster(place, binaries, passwords[USERS.superuser], settings['fsync'] !== 'off');
  return passwords;
}

async function startOnPort(
  place: Location,
  binaries: Binaries,
  settings: Settings,
  wanted: number | undefined,
): Promise<{ server: RunningServer; port: number }> {
  const logFile = join(place.home, 'postgres.log');
  for (let attempt = 1; ; attempt += 1) {
    const port = wanted ?? (await freePort());
    try {
      return { server: await startServer(place, binaries, port, settings, logFile), port };
    } catch (error) {
      // Somebody took the free port first, or backends of a crashed server are still on their way out.
      const passes = (error instanceof PortInUse && wanted === undefined) || /shared memory block/.test(oneLine(error));
      if (!passes || attempt === 5) throw error;
      await sleep(200 * attempt);
    }
  }
}

function stopper(
  server: RunningServer,
  stopOnExit: boolean,
  release: () => Promise<void>,
  log: (line: string) => void,
): () => Promise<void> {
  let stopping: Promise<void> | undefined;
  const lastResort = (): void => signalServer(server.pid, 'SIGINT');
  if (stopOnExit) process.once('exit', lastResort);
  void server.gone.then(() => {
    process.removeListener('exit', lastResort);
    if (stopping === undefined) log(`the database server (process ${server.pid}) ended by itself`);
  });
  return () => {
    stopping ??= stopServer(server.pid).then(release);
    return stopping;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
