/**
 * One temporary directory per Jest run holds the test cluster and those that single specs start. Jest skips its teardown when it is interrupted, so the
 * directory is named after Jest's process and the next run clears away what dead runs left.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const NAME = /^isp-jest-(\d+)-/;

export function createRunDirectory() {
  const directory = mkdtempSync(join(tmpdir(), `isp-jest-${process.pid}-`));
  // Started by root, the server runs as another user and must be able to pass through.
  chmodSync(directory, 0o711);
  return directory;
}

/** Ends every PostgreSQL server with its data in the directory, then removes it. */
export async function removeRunDirectory(directory) {
  const pids = serversIn(directory);
  for (const pid of pids) process.kill(pid, 'SIGQUIT');
  for (let wait = 0; wait < 250 && pids.some(isAlive); wait += 1) await sleep(20);
  rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
}

/** Removes the directories of runs whose Jest process is gone, with the servers they left running. */
export async function removeAbandonedRuns() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(NAME.exec(name)?.[1] ?? 0);
    if (pid === 0 || isAlive(pid)) continue;
    // Another user's leftovers are not ours to remove.
    await removeRunDirectory(join(tmpdir(), name)).catch(() => undefined);
  }
}

function serversIn(directory) {
  const processes = execFileSync('ps', ['-axww', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return processes
    .filter((line) => /^\s*\d+ \S*\/postgres /.test(line) && line.includes(` -D ${directory}/`))
    .map((line) => Number.parseInt(line, 10));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
