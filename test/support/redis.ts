import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { nothingMayBeMissing } from './missing.js';

export interface RedisOptions {
  /** Kept over `stop()`, so that the next server finds its data; a temporary one when not given. */
  readonly dir?: string;
  readonly port?: number;
  /** More redis-server arguments, such as `['--appendonly', 'yes', '--appendfsync', 'always']`. */
  readonly args?: readonly string[];
}

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly dir: string;
  /** SIGTERM: Redis saves what it was told to save. */
  stop(): Promise<void>;
  /** SIGKILL: whatever was not on disk is lost. */
  kill(): Promise<void>;
}

const ATTEMPTS = 500;

/** Whether this run is the one with the queue in Redis. */
export const onRedis = process.env['ISP_TEST_REDIS'] === '1';

/** Whether a `redis-server` is on the PATH; where nothing may be missing, tests find out by failing. */
export function redisAvailable(): boolean {
  if (nothingMayBeMissing()) return true;
  return (process.env['PATH'] ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, 'redis-server'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Starts a real Redis on 127.0.0.1 without persistence (unless `args` ask for it); resolves when it answers. */
export async function startRedis(options: RedisOptions = {}): Promise<TestRedis> {
  const port = options.port ?? (await freePort());
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'isp-redis-')));
  const fixed = ['--bind', '127.0.0.1', '--port', String(port), '--dir', dir, '--daemonize', 'no'];
  const args = [...fixed, '--save', '', '--appendonly', 'no', ...(options.args ?? [])];
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const killOnExit = (): boolean => child.kill('SIGKILL');
  process.once('exit', killOnExit);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await gone;
    process.removeListener('exit', killOnExit);
    if (options.dir === undefined) await rm(dir, { recursive: true, force: true });
  };
  if (!(await becomesReady(child, port))) {
    await end('SIGKILL');
    throw new Error(
      `redis-server did not start on port ${port}: ${output.join('').trim().split('\n').slice(-3).join(' | ')}`,
    );
  }
  const address = { url: `redis://127.0.0.1:${port}`, port, pid: child.pid ?? 0, dir };
  return { ...address, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') };
}

async function becomesReady(child: ChildProcess, port: number): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return false;
    if (await answers(port, child.pid)) return true;
    await sleep(20);
  }
  return false;
}

/** Whether this very process listens there and has read its data (`-LOADING` until then). */
function answers(port: number, pid: number): Promise<boolean> {
  return new Promise((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\nINFO server\r\nQUIT\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(text.startsWith('+PONG') && text.includes(`process_id:${pid}\r\n`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
