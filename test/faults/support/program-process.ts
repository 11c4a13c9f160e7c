import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '@isp/kernel';

const ROOT = join(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 60_000;

export type Program = 'api' | 'worker';
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg?: string; readonly level?: number };

/** One process of the compiled program, known by its pid: all signals go to that pid alone. */
export class ProgramProcess {
  readonly lines: string[] = [];
  url = '';
  /** How it ended: an exit code or a signal; undefined while it runs. */
  ended: number | NodeJS.Signals | undefined;
  /** Whether a test wanted it to end; an exit that nobody asked for fails the test. */
  endIsAsked = false;
  private stopped = false;
  private readonly gone: Promise<void>;

  private constructor(
    readonly program: Program,
    private readonly child: ChildProcess,
  ) {
    this.collect();
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.ended = signal ?? code ?? -1;
        resolve();
      });
    });
  }

  /** Starts `dist/apps/<program>/main.js` with nothing but `settings`; resolves when it listens. */
  static async start(program: Program, settings: Readonly<Record<string, string>>): Promise<ProgramProcess> {
    const env = { PATH: process.env['PATH'] ?? '', PORT: '0', ...settings };
    const file = join(ROOT, 'dist/apps', program, 'main.js');
    const child = spawn(process.execPath, [file], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const started = new ProgramProcess(program, child);
    const last = (): boolean => child.kill('SIGKILL');
    process.once('exit', last);
    void started.gone.then(() => process.removeListener('exit', last));
    await started.listening();
    return started;
  }

  get pid(): number {
    return this.child.pid as number;
  }

  get running(): boolean {
    return this.ended === undefined;
  }

  /** The JSON lines of its log so far. */
  get log(): LogLine[] {
    return this.lines.flatMap((line) => {
      try {
        return [JSON.parse(line) as LogLine];
      } catch {
        return [];
      }
    });
  }

  /** Its warnings and errors so far, each cut to a line that one can read. */
  complaints(): string[] {
    return this.lines
      .filter((line) => /"level":"(warn|error|fatal)"|"level":[456]0/.test(line))
      .map((line) => line.slice(0, 300));
  }

  said(pattern: RegExp): LogLine[] {
    return this.log.filter(({ msg }) => pattern.test(msg ?? ''));
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.endIsAsked = true;
    this.child.kill('SIGKILL');
    await this.gone;
  }

  /** SIGTERM; answers the milliseconds until it was gone. */
  async terminate(): Promise<number> {
    this.endIsAsked = true;
    const start = monotonicMs();
    if (this.stopped) this.resume();
    this.child.kill('SIGTERM');
    const deadline = sleep(STOP_TIMEOUT_MS, undefined, { ref: false });
    await Promise.race([this.gone, deadline]);
    if (this.running) {
      await this.kill();
      throw new Error(`the ${this.program} did not end ${STOP_TIMEOUT_MS} ms after SIGTERM:\n${this.tail()}`);
    }
    return monotonicMs() - start;
  }

  /** SIGSTOP: it lives but does nothing. */
  pause(): void {
    this.stopped = true;
    this.child.kill('SIGSTOP');
  }

  /** SIGCONT. */
  resume(): void {
    this.stopped = false;
    this.child.kill('SIGCONT');
  }

  /** Resolves when it has ended, whoever ended it. */
  async end(): Promise<number | NodeJS.Signals> {
    await this.gone;
    return this.ended as number | NodeJS.Signals;
  }

  tail(lines = 15): string {
    return this.lines.slice(-lines).join('\n');
  }

  private collect(): void {
    for (const stream of [this.child.stdout, this.child.stderr]) {
      let rest = '';
      stream?.setEncoding('utf8').on('data', (text: string) => {
        const parts = (rest + text).split('\n');
        rest = parts.pop() ?? '';
        this.lines.push(...parts);
      });
    }
  }

  private async listening(): Promise<void> {
    const deadline = monotonicMs() + START_TIMEOUT_MS;
    let seen = 0;
    while (this.url === '') {
      for (; seen < this.lines.length && this.url === ''; seen += 1) {
        this.url = /"url":"(http:[^"]+)","msg":"listening/.exec(this.lines[seen] as string)?.[1] ?? '';
      }
      if (this.url !== '') return;
      if (!this.running) throw new Error(`the ${this.program} ended with ${this.ended} at its start:\n${this.tail()}`);
      if (monotonicMs() > deadline) {
        await this.kill();
        throw new Error(`the ${this.program} was not up in ${START_TIMEOUT_MS} ms:\n${this.tail()}`);
      }
      await sleep(10);
    }
  }
}
