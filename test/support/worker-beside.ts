import type { Clock } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import type { Roles } from '../../apps/wiring/modules.js';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { type ApiWorld, MASTER_KEYS } from './api-world.js';
import { onRedis, startRedis } from './redis.js';

export type { RunningProgram };

type Settings = Readonly<Record<string, string>>;

/** A program with the queue of this lane: PostgreSQL, or a Redis of its own that ends with it. */
export async function startOnQueue(settings: Settings, roles: Roles, clock?: Clock): Promise<RunningProgram> {
  const redis = onRedis ? await startRedis() : undefined;
  const store = redis ? { REDIS_URL: redis.url } : {};
  const config = loadConfig({
    PORT: '0',
    ISP_MASTER_KEYS: MASTER_KEYS,
    ISP_LOG_LEVEL: 'silent',
    ...store,
    ...settings,
  });
  const program = await startProgram(config, roles, clock);
  const stop = async (graceSeconds?: number): Promise<void> => {
    await program.stop(graceSeconds);
    await redis?.stop();
  };
  return { ...program, stop };
}

/** A worker on the database of an API, in this process; `settings` beside what it needs. */
export const workerBeside = (
  { database }: Pick<ApiWorld, 'database'>,
  settings: Settings = {},
  clock?: Clock,
): Promise<RunningProgram> =>
  startOnQueue({ DATABASE_URL: database.appUrl, ...settings }, { api: false, worker: true }, clock);
