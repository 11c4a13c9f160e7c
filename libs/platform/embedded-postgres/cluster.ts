import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHILD_ENV, asAccount, giveTo } from './account.js';
import type { Binaries } from './binaries.js';
import { USERS } from './credentials.js';
import type { Location } from './location.js';
import { lastLines, oneLine } from './wait.js';

const run = promisify(execFile);

export async function clusterExists(cluster: string): Promise<boolean> {
  return stat(join(cluster, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

/**
 * Initialises the data directory beside its final place and moves it there: an interrupted start leaves no half of one.
 * `sync` false leaves the writing to the operating system, for data that may be lost.
 */
export async function createCluster(
  place: Location,
  binaries: Binaries,
  password: string,
  sync: boolean,
): Promise<void> {
  const draft = `${place.cluster}.new`;
  const passwordFile = `${place.cluster}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await giveTo(place.account, draft);
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (place.account) await chown(passwordFile, place.account.uid, place.account.gid);
    const args = initdbArguments(draft, passwordFile, sync);
    await run(binaries.initdb, args, { env: CHILD_ENV, ...asAccount(place.account) });
    await rename(draft, place.cluster);
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`initdb failed in ${place.cluster}: ${stderr ? lastLines(stderr, 3) : oneLine(error)}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function initdbArguments(directory: string, passwordFile: string, sync: boolean): string[] {
  return [
    ...['-D', directory, '-U', USERS.superuser, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
    // The built-in locale sorts the same on every machine and knows the case of all Unicode letters.
    ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-instructions'],
    ...(sync ? [] : ['--no-sync']),
  ];
}

/** Restores what the server insists on: its own directory, closed to others. */
export async function reclaimCluster(place: Location): Promise<void> {
  await giveTo(place.account, place.cluster);
  await chmod(place.cluster, 0o700);
}
