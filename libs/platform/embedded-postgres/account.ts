import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { chown, lchown, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system account that runs the server when we ourselves are root, which PostgreSQL refuses to be. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The environment of every child: nothing of ours (`PGPORT`, `PGDATA`, a locale) may change what the server does. */
export const CHILD_ENV: Readonly<Record<string, string>> = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Who runs the server: undefined means ourselves. As root it is the present owner of the data, else `postgres`,
 * else `nobody`.
 */
export async function serverAccount(cluster: string): Promise<Account | undefined> {
  if (!isRoot()) return undefined;
  const accounts = knownAccounts();
  const owner = await ownerOf(cluster);
  const account =
    accounts.find((candidate) => candidate.uid === owner && candidate.uid !== 0) ??
    accounts.find((candidate) => candidate.name === 'postgres') ??
    accounts.find((candidate) => candidate.name === 'nobody');
  if (account === undefined) {
    throw new Error('PostgreSQL does not run as root and this system has neither a user "postgres" nor "nobody"');
  }
  return account;
}

/** Options for child_process that make a child run under the account. */
export function asAccount(account: Account | undefined): { uid?: number; gid?: number; cwd: string } {
  return account === undefined ? { cwd: '/' } : { uid: account.uid, gid: account.gid, cwd: '/' };
}

/** Whether the account can enter the directory; asked of the kernel, so access lists and mounts count too. */
export async function canEnter(account: Account | undefined, directory: string): Promise<boolean> {
  if (account === undefined) return true;
  try {
    await run('/bin/sh', ['-c', 'cd "$1"', 'sh', directory], { env: CHILD_ENV, ...asAccount(account) });
    return true;
  } catch {
    return false;
  }
}

/** Gives a directory with all it holds to the account, unless it has it already. */
export async function giveTo(account: Account | undefined, directory: string): Promise<void> {
  if (account === undefined || (await ownerOf(directory)) === account.uid) return;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await giveTo(account, path);
    else await lchown(path, account.uid, account.gid);
  }
  // Last, so that an interrupted pass is seen as unfinished and repeated.
  await chown(directory, account.uid, account.gid);
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid;
  } catch {
    return undefined;
  }
}

function knownAccounts(): Account[] {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
