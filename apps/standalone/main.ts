import { join, resolve } from 'node:path';
import { environment, loadConfig } from '@isp/platform/config';
import { startEmbeddedPostgres } from '@isp/platform/embedded-postgres';
import { explain, onEarlySignals, refuseBusyPort, stopOnSignals } from '../wiring/process.js';
import type { Place } from './run.js';
import { masterKeys, say } from './sandbox-file.js';

/** The database of DATABASE_URL, or one of our own under the data directory. */
async function openDatabase(dataDir: string): Promise<Place> {
  const { DATABASE_URL: given, ISP_OWNER_DATABASE_URL: owner } = environment();
  if (given) return { databaseUrl: given, ownerUrl: owner ?? given, isOurs: false, stop: async () => {} };
  say('starting the embedded PostgreSQL');
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres') });
  return { databaseUrl: postgres.appUrl, ownerUrl: postgres.ownerUrl, isOurs: true, stop: () => postgres.stop() };
}

/** The whole ISP in one process, on a database of its own unless DATABASE_URL names one. */
export async function main(): Promise<void> {
  try {
    await start();
  } catch (error) {
    throw new Error(explain(error), { cause: error });
  }
}

async function start(): Promise<void> {
  const given = environment();
  const dataDir = resolve(given['ISP_DATA_DIR'] ?? '.data');
  const settings = {
    ISP_LOG_LEVEL: 'warn',
    ISP_SHUTDOWN_GRACE_SECONDS: '0',
    ISP_AUDIT_ANCHOR_FILE: join(dataDir, 'audit-anchors.jsonl'),
    ...(given['ISP_MODE'] === 'live' ? {} : { ISP_MAIL_DIR: join(dataDir, 'mail') }),
    ...given,
    ISP_MASTER_KEYS: given['ISP_MASTER_KEYS'] ?? (await masterKeys(dataDir)),
  };
  // What is wrong with the settings or the port shows before anything is started.
  const early = loadConfig({ DATABASE_URL: 'postgres://embedded/isp', ...settings });
  await refuseBusyPort(early.PORT, early.ISP_HOST);
  // The program is most of what there is to load: it is loaded while the database starts.
  const loaded = import('./run.js');
  loaded.catch(() => undefined);
  const place = await openDatabase(dataDir);
  const release = onEarlySignals(() => place.stop());
  try {
    const { run } = await loaded;
    const program = await run(loadConfig({ ...settings, DATABASE_URL: place.databaseUrl }), place, dataDir);
    stopOnSignals(program, () => place.stop());
  } catch (error) {
    await place.stop();
    throw error;
  } finally {
    release();
  }
}
