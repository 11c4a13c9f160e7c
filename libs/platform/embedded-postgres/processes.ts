import { execFileSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A token that a later process under the same pid does not share (boot and start time);
 * undefined when the process is gone or only waits to be reaped.
 */
export function processIdentity(pid: number): string | undefined {
  try {
    if (process.platform !== 'linux') return commandOutput('/bin/ps', ['-o', 'lstart=', '-p', String(pid)]);
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name may hold spaces and brackets, so fields are counted from its closing one.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** What a server wrote into the `postmaster.pid` of its data directory. */
export interface PostmasterFile {
  readonly pid: number;
  readonly directory: string;
  readonly port: number;
  readonly ready: boolean;
}

export function readPostmasterFile(cluster: string): PostmasterFile | undefined {
  try {
    const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    if (!Number.isInteger(pid) || pid <= 0) return undefined;
    return { pid, directory: lines[1] ?? '', port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return undefined;
  }
}

/** Whether the process is the PostgreSQL server of this very data directory, not some later owner of the pid. */
export function isServerOf(pid: number, cluster: string): boolean {
  if (processIdentity(pid) === undefined) return false;
  try {
    if (process.platform !== 'linux') {
      return (commandOutput('/bin/ps', ['-o', 'command=', '-p', String(pid)]) ?? '').includes(`-D ${cluster}`);
    }
    if (readFileSync(`/proc/${pid}/comm`, 'utf8').trim() !== 'postgres') return false;
    return workingDirectory(pid) === realpathSync(cluster) || commandLine(pid).includes(cluster);
  } catch {
    return false;
  }
}

/** The server changes into its data directory; unreadable when it runs under another user. */
function workingDirectory(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

function commandLine(pid: number): string[] {
  return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
}

function commandOutput(file: string, args: string[]): string | undefined {
  return execFileSync(file, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined;
}
