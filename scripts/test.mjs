/** `npm test [-- jest arguments]`: installs and compiles what is missing, then runs the specs on both queues. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './lib/node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
const { endChildrenOnSignals, endWithParent } = await import('./lib/children.mjs');
const { removeAbandonedRuns } = await import('../test/support/run-directory.mjs');

async function runAll(args) {
  const { ensureDependencies } = await import('./lib/dependencies.mjs');
  await ensureDependencies(root);
  const { ensureBuilt } = await import('./lib/dist.mjs');
  await ensureBuilt(root);
  const { runLanes } = await import('./lib/lanes.mjs');
  const result = await runLanes(root, args);
  if (result.passed + result.failed > 0) return result;
  return { ...result, failed: 1, failures: ['no test ran: nothing matches the arguments'] };
}

endWithParent();
endChildrenOnSignals(removeAbandonedRuns);
let result;
try {
  result = await runAll(process.argv.slice(2));
} catch (error) {
  result = { passed: 0, failed: 1, skipped: 0, failures: [error instanceof Error ? error.message : String(error)] };
}
await removeAbandonedRuns();
if (result.failures.length > 0) console.log(`\nfailed:\n${result.failures.map((line) => `- ${line}`).join('\n')}`);
process.exitCode = result.failed > 0 ? 1 : 0;
console.log(`\n${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
