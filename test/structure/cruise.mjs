/**
 * Cruises the trees named on the command line, each with the repository's own rules, and prints one JSON line a tree:
 * `{ "violations": ["rule: from -> to"] }` or `{ "error": "message" }`. A process of its own: the tool changes directory.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { cruise } from 'dependency-cruiser';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';

const require = createRequire(import.meta.url);
const config = fileURLToPath(new URL('../../.dependency-cruiser.cjs', import.meta.url));

async function violations(root) {
  process.chdir(root);
  process.env.STRUCTURE_ROOT = root;
  delete require.cache[config];
  const { options, ...ruleSet } = require(config);
  const folders = ['apps', 'libs'].filter((folder) => existsSync(folder));
  const tsConfig = extractTSConfig(options.tsConfig.fileName);
  const { output } = await cruise(folders, { ...options, ruleSet, validate: true }, undefined, { tsConfig });
  return output.summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} -> ${to}`);
}

for (const root of process.argv.slice(2)) {
  const result = await violations(root).then(
    (found) => ({ violations: found }),
    (error) => ({ error: String(error.message) }),
  );
  console.log(JSON.stringify(result));
}
