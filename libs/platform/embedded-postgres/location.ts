import { createHash } from 'node:crypto';
import { chmod, mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { canEnter, isRoot, serverAccount } from './account.js';
import type { Account } from './account.js';
import { oneLine } from './wait.js';

/** Where the data goes when we are root and the server's account cannot enter the data directory. */
const SHARED_STATE = '/var/lib/isp-framework';
const LOCATION_FILE = 'cluster-location.txt';

/** `home` is the data directory; `cluster` what PostgreSQL calls its own, most often inside it. */
export interface Location {
  readonly home: string;
  readonly cluster: string;
  readonly copies: string;
  readonly account: Account | undefined;
}

export async function createHome(dataDir: string): Promise<string> {
  const home = resolve(dataDir);
  try {
    await mkdir(home, { recursive: true });
    // Enough for the server's account to pass through to its own directory, and no more.
    if (isRoot()) await chmod(home, 0o711);
    return home;
  } catch (error) {
    throw new Error(`cannot create the data directory ${home}: ${oneLine(error)}`);
  }
}

/** Finds the place of an earlier start, or chooses one that the server's account can reach. */
export async function locate(home: string, log: (line: string) => void): Promise<Location> {
  const written = await readLocation(home);
  const inside = join(home, 'cluster');
  const account = await serverAccount(written ?? inside);
  const place = (cluster: string): Location => ({ home, cluster, copies: copiesFor(home, account), account });
  if (written !== undefined) {
    await openDirectories(written);
    return place(written);
  }
  if (await canEnter(account, home)) return place(inside);
  const cluster = join(await freeDirectory(home), 'cluster');
  await openDirectories(cluster);
  await writeLocation(home, cluster, account);
  log(`user ${account?.name ?? 'of the server'} cannot enter ${home}: the database is kept in ${cluster}`);
  return place(cluster);
}

function copiesFor(home: string, account: Account | undefined): string {
  return account === undefined ? join(home, 'binaries') : SHARED_STATE;
}

/** A directory of an earlier, since removed data directory of the same path is left alone: its data was not ours. */
async function freeDirectory(home: string): Promise<string> {
  const prefix = join(SHARED_STATE, createHash('sha256').update(home).digest('hex').slice(0, 16));
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? prefix : `${prefix}-${number}`;
    if (!(await exists(candidate))) return candidate;
  }
}

async function openDirectories(cluster: string): Promise<void> {
  const directory = join(cluster, '..');
  await mkdir(directory, { recursive: true });
  await chmod(SHARED_STATE, 0o755);
  await chmod(directory, 0o711);
}

async function readLocation(home: string): Promise<string | undefined> {
  const text = await readFile(join(home, LOCATION_FILE), 'utf8').catch(() => undefined);
  const path = text?.trim().split('\n').at(-1);
  return path?.startsWith(`${SHARED_STATE}/`) ? path : undefined;
}

async function writeLocation(home: string, cluster: string, account: Account | undefined): Promise<void> {
  const path = join(home, LOCATION_FILE);
  const reason = `PostgreSQL runs as user ${account?.name ?? ''}, who cannot enter this directory. Its data is in:`;
  await writeFile(`${path}.tmp`, `${reason}\n${cluster}\n`, { mode: 0o600 });
  await rename(`${path}.tmp`, path);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
