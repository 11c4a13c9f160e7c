/** Writes the OpenAPI documents of the three APIs to test/apis/openapi/, or with --check says whether they are current. */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { scratchSettings, withScratchDatabase } from './lib/scratch-program.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');

async function documents(postgres) {
  const { loadConfig } = await import('../dist/libs/platform/config/index.js');
  const { createProgram } = await import('../dist/apps/wiring/program.js');
  const { apis } = await import('../dist/apps/wiring/apis.js');
  const { buildOpenApi } = await import('../dist/libs/apis/shared/index.js');
  const app = await createProgram(loadConfig(scratchSettings(postgres)), { api: true, worker: false });
  await app.init();
  const built = apis.map((api) => [api.name, `${JSON.stringify(buildOpenApi(app, api), null, 2)}\n`]);
  await app.close();
  return built;
}

const built = await withScratchDatabase(root, documents);
const stale = [];
for (const [name, text] of built) {
  const file = new URL(`../test/apis/openapi/${name}.json`, import.meta.url);
  const committed = await readFile(file, 'utf8').catch(() => '');
  if (committed === text) continue;
  stale.push(name);
  if (!check) await writeFile(file, text);
}
const verdict =
  stale.length === 0
    ? 'are current'
    : check
      ? `differ: ${stale.join(', ')} (npm run openapi:write)`
      : `written: ${stale.join(', ')}`;
console.log(`OpenAPI documents ${verdict}`);
process.exit(check && stale.length > 0 ? 1 : 0);
