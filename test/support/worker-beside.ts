import type { Clock } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import { type RunningProgram, startProgram } from '../../apps/wiring/program.js';
import { type ApiWorld, MASTER_KEYS } from './api-world.js';

export type { RunningProgram };

/** A worker on the database of an API, in this process; `settings` beside what it needs. */
export function workerBeside(
  { database }: Pick<ApiWorld, 'database'>,
  settings: Readonly<Record<string, string>> = {},
  clock?: Clock,
): Promise<RunningProgram> {
  const own = { DATABASE_URL: database.appUrl, ISP_MASTER_KEYS: MASTER_KEYS, ISP_LOG_LEVEL: 'silent', PORT: '0' };
  return startProgram(loadConfig({ ...own, ...settings }), { api: false, worker: true }, clock);
}
