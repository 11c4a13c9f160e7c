import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Packages that go into the bundle: ES modules in hundreds of files each, which nothing outside of the bundle imports (two
 * copies of Nest would not know each other's classes). All others are found in node_modules at run time.
 */
const BUNDLED = /^(?:@nestjs\/(?!microservices|websockets|platform-express)[^/]+|zod|es-toolkit)(?:\/|$)/;

/**
 * Joins what each `dist/apps/<name>/main.js` imports into a few files: reading some 2,000 modules one by one was half of a
 * process's start. The modules stay beside it for who imports one of them.
 */
export async function bundle(out) {
  const apps = await readdir(join(out, 'apps'), { withFileTypes: true, recursive: true });
  const mains = apps.filter(({ name }) => name === 'main.js').map(({ parentPath, name }) => join(parentPath, name));
  await joined({
    entryPoints: mains,
    outdir: out,
    outbase: out,
    chunkNames: 'chunks/[hash]',
    splitting: true,
  });
}

/** Joins programs; `built` says where the build has put what an import of their own that matches names. */
export async function joined({ built, ...options }) {
  await build({
    ...options,
    bundle: true,
    // What was compiled is joined in its place.
    allowOverwrite: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // Names of classes are names of providers.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'warning',
    // Type metadata of parameters that are schemas asks for values that are types.
    logOverride: { 'import-is-undefined': 'silent' },
    plugins: [
      {
        name: 'packages',
        setup({ onResolve }) {
          if (built) onResolve({ filter: built.filter }, ({ path }) => ({ path: built.fileOf(path) }));
          onResolve({ filter: /^[^./]/ }, packages);
        },
      },
    ],
  });
}

const packages = ({ path, kind }) =>
  kind === 'entry-point' || BUNDLED.test(path) ? undefined : { path, external: true };
