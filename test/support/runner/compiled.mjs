import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { transformSync, version } from '@swc/core';
import { sourceSwc } from '../../../scripts/swc.config.mjs';

const directory = fileURLToPath(new URL('../../../node_modules/.cache/isp-sources/', import.meta.url));
const key = JSON.stringify([version, sourceSwc]);
mkdirSync(directory, { recursive: true });

/** JavaScript of a TypeScript source, compiled once for all processes. */
export function compiled(path) {
  const source = readFileSync(path, 'utf8');
  const place = placeOf(path, source);
  const file = `${place}.js`;
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const { code, map } = transformSync(source, { ...sourceSwc, filename: path });
  write(`${place}.map`, map);
  write(file, code);
  return code;
}

/** Where the source map of a source lies that was compiled; undefined for other files. */
export function mapFileOf(pathOrUrl) {
  const path = pathOrUrl.startsWith('file:') ? fileURLToPath(pathOrUrl) : pathOrUrl;
  if (!path.endsWith('.ts') || !existsSync(path)) return undefined;
  const file = `${placeOf(path, readFileSync(path, 'utf8'))}.map`;
  return existsSync(file) ? file : undefined;
}

/** Entry of a thread over the sources: hooks are of the thread that registered them, so each thread needs its own. */
export function threadOf({ href }) {
  const file = `${placeOf(href, href)}.thread.mjs`;
  const runTs = JSON.stringify(new URL('./run-ts.mjs', import.meta.url).href);
  const source = `await import(${runTs});\nexport const { run } = await import(${JSON.stringify(href)});\n`;
  if (!existsSync(file) || readFileSync(file, 'utf8') !== source) write(file, source);
  return pathToFileURL(file);
}

const placeOf = (path, source) => directory + createHash('sha1').update(`${key}\0${path}\0${source}`).digest('hex');

/** Whole or not at all: other processes read while this one writes. */
function write(file, content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}
