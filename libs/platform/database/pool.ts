import pg from 'pg';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';

/** The role that the application runs as: owns nothing, cannot bypass row level security. Made by the first migration. */
export const APP_ROLE = 'isp_app';

export interface SessionLimits {
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs: number;
  readonly idleInTransactionMs: number;
  /** How long to wait for a connection of the pool before the answer is 503 (or the work is tried later). */
  readonly poolWaitMs: number;
  /**
   * How long to wait for the answer to a statement before its connection counts as dead. Longer than the server lets a
   * statement run: it is for a network that swallows packets, where no server can say anything any more.
   */
  readonly readTimeoutMs: number;
}

export const API_LIMITS: SessionLimits = {
  statementTimeoutMs: 5_000,
  lockTimeoutMs: 2_000,
  idleInTransactionMs: 10_000,
  // A request may wait twice (for its caller's state, then for its work) and must still answer within 3 s.
  poolWaitMs: 1_400,
  readTimeoutMs: 5_500,
};
export const WORKER_LIMITS: SessionLimits = {
  statementTimeoutMs: 60_000,
  lockTimeoutMs: 10_000,
  idleInTransactionMs: 60_000,
  poolWaitMs: 10_000,
  readTimeoutMs: 65_000,
};

/**
 * What a report may take, which reads more than any other answer: time on the server, memory for each of its sorts and
 * hashes, and how many of a process run at once, so that they leave connections and processors to everybody else.
 */
export const REPORT_LIMITS = {
  statementTimeoutMs: 30_000,
  readTimeoutMs: 31_000,
  workMemory: '64MB',
  atOnce: 2,
} as const;

/** Idle time before a connection is probed (RFC 1122 4.2.3.6): the system's default of two hours notices nothing. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;

export type Entity = EntityTarget<ObjectLiteral>;

export interface SessionNeeds {
  readonly searchPath?: string;
  /**
   * Whether a commit is answered only when it is on disk (it is, by default). Without, a crash of the server may take back
   * the last half second: for what the rest of the database can make again.
   */
  readonly waitsForDisk?: boolean;
  /**
   * Statements are planned once, whatever their values (by default PostgreSQL plans those over short lists anew each time,
   * because it knows their length then, which takes longer than they do).
   */
  readonly plansOnce?: boolean;
  /** Days by which the programs of a sandbox are ahead of the calendar. */
  readonly clockAheadDays?: number | undefined;
}

/** `options` of a connection's start-up packet: whoever logs in, the session is the application's role. */
export function sessionOptions(limits: SessionLimits, needs: SessionNeeds = {}): string {
  const { searchPath = 'public', waitsForDisk = true, plansOnce = false, clockAheadDays = 0 } = needs;
  return [
    `-c role=${APP_ROLE}`,
    `-c search_path=${searchPath}`,
    `-c statement_timeout=${limits.statementTimeoutMs}`,
    `-c lock_timeout=${limits.lockTimeoutMs}`,
    `-c idle_in_transaction_session_timeout=${limits.idleInTransactionMs}`,
    // Many callers at once share the processors better when none of them takes several.
    '-c max_parallel_workers_per_gather=0',
    ...(waitsForDisk ? [] : ['-c synchronous_commit=off']),
    ...(plansOnce ? ['-c plan_cache_mode=force_generic_plan'] : []),
    ...(clockAheadDays > 0 ? [`-c app.clock_ahead_days=${clockAheadDays}`] : []),
  ].join(' ');
}

export interface PoolSettings {
  readonly url: string;
  readonly max: number;
  readonly limits: SessionLimits;
  readonly applicationName: string;
  readonly clockAheadDays?: number;
}

/**
 * The data source of one process. Its pool pipelines (several statements may be on the wire at once) and serves the
 * unit of work, hand-written statements and the ORM alike.
 */
export function createDataSource(settings: PoolSettings, entities: readonly Entity[]): DataSource {
  return new DataSource({
    type: 'postgres',
    // Ours, not one that it looks for: queries that we send are of this package's class.
    driver: pg,
    url: settings.url,
    applicationName: settings.applicationName,
    connectTimeoutMS: settings.limits.poolWaitMs,
    poolSize: settings.max,
    entities: [...entities] as never[],
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    logging: false,
    extra: {
      pipeline: true,
      ...KEEP_ALIVE,
      query_timeout: settings.limits.readTimeoutMs,
      options: sessionOptions(settings.limits, { clockAheadDays: settings.clockAheadDays }),
      idleTimeoutMillis: 60_000,
    },
  });
}

/** The node-postgres pool inside a data source. */
export function poolOf(dataSource: DataSource): pg.Pool {
  return (dataSource.driver as unknown as { master: pg.Pool }).master;
}

/**
 * A pool beside the program's own, for what must not wait behind its transactions: BullMQ (which listens on some of its
 * connections for good and expects its schema first in the search path) and the rate limits.
 */
export function createSidePool(settings: PoolSettings, needs?: SessionNeeds): pg.Pool {
  const pool = new pg.Pool({
    connectionString: settings.url,
    max: settings.max,
    ...KEEP_ALIVE,
    query_timeout: settings.limits.readTimeoutMs,
    connectionTimeoutMillis: settings.limits.poolWaitMs,
    application_name: settings.applicationName,
    options: sessionOptions(settings.limits, needs),
  });
  pool.setMaxListeners(0);
  return pool;
}
