import { randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import { cryptoErrors } from './crypto.errors.js';

/** The OWASP minimum for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

export interface PasswordHasherOptions {
  /** Hashes computed at once; each takes 19 MiB and a thread of Node's pool. */
  readonly concurrency?: number;
  /** Callers that may wait; the next one is refused. */
  readonly queueLimit?: number;
}

/** Hashes and checks passwords with argon2id (RFC 9106), a bounded number at once so a flood of log-ins stays small. */
export class PasswordHasher {
  private readonly concurrency: number;
  private readonly queueLimit: number;
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  /** A well-formed digest that belongs to no password. */
  private readonly absent = phc(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));

  constructor({ concurrency = 2, queueLimit = 20 }: PasswordHasherOptions = {}) {
    this.concurrency = concurrency;
    this.queueLimit = queueLimit;
  }

  /** A PHC string to store. @throws DomainError `crypto.password.busy` with `retryAfterSeconds` 1 */
  hash(password: string): Promise<string> {
    return this.limited(async () => {
      const salt = randomBytes(SALT_BYTES);
      const options = { ...COST, type: argon2.argon2id, hashLength: HASH_BYTES, salt, raw: true } as const;
      return phc(salt, await argon2.hash(password, options));
    });
  }

  /**
   * Whether the password is the digest's; false also for a digest that is none.
   * @throws DomainError `crypto.password.busy`
   */
  verify(digest: string, password: string): Promise<boolean> {
    return this.limited(async () => {
      try {
        return await argon2.verify(digest, password);
      } catch {
        return false;
      }
    });
  }

  /** Costs what `verify` costs and is always false: for users that do not exist. @throws DomainError `crypto.password.busy` */
  verifyAbsent(password = ''): Promise<false> {
    return this.limited(async () => {
      await argon2.verify(this.absent, password);
      return false as const;
    });
  }

  /** True when the digest was made at another cost, so that the next successful log-in may replace it. */
  needsRehash(digest: string): boolean {
    return !digest.startsWith('$argon2id$') || argon2.needsRehash(digest, COST);
  }

  private async limited<T>(work: () => Promise<T>): Promise<T> {
    await this.enter();
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  private async enter(): Promise<void> {
    if (this.running < this.concurrency) {
      this.running += 1;
      return;
    }
    if (this.waiting.length >= this.queueLimit) {
      throw cryptoErrors('crypto.password.busy', {}, { retryAfterSeconds: 1 });
    }
    await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  /** The place goes to the next in line, so that nobody slips in between. */
  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.running -= 1;
  }
}

/** In the parameter order of the reference implementation, which other readers insist on; the library's own differs. */
function phc(salt: Buffer, hash: Buffer): string {
  const encode = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const { memoryCost, timeCost, parallelism } = COST;
  return `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$${encode(salt)}$${encode(hash)}`;
}
