import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RUN_TS = join(ROOT, 'test/support/runner/run-ts.mjs');
const TICK_MICROS = 10_000;

/** Another Node process that answers each message with one message. */
export class Helper<Order extends object, Answer> {
  private readonly died: Promise<never>;

  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
  ) {
    this.died = once(child, 'exit').then(() => Promise.reject(new Error('a helper process died')));
    this.died.catch(() => undefined);
  }

  /** One of the sources, or what `compiledHelper` has made of one; `options` of Node for that. */
  static async start<Order extends object, Answer>(
    file: string,
    options: readonly string[] = [],
  ): Promise<Helper<Order, Answer>> {
    const source = file.endsWith('.ts');
    const child = fork(source ? join(ROOT, 'test/bench', file) : file, {
      execArgv: source ? ['--import', RUN_TS] : [...options, ...nodeArguments()],
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    await once(child, 'message');
    return new Helper<Order, Answer>(child, child.pid as number);
  }

  async ask(order: Order): Promise<Answer> {
    const answer = new Promise<Answer | { failure: string }>((resolve) => {
      this.child.once('message', (message) => resolve(message as Answer));
    });
    this.child.send(order);
    const result = await Promise.race([answer, this.died]);
    if (result !== null && typeof result === 'object' && 'failure' in result) throw new Error(result.failure);
    return result;
  }

  async stop(): Promise<void> {
    await end(this.child, 'SIGKILL');
  }
}

/** The other side of a Helper. */
export function serve<Order, Answer>(work: (order: Order) => Promise<Answer>): void {
  const reply = (message: unknown): void => {
    if (process.connected) process.send?.(message);
  };
  process.on('message', (order) => {
    work(order as Order).then(
      (answer) => reply(answer),
      (error: Error) => reply({ failure: error.message }),
    );
  });
  // Who asked is gone: nobody waits for an answer, and open connections would keep this process for ever.
  process.on('disconnect', () => process.exit(0));
  process.send?.('ready');
}

/** Such as --cpu-prof, to see where the time goes. */
const nodeArguments = (): string[] => (process.env['ISP_TEST_NODE_ARGUMENTS'] ?? '').split(' ').filter(Boolean);

export interface Program {
  readonly url: string;
  readonly pid: number;
  stop(): Promise<void>;
}

/** One of the compiled programs of `apps/`, on a free port; resolves when it is ready for traffic. */
export async function startApp(app: 'api' | 'worker', settings: Readonly<Record<string, string>>): Promise<Program> {
  const port = await freePort();
  const env = {
    ...process.env,
    NODE_OPTIONS: '',
    ISP_LOG_LEVEL: 'warn',
    ISP_SHUTDOWN_GRACE_SECONDS: '0',
    ...settings,
    PORT: String(port),
  };
  const child = spawn(process.execPath, [...nodeArguments(), join(ROOT, 'dist/apps', app, 'main.js')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  process.once('exit', () => child.kill());
  const url = `http://127.0.0.1:${port}`;
  await until(
    `${app} to be ready`,
    () => isReady(url),
    () => child.exitCode !== null,
  );
  return { url, pid: child.pid as number, stop: () => end(child, 'SIGTERM') };
}

export async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/health/ready`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Asks every 20 ms; gives up after two minutes or when `lost` says that it is in vain. */
export async function until(
  what: string,
  done: () => Promise<boolean>,
  lost: () => boolean = () => false,
): Promise<void> {
  for (let attempt = 0; attempt < 6_000; attempt += 1) {
    if (await done()) return;
    if (lost()) break;
    await sleep(20);
  }
  throw new Error(`waited in vain for ${what}`);
}

export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill(signal);
  await exited;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

interface Stat {
  readonly parent: number;
  /** Of itself and of the children that it has waited for. */
  readonly cpuMicros: number;
}

function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + (fields[index] ?? 0), 0);
    return { parent: fields[1] ?? 0, cpuMicros: ticks * TICK_MICROS };
  } catch {
    return undefined;
  }
}

/** A process and everything below it; empty where there is no /proc. */
export function treeOf(root: number): number[] {
  let pids: number[];
  try {
    pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
  const children = new Map<number, number[]>();
  for (const pid of pids) {
    const parent = statOf(pid)?.parent ?? 0;
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** Microseconds of processor time that a process and everything below it have used. */
export function cpuMicros(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + (statOf(pid)?.cpuMicros ?? 0), 0);
}
