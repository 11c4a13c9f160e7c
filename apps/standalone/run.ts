import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '@isp/kernel';
import type { Config } from '@isp/platform/config';
import { restartIdentities, runMigrations } from '@isp/platform/database';
import { passingPassword } from '../sandbox/sandbox-nas.js';
import { SandboxNetwork } from '../sandbox/sandbox-network.js';
import { seedCuts } from '../sandbox/seed-cuts.js';
import { seedUsage } from '../sandbox/seed-usage.js';
import { issueIspTokens, issueSandboxKey } from '../sandbox/sandbox-keys.js';
import { seedSandbox } from '../sandbox/seed.js';
import { explain } from '../wiring/process.js';
import { createProgram, listen, type RunningProgram } from '../wiring/program.js';
import { banner, readSandbox, say, writeSandbox } from './sandbox-file.js';

/** Times that the sandbox is filled before it cannot be. */
const PATIENCE = 6;

/** Where the data is. */
export interface Place {
  readonly databaseUrl: string;
  readonly ownerUrl: string;
  /** Whether nobody else uses its roles. */
  readonly isOurs: boolean;
  stop(): Promise<void>;
}

/** Migrates, fills a sandbox with what it lacks, and serves. */
export async function run(config: Config, place: Place, dataDir: string): Promise<RunningProgram> {
  const ran = await runMigrations({ url: place.ownerUrl });
  if (ran > 0) say(`${ran} migrations ran`);
  const { ISP_CLOCK_AHEAD_DAYS: ahead } = config;
  if (ahead > 0) say(`the clock is ${ahead} days ahead`);
  const app = await createProgram(config, { api: true, worker: true });
  try {
    await app.init();
    if (config.ISP_MODE === 'live') return announce(await listen(app, config));
    const file = join(dataDir, 'sandbox.json');
    const logins = await patiently(async () => {
      await restartIdentities(place.ownerUrl, ['customers', 'services', 'plans']);
      return seedSandbox(app, say);
    });
    const known = await readSandbox(file, place.databaseUrl);
    const apiKey = known?.api_key ?? (await issueSandboxKey(app));
    const ispTokens = await issueIspTokens(app, known?.isp_tokens);
    const program = await listen(app, config);
    const sandbox = { base_url: program.url, ...logins, api_key: apiKey, isp_tokens: ispTokens };
    await writeSandbox(file, sandbox, place);
    banner(sandbox, file);
    // What can wait until the sandbox is up, as all below.
    void seedUsage(place.ownerUrl).catch((error: unknown) => say(`no usage of the past: ${explain(error)}`));
    void seedCuts(app).catch((error: unknown) => say(`no outages of the past: ${explain(error)}`));
    return withNetwork(program, place, config);
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** A slow machine is busy with what the seed itself set going; the seed goes on where it was. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'unavailable' || attempt === PATIENCE) throw error;
      await sleep(attempt * 1_000);
    }
  }
}

/** The RADIUS server and the NASes of the sandbox, which stop with the program. */
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
