/** Compiles apps/ and libs/ to dist/ with swc: one pass over the tree, no type check (that is `npm run types`); then bundles. */
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFile } from '@swc/core';
import { bundle } from './lib/bundle.mjs';
import { buildSwc } from './swc.config.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const out = join(root, 'dist');

async function* sources(dir) {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* sources(path);
    else if (entry.name.endsWith('.ts') && !/\.(spec|d)\.ts$/.test(entry.name)) yield path;
  }
}

async function compile(path) {
  const target = join(out, relative(root, path)).replace(/\.ts$/, '.js');
  const { code, map } = await transformFile(path, { ...buildSwc, filename: path });
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, `${code}\n//# sourceMappingURL=${target.split('/').at(-1)}.map\n`);
  await writeFile(`${target}.map`, map);
}

export async function build() {
  await rm(out, { recursive: true, force: true });
  const jobs = [];
  for (const dir of ['apps', 'libs']) for await (const path of sources(join(root, dir))) jobs.push(compile(path));
  await Promise.all(jobs);
  await bundle(out);
  return jobs.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(`built ${await build()} files into dist/`);
