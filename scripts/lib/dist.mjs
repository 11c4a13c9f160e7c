import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { run } from './children.mjs';
import { phase } from './progress.mjs';

const SOURCES = ['apps', 'libs', 'scripts', 'tsconfig.json', 'package-lock.json'];

/** Compiles to dist/ when a source has changed since; in a child process, so that the compiler's memory goes with it. */
export async function ensureBuilt(root) {
  const stamp = join(root, 'dist', '.sources');
  const wanted = fingerprint(root);
  if (contentOf(stamp) === wanted) return;
  const { code, output } = await phase('Compiling', () => run(process.execPath, ['scripts/build.mjs'], { cwd: root }));
  if (code !== 0) throw new Error(`the build failed:\n${output.trim()}`);
  writeFileSync(stamp, wanted);
}

/** Names, sizes and times of all sources; tests are none. */
function fingerprint(root) {
  const hash = createHash('sha256');
  for (const source of SOURCES) {
    for (const path of filesOf(join(root, source))) {
      const { size, mtimeMs } = statSync(path);
      hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

function filesOf(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) return path.endsWith('.spec.ts') ? [] : [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

function contentOf(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
