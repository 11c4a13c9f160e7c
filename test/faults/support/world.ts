import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseError, Pool } from 'pg';
import { monotonicMs } from '@isp/kernel';
import type { FailPoint } from '@isp/platform/fail-points';
import { onRedis, startRedis, type TestRedis } from '../../support/redis.js';
import { createFaultDatabase, type FaultDatabase, MASTER_KEYS, rows } from './fault-database.js';
import { type Program, ProgramProcess } from './program-process.js';

type Settings = Readonly<Record<string, string>>;

/** Real processes of the program on a database (and a Redis) of their own. */
export class World {
  readonly processes: ProgramProcess[] = [];
  private readonly starting: Promise<ProgramProcess>[] = [];
  private supervising = true;
  /** Kept open: specs ask ten times a second, and logging in costs the server more than most answers. */
  private readonly asking: Pool;

  private constructor(
    readonly database: FaultDatabase,
    public redis: TestRedis | undefined,
    private readonly settings: Settings,
  ) {
    this.asking = new Pool({ connectionString: database.superUrl, max: 4 });
    this.asking.on('error', () => undefined);
  }

  static async open(settings: Settings = {}, database?: FaultDatabase): Promise<World> {
    const own = database ?? (await createFaultDatabase());
    const redis = onRedis ? await startRedis() : undefined;
    return new World(own, redis, {
      DATABASE_URL: own.appUrl,
      ...(redis ? { REDIS_URL: redis.url } : {}),
      ISP_MASTER_KEYS: MASTER_KEYS,
      ISP_RATE_LIMITS: 'false',
      ISP_SHUTDOWN_GRACE_SECONDS: '0',
      ...settings,
    });
  }

  async start(program: Program, settings: Settings = {}): Promise<ProgramProcess> {
    const starting = ProgramProcess.start(program, { ...this.settings, ...settings });
    this.starting.push(starting);
    const started = await starting;
    this.processes.push(started);
    return started;
  }

  /** A process that kills itself at the named place. */
  async startDying(program: Program, point: FailPoint): Promise<ProgramProcess> {
    const dying = await this.start(program, { ISP_FAIL_POINT: point });
    dying.endIsAsked = true;
    return dying;
  }

  startAll(...programs: readonly Program[]): Promise<ProgramProcess[]> {
    return Promise.all(programs.map((program) => this.start(program)));
  }

  /** A worker that is started again whenever it dies, as a service manager would; answers how often it died. */
  async superviseWorker(settings: Settings = {}): Promise<{ readonly deaths: () => number }> {
    let deaths = 0;
    const watch = (worker: ProgramProcess): void => {
      void worker.end().then(async () => {
        if (!this.supervising) return;
        worker.endIsAsked = true;
        deaths += 1;
        watch(await this.start('worker', settings));
      });
    };
    watch(await this.start('worker', settings));
    return { deaths: () => deaths };
  }

  async rows<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    try {
      return (await this.asking.query<R>(sql, values as unknown[])).rows;
    } catch (error) {
      // A connection that a fault took away is no answer; what the server refuses is.
      if (error instanceof DatabaseError && !/^(08|57P)/.test(error.code ?? '')) throw error;
      return rows<R>(this.database.superUrl, sql, values);
    }
  }

  async row<R extends object>(sql: string, values: readonly unknown[] = []): Promise<R> {
    return (await this.rows<R>(sql, values))[0] as R;
  }

  /** Sets how the routers behave; `bad` is the one that only orders which name it go to. */
  async setRouter(name: 'good' | 'bad', settings: Readonly<Record<string, unknown>>): Promise<number> {
    const sql = 'UPDATE devices SET settings = $2 WHERE name = $1 RETURNING id';
    return (await this.row<{ id: number }>(sql, [name, JSON.stringify(settings)])).id;
  }

  /** Ends everything: SIGTERM to all, exit code 0 from all, nobody may have died unasked. */
  async end(): Promise<void> {
    this.supervising = false;
    // A supervised worker may be on its way up at this moment.
    await Promise.allSettled(this.starting);
    try {
      const unasked = this.processes.filter((one) => !one.running && !one.endIsAsked);
      const living = this.processes.filter((one) => one.running);
      await Promise.all(living.map((one) => one.terminate()));
      const bad = [...unasked, ...living.filter(({ ended }) => ended !== 0)];
      if (bad.length > 0)
        throw new Error(bad.map((one) => `${one.program} ended with ${one.ended}:\n${one.tail()}`).join('\n'));
      this.refuseSecretsInLogs();
    } finally {
      await Promise.all(this.processes.filter((one) => one.running).map((one) => one.kill()));
      await this.redis?.stop();
      await this.asking.end();
      await this.database.drop();
    }
  }

  /** What the processes complained of, and the work that is not done: for who asks why something did not come. */
  async complaints(): Promise<string> {
    const lines = this.processes.flatMap((one) => one.complaints().map((line) => `${one.program} ${one.pid}: ${line}`));
    const work = await this.rows<{ line: string }>(
      `SELECT concat_ws(' ', coalesce(payload->>'schedule', payload->>'listener', name), status, 'deaths', max(deaths), 'failures',
                max(failures), 'due in', round(extract(epoch FROM min(due_at) - now())), 's:', count(*), left(max(last_error), 200)) AS line
         FROM work_items WHERE status IN ('queued', 'running', 'dead')
        GROUP BY coalesce(payload->>'schedule', payload->>'listener', name), status ORDER BY max(deaths) DESC LIMIT 6`,
    ).catch((error: Error) => [{ line: error.message }]);
    return [...lines.slice(-8), ...work.map(({ line }) => `work: ${line}`)].join('\n');
  }

  private refuseSecretsInLogs(): void {
    const secrets = [this.database.apiKey, MASTER_KEYS.split(':')[1] as string, new URL(this.database.appUrl).password];
    const lines = this.processes.flatMap((one) => one.lines);
    const leak = lines.find((line) => secrets.some((secret) => secret !== '' && line.includes(secret)));
    if (leak) throw new Error('a secret is in a log line');
  }
}

/** Runs `work` in a world that is ended afterwards, whatever happens. */
export async function inWorld(work: (world: World) => Promise<void>, settings: Settings = {}): Promise<void> {
  const world = await World.open(settings);
  let failure: unknown;
  try {
    await work(world);
  } catch (error) {
    failure = error;
    if (error instanceof Error)
      error.stack = error.stack?.replace(error.message, `${error.message}\n${await world.complaints()}`);
  }
  await world.end().catch((error: unknown) => (failure ??= error));
  if (failure) throw failure as Error;
}

/** Waits until `probe` answers something true; answers it with the milliseconds it took. */
export async function until<T>(what: string, probe: () => Promise<T> | T, withinMs: number): Promise<NonNullable<T>> {
  const start = monotonicMs();
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (monotonicMs() - start > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await sleep(100);
  }
}

export interface Stopwatch {
  /** Seconds since the start, to a tenth. */
  seconds(): number;
}

export function stopwatch(): Stopwatch {
  const start = monotonicMs();
  return { seconds: () => Math.round((monotonicMs() - start) / 100) / 10 };
}

/** One line per fault test, with the figures that it measured. */
export function report(id: string, figures: Readonly<Record<string, string | number>>): void {
  const text = Object.entries(figures).map(([name, value]) => `${name}=${value}`);
  process.stdout.write(`${id} [${onRedis ? 'redis' : 'postgres'}] ${text.join(' ')}\n`);
}
