import { PERMISSIONS, systemActor } from '@isp/contracts';
import { BillingRuns, CarryOutRun, RUN_LANES, RunQueries } from '@isp/domain/billing';
import { monotonicMs } from '@isp/kernel';
import { loadConfig } from '@isp/platform/config';
import { createProgram } from '../../apps/wiring/program.js';
import { serve } from './processes.js';

/** The settings of the program: the first order brings it up. */
export type Bill = Readonly<Record<string, string>>;

export interface Billed {
  readonly seconds: number;
  readonly cpuMicros: number;
  /** The most that the process ever had resident, since it began. */
  readonly peakMb: number;
  readonly invoices: number;
}

const ACTOR = { ...systemActor('bench'), permissions: new Set(PERMISSIONS) };
let program: ReturnType<typeof createProgram> | undefined;

/** One run over all that is due, as the workers carry it out. */
serve<Bill, Billed>(async (settings) => {
  // A worker that is not set going: nobody else takes work.
  program ??= createProgram(loadConfig({ ...settings, ISP_LOG_LEVEL: 'error' }), { api: false, worker: true });
  const app = await program;
  const [before, start] = [process.cpuUsage(), monotonicMs()];
  const { id } = await app.get(BillingRuns, { strict: false }).create({ actor: ACTOR });
  const carryOut = app.get(CarryOutRun, { strict: false });
  await Promise.all(Array.from({ length: RUN_LANES }, () => carryOut.execute(id)));
  const seconds = (monotonicMs() - start) / 1_000;
  const { user, system } = process.cpuUsage(before);
  const { invoices } = await app.get(RunQueries, { strict: false }).get(ACTOR, id);
  return { seconds, cpuMicros: user + system, peakMb: process.resourceUsage().maxRSS / 1_024, invoices };
});
