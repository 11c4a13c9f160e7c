import { join, resolve } from 'node:path';
import { type Config, environment, loadConfig } from '@isp/platform/config';
import { restartIdentities, runMigrations } from '@isp/platform/database';
import { startEmbeddedPostgres } from '@isp/platform/embedded-postgres';
import { passingPassword } from '../sandbox/sandbox-nas.js';
import { SandboxNetwork } from '../sandbox/sandbox-network.js';
import { issueIspTokens, issueSandboxKey } from '../sandbox/sandbox-keys.js';
import { seedSandbox } from '../sandbox/seed.js';
import { explain, onEarlySignals, refuseBusyPort, stopOnSignals } from '../wiring/process.js';
import { createProgram, listen, type RunningProgram } from '../wiring/program.js';
import { banner, masterKeys, readSandbox, say, writeSandbox } from './sandbox-file.js';

interface Place {
  readonly databaseUrl: string;
  readonly ownerUrl: string;
  /** Whether nobody else uses its roles. */
  readonly isOurs: boolean;
  stop(): Promise<void>;
}

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
    ...given,
    ISP_MASTER_KEYS: given['ISP_MASTER_KEYS'] ?? (await masterKeys(dataDir)),
  };
  // What is wrong with the settings or the port shows before anything is started.
  const early = loadConfig({ DATABASE_URL: 'postgres://embedded/isp', ...settings });
  await refuseBusyPort(early.PORT, early.ISP_HOST);
  const place = await openDatabase(dataDir);
  const release = onEarlySignals(() => place.stop());
  try {
    const ran = await runMigrations({ url: place.ownerUrl });
    if (ran > 0) say(`${ran} migrations ran`);
    const program = await run(loadConfig({ ...settings, DATABASE_URL: place.databaseUrl }), place, dataDir);
    stopOnSignals(program, () => place.stop());
  } catch (error) {
    await place.stop();
    throw error;
  } finally {
    release();
  }
}

async function run(config: Config, place: Place, dataDir: string): Promise<RunningProgram> {
  const app = await createProgram(config, { api: true, worker: true });
  try {
    await app.init();
    if (config.ISP_MODE === 'live') return announce(await listen(app, config));
    const file = join(dataDir, 'sandbox.json');
    await restartIdentities(place.ownerUrl, ['customers', 'services', 'plans']);
    const logins = await seedSandbox(app, say);
    const known = await readSandbox(file, place.databaseUrl);
    const apiKey = known?.api_key ?? (await issueSandboxKey(app));
    const ispTokens = await issueIspTokens(app, known?.isp_tokens);
    const program = await listen(app, config);
    const sandbox = { base_url: program.url, ...logins, api_key: apiKey, isp_tokens: ispTokens };
    await writeSandbox(file, sandbox, place.databaseUrl);
    banner(sandbox, file);
    return withNetwork(program, place, config);
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** What can wait until the sandbox is up: its RADIUS server and NASes, which stop with the program. */
function withNetwork(program: RunningProgram, place: Place, config: Config): RunningProgram {
  const password = config.ISP_RADIUS_DATABASE_PASSWORD ?? (place.isOurs ? passingPassword() : undefined);
  if (password === undefined) {
    say('no sessions in this sandbox: ISP_RADIUS_DATABASE_PASSWORD is not set');
    return program;
  }
  const network = SandboxNetwork.start(program.app, { ownerUrl: place.ownerUrl, password });
  const stop = async (graceSeconds?: number): Promise<void> => {
    const stopped = network.then((running) => running.stop());
    await Promise.all([stopped, program.stop(graceSeconds)]);
  };
  return { ...program, stop };
}

function announce(program: RunningProgram): RunningProgram {
  say(`listening on ${program.url}`);
  return program;
}
