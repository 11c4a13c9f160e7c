/** `npm run bench [-- names and options]`: installs and compiles what is missing, then measures (docs/benchmarks.md). */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { requireNode } from './lib/node-version.mjs';

requireNode();

const root = fileURLToPath(new URL('..', import.meta.url));
const { ensureDependencies } = await import('./lib/dependencies.mjs');
const { ensureBuilt } = await import('./lib/dist.mjs');
await ensureDependencies(root);
await ensureBuilt(root);
const args = ['--import', './test/support/runner/run-ts.mjs', 'test/bench/main.ts', ...process.argv.slice(2)];
const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
// The child gets a Ctrl-C itself; waiting for it leaves nothing running.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));
