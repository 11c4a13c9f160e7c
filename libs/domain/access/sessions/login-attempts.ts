import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import { LOCK_OUT_FAILURES, LOCK_OUT_SECONDS } from '../access.limits.js';

const COUNT = statement(
  'access-login-failures',
  'SELECT failures FROM login_failures WHERE account = $1 AND address = $2 AND window_started_at > $3',
);
const ADD = statement(
  'access-login-failure-add',
  `INSERT INTO login_failures AS f (account, address, failures, window_started_at) VALUES ($1, $2, 1, $4)
   ON CONFLICT (account, address) DO UPDATE
      SET failures = CASE WHEN f.window_started_at > $3 THEN f.failures + 1 ELSE 1 END,
          window_started_at = CASE WHEN f.window_started_at > $3 THEN f.window_started_at ELSE $4 END
   RETURNING failures`,
);
const CLEAR = statement(
  'access-login-failures-clear',
  'DELETE FROM login_failures WHERE account = $1 AND address = $2',
);
const PURGE = statement('access-login-failures-purge', 'DELETE FROM login_failures WHERE window_started_at <= $1');

/** As many as the password hasher lets wait, per account and address. */
const MAX_WAITING = 20;

/** One account as seen from one address; `account` may be any text, such as a log-in name nobody has. */
export interface AttemptKey {
  readonly account: string;
  readonly address: string;
}

/**
 * Counts wrong passwords per account and address: five in 15 minutes lock that pair. Attempts on one pair take turns
 * in a process, so that guesses sent at the same time are counted like guesses sent one by one.
 */
@Injectable()
export class LoginAttempts {
  private readonly turns = new Map<string, { tail: Promise<unknown>; waiting: number }>();

  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.login.busy` when too many wait already */
  async inTurn<T>(key: AttemptKey, work: () => Promise<T>): Promise<T> {
    const name = `${hashOf(key).toString('hex')} ${key.address}`;
    const turn = this.turns.get(name) ?? { tail: Promise.resolve(), waiting: 0 };
    if (turn.waiting >= MAX_WAITING) throw accessErrors('access.login.busy', {}, { retryAfterSeconds: 1 });
    turn.waiting += 1;
    this.turns.set(name, turn);
    const mine = turn.tail.then(work);
    turn.tail = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      turn.waiting -= 1;
      if (turn.waiting === 0) this.turns.delete(name);
    }
  }

  async locked(key: AttemptKey): Promise<boolean> {
    const row = await this.run((tx) =>
      tx.one<{ failures: number }>(COUNT, [hashOf(key), key.address, this.windowStart()]),
    );
    return row !== undefined && row.failures >= LOCK_OUT_FAILURES;
  }

  /** Counts a failure and answers whether it was the one that locks. */
  async failed(key: AttemptKey): Promise<boolean> {
    const values = [hashOf(key), key.address, this.windowStart(), this.clock.now()];
    const row = await this.run((tx) => tx.one<{ failures: number }>(ADD, values));
    return row?.failures === LOCK_OUT_FAILURES;
  }

  /** Starts the pair anew, and answers whether there was anything to forget. */
  async succeeded(key: AttemptKey): Promise<boolean> {
    return (await this.run((tx) => tx.execute(CLEAR, [hashOf(key), key.address]))) > 0;
  }

  purge(): Promise<number> {
    return this.run((tx) => tx.execute(PURGE, [this.windowStart()]));
  }

  private windowStart(): Date {
    return addSeconds(this.clock.now(), -LOCK_OUT_SECONDS);
  }

  private run<T>(work: Parameters<typeof this.uow.run<T>>[1]): Promise<T> {
    return this.uow.run(systemActor('access'), work);
  }
}

function hashOf({ account }: AttemptKey): Buffer {
  return createHash('sha256').update(account).digest();
}
