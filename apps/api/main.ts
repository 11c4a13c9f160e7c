import { loadConfig } from '@isp/platform/config';
import { runMain, stopOnSignals } from '../wiring/process.js';
import { startProgram } from '../wiring/program.js';

runMain(async () => {
  const program = await startProgram(loadConfig(), { api: true, worker: false });
  stopOnSignals(program);
});
