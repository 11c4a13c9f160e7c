import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, fchownSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { CHILD_ENV, asAccount, isRoot } from './account.js';
import type { Binaries } from './binaries.js';
import type { Location } from './location.js';
import { isServerOf, processIdentity, readPostmasterFile } from './processes.js';
import { lastLines, waitUntil } from './wait.js';

export type Settings = Readonly<Record<string, string | number>>;

export interface RunningServer {
  readonly pid: number;
  /** Settles when the server is gone, for whatever reason. */
  readonly gone: Promise<void>;
}

export class PortInUse extends Error {}

const START_TIMEOUT_MS = 60_000;
const LOG_LIMIT_BYTES = 5_000_000;

/** Starts the server and resolves when it accepts connections; otherwise says why in one line. */
export async function startServer(
  place: Location,
  binaries: Binaries,
  port: number,
  settings: Settings,
  logFile: string,
): Promise<RunningServer> {
  const log = openLog(logFile);
  const from = fstatSync(log).size;
  const args = ['-D', place.cluster, '-p', String(port)];
  for (const [name, value] of Object.entries(settings)) args.push('-c', `${name}=${value}`);
  // Its own session: a Ctrl-C in the terminal reaches only us, and we stop the database last.
  const child = spawn(binaries.postgres, args, {
    ...asAccount(place.account),
    env: { ...CHILD_ENV, ...allowanceForReusedPid(place.cluster) },
    stdio: ['ignore', log, log],
    detached: true,
  });
  closeSync(log);
  child.unref();
  const state = observe(child);
  await waitUntil(() => state.ended !== undefined || isReady(place.cluster, child.pid), START_TIMEOUT_MS);
  if (state.ended === undefined && child.pid !== undefined && isReady(place.cluster, child.pid)) {
    return { pid: child.pid, gone: state.gone };
  }
  child.kill('SIGQUIT');
  throw startFailure(port, state.ended ?? `was not ready within ${START_TIMEOUT_MS / 1000} s`, logFile, from);
}

/** Fast shutdown: open transactions are rolled back, the data is written. Gets harsher only when that takes too long. */
export async function stopServer(pid: number, timeoutMs = 20_000): Promise<void> {
  const identity = processIdentity(pid);
  const gone = (): boolean => processIdentity(pid) !== identity;
  if (identity === undefined) return;
  for (const [signal, patience] of [
    ['SIGINT', timeoutMs],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 2_000],
  ] as const) {
    signalServer(pid, signal);
    if (await waitUntil(gone, patience)) return;
  }
  throw new Error(`the database server (process ${pid}) does not stop`);
}

/** Stops the server that a killed parent left running on this cluster; its pid, or undefined when there was none. */
export async function stopOrphan(cluster: string): Promise<number | undefined> {
  const file = readPostmasterFile(cluster);
  if (file === undefined || !isServerOf(file.pid, cluster)) return undefined;
  await stopServer(file.pid);
  return file.pid;
}

export function signalServer(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * After a crash the pid in `postmaster.pid` may belong to a stranger or to a corpse nobody reaps, and PostgreSQL
 * would refuse to start. It makes one exception, for the pid given here; its check of shared memory still happens.
 */
function allowanceForReusedPid(cluster: string): Record<string, string> {
  const file = readPostmasterFile(cluster);
  return file === undefined ? {} : { PG_GRANDPARENT_PID: String(file.pid) };
}

function isReady(cluster: string, pid: number | undefined): boolean {
  const file = readPostmasterFile(cluster);
  return file !== undefined && file.pid === pid && file.ready;
}

function observe(child: ChildProcess): { ended: string | undefined; gone: Promise<void> } {
  const state = { ended: undefined as string | undefined, gone: Promise.resolve() };
  state.gone = new Promise((resolve) => {
    const end = (how: string): void => {
      state.ended ??= how;
      resolve();
    };
    child.once('error', (error) => end(`could not be run (${error.message})`));
    child.once('exit', (code, signal) => end(`ended with ${signal ?? `code ${code}`}`));
  });
  return state;
}

function startFailure(port: number, how: string, logFile: string, from: number): Error {
  const text = readFrom(logFile, from);
  if (/could not bind .*(in use|Permission denied)/i.test(text)) {
    const reason = /Permission denied/i.test(text) ? 'needs more rights than we have' : 'is already in use';
    return new PortInUse(`the database cannot listen on 127.0.0.1:${port}: the port ${reason}`);
  }
  return new Error(`the database server ${how}: ${lastLines(text, 3) || 'it wrote no log'} (${logFile})`);
}

function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > LOG_LIMIT_BYTES) renameSync(path, `${path}.1`);
  const log = openSync(path, 'a', 0o600);
  // A start with sudo must not leave a file that the user's own next start cannot write.
  const { uid, gid } = statSync(dirname(path));
  if (isRoot()) fchownSync(log, uid, gid);
  return log;
}

function readFrom(path: string, from: number): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(16_384);
    return buffer.toString('utf8', 0, readSync(file, buffer, 0, buffer.length, from));
  } finally {
    closeSync(file);
  }
}
