import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { run } from './children.mjs';
import { phase } from './progress.mjs';

/** Installs the packages of the lock file when they are not those in node_modules. */
export async function ensureDependencies(root) {
  const stamp = join(root, 'node_modules', '.isp-lock-hash');
  const wanted = wantedHash(root);
  const found = read(stamp)?.trim();
  if (found === wanted) return;
  // Installed by hand: nothing to do but to remember it.
  if (found === undefined && isInstalled(root)) return writeFileSync(stamp, `${wanted}\n`);
  await phase('Installing packages (the first time takes a while)', () => install(root));
  writeFileSync(stamp, `${wanted}\n`);
}

async function install(root) {
  const clean = await npm(root, 'ci');
  if (clean.code === 0) return;
  // `npm ci` refuses a lock file that lacks another platform's optional packages; `install` completes it in memory.
  const refused = /EUSAGE/.test(clean.output);
  const result = refused ? await npm(root, 'install', '--no-save') : clean;
  if (result.code === 0) return;
  const reason = result.output.trim().split('\n').filter(isTelling).slice(0, 6).join('\n  ');
  throw new Error(`npm ${refused ? 'install' : 'ci'} failed (exit code ${result.code}):\n  ${reason}`);
}

const isTelling = (line) => /npm error/i.test(line) && !/complete log|npm error\s*$/i.test(line);

function npm(root, ...command) {
  // Without development packages there is no compiler, whatever NODE_ENV says.
  const args = [...command, '--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const own = process.env.npm_execpath;
  const isNpm = own !== undefined && /^npm-cli\.[cm]?js$/.test(basename(own));
  return isNpm ? run(process.execPath, [own, ...args], { cwd: root }) : run('npm', args, { cwd: root });
}

function wantedHash(root) {
  const { dependencies, devDependencies, optionalDependencies, overrides } = readJson(join(root, 'package.json')) ?? {};
  const hash = createHash('sha256').update(read(join(root, 'package-lock.json')) ?? '');
  hash.update(JSON.stringify([dependencies, devDependencies, optionalDependencies, overrides]));
  return hash.update(`${process.platform}-${process.arch}`).digest('hex');
}

/** Whether npm's own record of node_modules has every package of the lock file, in its version. */
function isInstalled(root) {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  const present = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = present[path];
    return found === undefined ? Boolean(optional || devOptional) : found.version === version;
  });
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
