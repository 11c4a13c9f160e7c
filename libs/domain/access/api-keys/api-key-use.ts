import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { KEY_USE_EVERY_SECONDS } from '../access.limits.js';
import type { ApiKeyDigest } from './api-key-hasher.js';

const FLUSH_AFTER_MS = 1_000;
const MAX_REMEMBERED = 20_000;

// In the order of ids, so that two processes cannot wait for each other.
const TOUCH = statement(
  'access-api-key-touch',
  `WITH used AS (
     SELECT k.id FROM api_keys k JOIN unnest($1::integer[], $2::timestamptz[]) AS u (id, at) ON u.id = k.id
      WHERE k.last_used_at IS NULL OR k.last_used_at < u.at ORDER BY k.id FOR UPDATE OF k)
   UPDATE api_keys k SET last_used_at = u.at
     FROM used JOIN unnest($1::integer[], $2::timestamptz[]) AS u (id, at) ON u.id = used.id
    WHERE k.id = used.id`,
);
const REHASH = statement(
  'access-api-key-rehash',
  `UPDATE api_keys SET secret_hmac = decode($2, 'hex'), hmac_key_id = $3 WHERE id = $1 AND hmac_key_id = $4`,
);

/** Notes when keys were last used: at most once a minute per key, and never in the way of a request. */
@Injectable()
export class ApiKeyUse implements OnModuleDestroy {
  private readonly notedAt = new Map<number, number>();
  private readonly waiting = new Map<number, Date>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly uow: UnitOfWork,
    private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  note(id: number): void {
    const now = this.clock.now();
    const last = this.notedAt.get(id);
    if (last !== undefined && Math.abs(now.getTime() - last) < KEY_USE_EVERY_SECONDS * 1_000) return;
    if (this.notedAt.size >= MAX_REMEMBERED) this.notedAt.clear();
    this.notedAt.set(id, now.getTime());
    this.waiting.set(id, now);
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_AFTER_MS).unref();
  }

  /** Moves a key's digest to the active master key, so that the old one can be taken away one day. */
  rehash(id: number, digest: ApiKeyDigest, from: string): void {
    void this.write(REHASH, [id, digest.hmac, digest.keyId, from]);
  }

  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.waiting.size === 0) return;
    const batch = [...this.waiting];
    this.waiting.clear();
    await this.write(TOUCH, [batch.map(([id]) => id), batch.map(([, at]) => at)]);
  }

  async onModuleDestroy(): Promise<void> {
    await this.flush();
  }

  private async write(sql: typeof TOUCH, values: readonly unknown[]): Promise<void> {
    try {
      await this.uow.outside(() => this.uow.run(systemActor('access'), (tx) => tx.execute(sql, values)));
    } catch (error) {
      this.log.warn('The use of API keys was not noted', { err: error });
    }
  }
}
