import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compiled, threadOf } from './compiled.mjs';

const libs = new URL('../../../libs/', import.meta.url);
const found = (url) => ({ url: url.href, format: 'module', shortCircuit: true });

/** Node module hooks with which a process runs the TypeScript sources as they are (see run-ts.mjs). */
export function resolve(specifier, context, next) {
  const alias = /^@isp\/(kernel|contracts|(?:platform|domain|apis)\/[^/]+)$/.exec(specifier);
  if (alias) return found(new URL(`${alias[1]}/index.ts`, libs));
  const thread = /^#threads\/(.+)$/.exec(specifier);
  if (thread) return found(threadOf(new URL(`domain/${thread[1]}.thread.ts`, libs)));
  if (specifier === '@jest/globals') return found(new URL('./jest-globals.mjs', import.meta.url));
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return found(source);
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  return { format: 'module', source: compiled(fileURLToPath(url)), shortCircuit: true };
}
