/** `npm start`: looks whether its port is free, installs and compiles what is missing, then becomes the application. */
import { fileURLToPath } from 'node:url';
import { requireNode } from './lib/node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
const { endChildrenOnSignals, endWithParent } = await import('./lib/children.mjs');

/** The application answers SIGINT and SIGTERM itself; a closed terminal is the same to it. */
async function application() {
  process.on('SIGHUP', () => process.kill(process.pid, 'SIGTERM'));
  const { main } = await import('../dist/apps/standalone/main.js');
  await main();
}

endWithParent();
const release = endChildrenOnSignals();
try {
  const { requireFreePort } = await import('./lib/free-port.mjs');
  await requireFreePort();
  const { ensureDependencies } = await import('./lib/dependencies.mjs');
  await ensureDependencies(root);
  const { ensureBuilt } = await import('./lib/dist.mjs');
  await ensureBuilt(root);
  process.chdir(root);
  release();
  await application();
} catch (error) {
  console.error(process.env.ISP_DEBUG ? error : `Cannot start: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
