import { loadConfig } from '@isp/platform/config';
import { runMain, stopOnSignals } from '../wiring/process.js';
import { startProgram } from '../wiring/program.js';

/** A worker answers `/health` and `/metrics`, nothing else. */
runMain(async () => {
  const program = await startProgram(loadConfig(), { api: false, worker: true });
  stopOnSignals(program, undefined, 0);
});
