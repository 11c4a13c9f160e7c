import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';

const here = fileURLToPath(new URL('.', import.meta.url));

/**
 * A temporary directory that the server's account may pass through. It lies in the directory of the Jest run: a server
 * in it does not outlive an interrupted run for long.
 */
export async function openTempDir(): Promise<string> {
  const dir = await mkdtemp(join(process.env['ISP_TEST_CLUSTER_DIR'] ?? tmpdir(), 'isp-'));
  await chmod(dir, 0o711);
  return dir;
}

export async function removeDir(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
}

export async function query<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

export interface StartedChild {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ownerUrl: string;
}

/** Another Node process that starts the database and then does nothing. */
export async function startInChild(dataDir: string): Promise<StartedChild> {
  const child = fork(join(here, 'embedded-postgres-child.ts'), [dataDir], {
    execArgv: ['--import', join(here, 'runner/run-ts.mjs')],
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  const [message] = (await once(child, 'message')) as [{ pid: number; ownerUrl: string }];
  return { child, ...message };
}

export async function killChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}
