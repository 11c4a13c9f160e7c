import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';
import { jestSwc } from '../../scripts/swc.config.mjs';

const libs = new URL('../../libs/', import.meta.url);

/** Node module hooks with which a process runs the TypeScript sources as they are (see run-ts.mjs). */
export function resolve(specifier, context, next) {
  const alias = /^@isp\/(kernel|contracts|(?:platform|domain|apis)\/[^/]+)$/.exec(specifier);
  if (alias) return { url: new URL(`${alias[1]}/index.ts`, libs).href, format: 'module', shortCircuit: true };
  if (/^\.{1,2}\/.*\.js$/.test(specifier) && context.parentURL?.endsWith('.ts')) {
    const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
    if (existsSync(source)) return { url: source.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export function load(url, context, next) {
  if (!url.endsWith('.ts')) return next(url, context);
  const { code } = transformFileSync(fileURLToPath(url), jestSwc);
  return { format: 'module', source: code, shortCircuit: true };
}
