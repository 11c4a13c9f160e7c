import { monotonicMs, systemClock } from '@isp/kernel';
import { Client } from 'undici';
import { serve } from './processes.js';

/** What the generator sends. `{n}` in a text is a number that never comes again. */
export interface Load {
  readonly origin: string;
  readonly connections: number;
  readonly method: 'GET' | 'POST';
  /** Taken in turn. */
  readonly paths: readonly string[];
  /** Taken in turn, beside the paths. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly body?: string;
  readonly seconds?: number;
  /** Ends after so many answers, whatever `seconds` says. */
  readonly count?: number;
  /** Sends at this pace instead of as fast as answers come. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly answers: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly cpuMicros: number;
  readonly startedAt: number;
  /** Epoch milliseconds of the answer to each path, when the load is counted. */
  readonly answeredAt: Readonly<Record<string, number>>;
  readonly sample: string;
}

let serial = 0;
const prefix = systemClock.now().getTime().toString(36);

class Run {
  private sent = 0;
  readonly latencies: number[] = [];
  readonly statuses: Record<string, number> = {};
  readonly answeredAt: Record<string, number> = {};
  sample = '';

  constructor(private readonly load: Load) {}

  get exhausted(): boolean {
    return this.load.count !== undefined && this.sent >= this.load.count;
  }

  request(client: Client): Promise<void> {
    const turn = this.sent;
    this.sent += 1;
    serial += 1;
    const number = `${prefix}${serial}`;
    const path = this.load.paths[turn % this.load.paths.length] as string;
    const headers = Object.fromEntries(
      Object.entries(this.load.headers[turn % this.load.headers.length] ?? {}).map(([name, value]) => [
        name,
        value.replace('{n}', number),
      ]),
    );
    const body = this.load.body?.replaceAll('{n}', number) ?? null;
    const startedAt = monotonicMs();
    return new Promise((resolve, reject) => {
      let status = 0;
      client.dispatch(
        { path, method: this.load.method, headers, body },
        {
          onRequestStart: () => undefined,
          onResponseStart: (_controller, code) => {
            status = code;
          },
          onResponseData: (_controller, chunk) => {
            if (this.sample.length < 2_000) this.sample += chunk.toString();
          },
          onResponseEnd: () => {
            this.latencies.push(monotonicMs() - startedAt);
            this.statuses[status] = (this.statuses[status] ?? 0) + 1;
            if (this.load.count !== undefined) this.answeredAt[path] = systemClock.now().getTime();
            resolve();
          },
          onResponseError: (_controller, error) => reject(error),
        },
      );
    });
  }
}

async function run(load: Load): Promise<LoadResult> {
  const clients = Array.from({ length: load.connections }, () => new Client(load.origin, { pipelining: 1 }));
  const current = new Run(load);
  const cpu = process.cpuUsage();
  const startedAt = systemClock.now().getTime();
  const start = monotonicMs();
  const deadline = start + (load.seconds ?? 600) * 1_000;
  if (load.perSecond) await paced(current, clients, load.perSecond, deadline);
  else {
    await Promise.all(
      clients.map(async (client) => {
        while (monotonicMs() < deadline && !current.exhausted) await current.request(client);
      }),
    );
  }
  const seconds = (monotonicMs() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await Promise.all(clients.map((client) => client.destroy()));
  const sorted = current.latencies.sort((left, right) => left - right);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  const { statuses, answeredAt, sample } = current;
  return {
    answers: sorted.length,
    seconds,
    p50: at(0.5),
    p99: at(0.99),
    statuses,
    cpuMicros: user + system,
    startedAt,
    answeredAt,
    sample,
  };
}

async function paced(current: Run, clients: readonly Client[], perSecond: number, deadline: number): Promise<void> {
  const open: Promise<void>[] = [];
  const start = monotonicMs();
  for (let turn = 0; monotonicMs() < deadline && !current.exhausted; turn += 1) {
    const wait = start + (turn * 1_000) / perSecond - monotonicMs();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    open.push(current.request(clients[turn % clients.length] as Client));
  }
  await Promise.all(open);
}

serve(run);
