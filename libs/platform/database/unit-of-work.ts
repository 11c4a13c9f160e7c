import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type pg from 'pg';
import pLimit from 'p-limit';
import { DataSource, type EntityManager } from 'typeorm';
import { isConnectionFailure, isRetryable, translateDatabaseError } from './errors.js';
import { fly, type Landed, type Leg } from './flight.js';
import { REPORT_LIMITS, poolOf } from './pool.js';
import { type Statement, statement } from './statement.js';

const BEGIN = statement('uow-begin', 'BEGIN');
const COMMIT = statement('uow-commit', 'COMMIT');
const ROLLBACK = statement('uow-rollback', 'ROLLBACK');
const WALLS = statement(
  'uow-walls',
  `SELECT set_config('app.unrestricted', $1, true), set_config('app.partner_id', $2, true), set_config('app.customer_id', $3, true)`,
);
const PATIENCE = statement(
  'uow-patience',
  `SELECT set_config('statement_timeout', $1, true), set_config('work_mem', $2, true)`,
);
const MAX_ATTEMPTS = 5;

type Values = readonly unknown[];
type Landing = { readonly resolve: (landed: Landed) => void; readonly reject: (cause: unknown) => void };
type Flush = (items: readonly unknown[], tx: Transaction) => Promise<unknown>;
/** Asks for several items at once, and answers for each in their order. */
export type AskAll<I, O> = (items: readonly I[], tx: Transaction) => Promise<readonly O[]>;
interface Asked {
  readonly item: unknown;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (cause: unknown) => void;
}

/** One database transaction: its connection, the actor whose walls it stands in, and what happens around its commit. */
export class Transaction {
  private entityManager: EntityManager | undefined;
  private deferred: { readonly sql: Statement; readonly values: Values }[] = [];
  private collected: { readonly flush: Flush; readonly item: unknown }[] = [];
  private readonly afterCommitHooks = new Map<string, () => void>();
  private readonly gathered = new Map<AskAll<unknown, unknown>, Asked[]>();
  private over = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly dataSource: DataSource,
    readonly actor: Actor,
    /** Where statements wait for the others of their flight; without it each is sent at once. */
    private readonly boarding?: Boarding,
  ) {}

  /** Runs a statement and answers its rows. Several may be under way at once; the connection pipelines them. */
  async query<R>(sql: Statement, values: Values = []): Promise<R[]> {
    return (await this.send(sql, values)).rows as R[];
  }

  async one<R>(sql: Statement, values: Values = []): Promise<R | undefined> {
    return (await this.query<R>(sql, values))[0];
  }

  /** Runs a statement and answers how many rows it touched. */
  async execute(sql: Statement, values: Values = []): Promise<number> {
    return (await this.send(sql, values)).rowCount ?? 0;
  }

  /** A write whose answer nobody waits for: it travels with COMMIT, and its failure undoes the transaction. */
  defer(sql: Statement, values: Values): void {
    this.assertOpen(sql.name);
    this.deferred.push({ sql, values });
  }

  /** The ORM on this very connection. */
  get manager(): EntityManager {
    this.assertOwnBlock('the ORM');
    if (!this.entityManager) {
      const runner = this.dataSource.createQueryRunner();
      // TypeORM has no public way to lend a runner a connection that is already inside a transaction.
      Object.assign(runner, { databaseConnection: this.client, isTransactionActive: true, transactionDepth: 1 });
      this.entityManager = runner.manager;
    }
    return this.entityManager;
  }

  /**
   * Keeps an item back until the very end: `flush` gets all of its items at once and sends them together with COMMIT,
   * after everything else (the audit chain's short lock). A savepoint that is undone takes its items with it.
   */
  collect<T>(flush: (items: readonly T[], tx: Transaction) => Promise<unknown>, item: T): void {
    this.assertOpen('a collected item');
    this.collected.push({ flush: flush as Flush, item });
  }

  /**
   * Asks together with all who ask the same way before anybody waits: several pieces of work that share a transaction,
   * each written as if it were alone, are one statement wherever they do the same. `askAll` must be the same function each
   * time; whoever is alone is asked for alone. What two ask in one turn leaves in the order in which it was first asked.
   */
  gather<I, O>(askAll: AskAll<I, O>, item: I): Promise<O> {
    // A flight of reads departs in this very turn.
    if (this.boarding) return askAll([item], this).then(([answer]) => answer as O);
    if (this.gathered.size === 0) queueMicrotask(() => process.nextTick(() => this.askGathered()));
    return new Promise<O>((resolve, reject) => {
      const asked = { item, resolve: resolve as Asked['resolve'], reject };
      const others = this.gathered.get(askAll as AskAll<unknown, unknown>);
      if (others) others.push(asked);
      else this.gathered.set(askAll as AskAll<unknown, unknown>, [asked]);
    });
  }

  private askGathered(): void {
    const groups = [...this.gathered];
    this.gathered.clear();
    for (const [askAll, asked] of groups) {
      const items = asked.map(({ item }) => item);
      askAll(items, this).then(
        (answers) => asked.forEach(({ resolve }, index) => resolve(answers[index])),
        (cause: unknown) => asked.forEach(({ reject }) => reject(cause)),
      );
    }
  }

  /** Something to do once the commit is certain; the same key runs once. It must not fail the request. */
  afterCommit(key: string, hook: () => void): void {
    this.afterCommitHooks.set(key, hook);
  }

  /** Runs `work` so that its failure undoes only what it did itself. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    this.assertOwnBlock('a savepoint');
    const { length: deferred } = this.deferred;
    const { length: collected } = this.collected;
    await this.client.query('SAVEPOINT part');
    try {
      const result = await work();
      await this.client.query('RELEASE SAVEPOINT part');
      return result;
    } catch (error) {
      this.deferred = this.deferred.slice(0, deferred);
      this.collected = this.collected.slice(0, collected);
      if (!isConnectionFailure(error)) await this.client.query('ROLLBACK TO SAVEPOINT part; RELEASE SAVEPOINT part');
      throw error;
    }
  }

  /** @internal */
  async finish(): Promise<void> {
    const deferred = this.deferred.map(({ sql, values }) => this.send(sql, values));
    const flushes = [...new Set(this.collected.map(({ flush }) => flush))];
    const last = flushes.map((flush) =>
      flush(
        this.collected.filter((one) => one.flush === flush).map(({ item }) => item),
        this,
      ),
    );
    const committed = this.boarding
      ? this.boarding.depart(this.client, this.actor)
      : this.send(COMMIT, []).then(assertCommitted);
    this.over = true;
    await Promise.all([...deferred, ...last, committed]);
    for (const hook of this.afterCommitHooks.values()) hook();
  }

  /** @internal Nothing that is still on its way may send a statement behind ROLLBACK. */
  abandon(): void {
    this.over = true;
  }

  private send(sql: Statement, values: Values): Promise<Landed> {
    this.assertOpen(sql.name);
    if (this.boarding) return this.boarding.board({ sql, values });
    inOneWrite(this.client);
    return fly(this.client, [{ sql, values }]).then(([landed]) => landed as Landed);
  }

  private assertOwnBlock(what: string): void {
    if (this.boarding) throw new Error(`${what} needs a transaction of its own, not a single flight of reads`);
  }

  /** Behind COMMIT there is no transaction any more, and no wall. */
  private assertOpen(what: string): void {
    if (this.over) throw new Error(`the transaction is over: ${what} came too late`);
  }
}

/** Of a transaction in which a statement failed unnoticed the server makes a rollback, and says so in passing. */
function assertCommitted({ tag }: Landed): void {
  if (tag !== 'COMMIT') throw new Error(`the transaction was not committed: ${tag}`);
}

/** Statements that leave together with the walls, as one transaction without a block around it. */
class Boarding {
  private readonly waiting: (Leg & Landing)[] = [];

  constructor(private readonly isReport: boolean) {}

  board(leg: Leg): Promise<Landed> {
    const landed = new Promise<Landed>((resolve, reject) => this.waiting.push({ ...leg, resolve, reject }));
    // Whoever waits for another one of the flight hears of its failure there.
    landed.catch(() => undefined);
    return landed;
  }

  async depart(client: pg.PoolClient, actor: Actor): Promise<void> {
    if (this.waiting.length === 0) return;
    inOneWrite(client);
    try {
      const before = this.isReport ? [wallsOf(actor), patience()] : [wallsOf(actor)];
      const withinMs = this.isReport ? REPORT_LIMITS.readTimeoutMs : undefined;
      const landed = (await fly(client, [...before, ...this.waiting], withinMs)).slice(before.length);
      this.waiting.forEach((leg, index) => leg.resolve(landed[index] as Landed));
    } catch (error) {
      for (const leg of this.waiting) leg.reject(error);
      throw error;
    }
  }
}

/** For `gather`: what several ask alike is asked once. */
export function askedOnce<I extends string | number | undefined, O>(
  ask: (item: I, tx: Transaction) => Promise<O>,
): AskAll<I, O> {
  return async (items, tx) => {
    const different = [...new Set(items)];
    const answers = await Promise.all(different.map((item) => ask(item, tx)));
    return items.map((item) => answers[different.indexOf(item)] as O);
  };
}

/**
 * Waits for statements that were sent together. When one fails, the server refuses those behind it: the failure that is
 * thrown is the first in order, the cause of the others.
 */
export async function together<T extends readonly unknown[]>(
  sent: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const outcomes = await Promise.allSettled<unknown>(sent as readonly Promise<unknown>[]);
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return outcomes.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as unknown as T;
}

interface Wire {
  readonly connection?: { readonly stream?: { cork(): void; uncork(): void } };
  inFlight?: boolean;
}

/** Statements of one turn leave in one write; each by itself would be a system call for us and a wake-up for the server. */
function inOneWrite(client: pg.PoolClient): void {
  const wire = client as unknown as Wire;
  const stream = wire.connection?.stream;
  if (wire.inFlight || !stream) return;
  wire.inFlight = true;
  stream.cork();
  process.nextTick(() => {
    wire.inFlight = false;
    stream.uncork();
  });
}

/**
 * The only door to a transaction. It lives in AsyncLocalStorage, so repositories find their connection without being
 * handed one; a nested `run` joins the transaction (and the walls) of the outer one.
 */
@Injectable()
export class UnitOfWork {
  private readonly storage = new AsyncLocalStorage<Transaction | undefined>();
  private readonly reports = pLimit(REPORT_LIMITS.atOnce);

  constructor(private readonly dataSource: DataSource) {}

  /** The transaction of the caller; outside one this throws, so that no query can slip past the walls. */
  get tx(): Transaction {
    const tx = this.storage.getStore();
    if (!tx) throw new Error('no unit of work: a query was attempted outside a transaction');
    return tx;
  }

  get active(): boolean {
    return this.storage.getStore() !== undefined;
  }

  /**
   * Runs `work` in one transaction, inside the walls of `actor`. Deadlocks and serialization failures are run again
   * (so `work` must have no effect outside the database); infrastructure failures become 503s.
   */
  async run<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const outer = this.storage.getStore();
    return outer ? work(outer) : this.again(() => this.attempt(actor, work));
  }

  /**
   * A transaction of reads in one flight: it ends behind the statements that `work` sends before it first waits. One
   * that it sends later is refused.
   */
  async read<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const outer = this.storage.getStore();
    return outer ? work(outer) : this.again(() => this.flight(actor, work));
  }

  /** As `read`, for what reads years of a ledger: it may take longer and use more memory (`REPORT_LIMITS`), and waits for its turn. */
  async report<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
    const outer = this.storage.getStore();
    return outer ? work(outer) : this.reports(() => this.again(() => this.flight(actor, work, true)));
  }

  /** Leaves the caller's transaction for the time of `work` (a note that must survive the caller's rollback). */
  outside<T>(work: () => Promise<T>): Promise<T> {
    return this.storage.run(undefined, work);
  }

  private async again<T>(attempt: () => Promise<T>): Promise<T> {
    for (let number = 1; ; number += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (!isRetryable(error) || number === MAX_ATTEMPTS) throw translateDatabaseError(error);
        await sleep(Math.random() * 10 * 2 ** number);
      }
    }
  }

  /** A connection that failed meanwhile, or was spoiled, is not given back. */
  private async onClient<T>(work: (client: pg.PoolClient, spoil: (cause: Error) => void) => Promise<T>): Promise<T> {
    const client = await poolOf(this.dataSource).connect();
    let broken: Error | undefined;
    const spoil = (cause: Error): void => {
      broken = cause;
    };
    client.on('error', spoil);
    try {
      return await work(client, spoil);
    } catch (error) {
      if (isConnectionFailure(error)) broken ??= error as Error;
      throw error;
    } finally {
      client.removeListener('error', spoil);
      client.release(broken);
    }
  }

  private attempt<T>(actor: Actor, work: (tx: Transaction) => Promise<T>): Promise<T> {
    return this.onClient(async (client, spoil) => {
      inOneWrite(client);
      const opened = fly(client, [{ sql: BEGIN, values: [] }, wallsOf(actor)]);
      // Not awaited: the first statements of `work` travel in the same write. Its failure surfaces below.
      opened.catch(() => undefined);
      const tx = new Transaction(client, this.dataSource, actor);
      try {
        const result = await this.storage.run(tx, () => work(tx));
        await opened;
        await tx.finish();
        return result;
      } catch (error) {
        tx.abandon();
        if (!isConnectionFailure(error)) await client.query(ROLLBACK).catch(spoil);
        throw error;
      }
    });
  }

  private flight<T>(actor: Actor, work: (tx: Transaction) => Promise<T>, isReport = false): Promise<T> {
    return this.onClient(async (client) => {
      const tx = new Transaction(client, this.dataSource, actor, new Boarding(isReport));
      const answer = this.storage.run(tx, () => work(tx));
      // Its failure is heard below, when the flight has landed: the client may not go back before.
      answer.catch(() => undefined);
      let lost: { readonly cause: unknown } | undefined;
      try {
        await tx.finish();
      } catch (cause) {
        lost = { cause };
      }
      const answered = await answer;
      if (lost) throw lost.cause;
      return answered;
    });
  }
}

function patience(): Leg {
  return { sql: PATIENCE, values: [String(REPORT_LIMITS.statementTimeoutMs), REPORT_LIMITS.workMemory] };
}

function wallsOf(actor: Actor): Leg {
  const values = [
    actor.reach === 'all' ? 'on' : '',
    String(actor.partnerId),
    actor.reach === 'customer' ? String(actor.customerId) : '',
  ];
  return { sql: WALLS, values };
}
