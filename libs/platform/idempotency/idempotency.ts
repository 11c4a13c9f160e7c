import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { defineErrors } from '@isp/kernel';
import { CONFIG, type Config } from '@isp/platform/config';
import { deriveKey, parseKeyring, SecretBox } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';

export const idempotencyErrors = defineErrors({
  'platform.idempotency.bad_key': {
    kind: 'validation',
    message: 'Idempotency-Key must be 1 to 255 visible ASCII characters.',
  },
  'platform.idempotency.key_reused': {
    kind: 'unprocessable',
    message: 'This Idempotency-Key was used for another request.',
  },
  'platform.idempotency.in_progress': {
    kind: 'conflict',
    message: 'A request with this Idempotency-Key is still running.',
  },
});

const LOCK = statement('idempotency-lock', 'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free');
const FIND = statement(
  'idempotency-find',
  `SELECT fingerprint, status, headers, body, body_sealed AS sealed FROM idempotency_keys
    WHERE partner_id = $1 AND principal = $2 AND key = $3 AND expires_at > now()`,
);
const KEEP = statement(
  'idempotency-keep',
  `WITH expired AS (DELETE FROM idempotency_keys WHERE partner_id = $1 AND principal = $2 AND key = $3)
   INSERT INTO idempotency_keys (partner_id, principal, key, fingerprint, status, headers, body, body_sealed, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(hours => $9))`,
);
const PURGE = statement(
  'idempotency-purge',
  `DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(SELECT ctid FROM idempotency_keys WHERE expires_at < now() LIMIT 5000))`,
);

export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The exact text of the body; null when there was none. */
  readonly body: string | null;
}

export interface IdempotentRequest {
  readonly actor: Actor;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** The body as it was parsed. */
  readonly body: unknown;
}

export interface KeepOptions {
  /** 24, or 720 where money moves. */
  readonly hours?: number | undefined;
  /** The answer shows a secret, so it is kept sealed. */
  readonly secret?: boolean | undefined;
}

/** Checks and unquotes an `Idempotency-Key` header (draft-ietf-httpapi-idempotency-key-header). */
export function parseIdempotencyKey(header: string | string[]): string {
  const text = typeof header === 'string' ? header.replace(/^"(.*)"$/, '$1') : '';
  if (!/^[\x21-\x7e]{1,255}$/.test(text)) throw idempotencyErrors('platform.idempotency.bad_key');
  return text;
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? '';
}

/**
 * Keeps first answers. The record is written in the transaction of the effect, so after a crash there are both or
 * neither; the guard against a second run at the same time is a lock of that transaction, which a killed process frees.
 */
@Injectable()
export class Idempotency {
  /** One per master key, the active one first: a request must be known again after a rotation. */
  private readonly keys: readonly Buffer[];

  constructor(
    private readonly uow: UnitOfWork,
    private readonly secrets: SecretBox,
    @Inject(CONFIG) config: Config,
  ) {
    const { activeKeyId, keys } = parseKeyring(config.ISP_MASTER_KEYS);
    const ids = [activeKeyId, ...[...keys.keys()].filter((id) => id !== activeKeyId)];
    this.keys = ids.map((id) => deriveKey(keys.get(id) as Uint8Array, 'idempotency fingerprint'));
  }

  /**
   * In the caller's transaction: the kept answer, or undefined when this request is the first.
   * Throws 409 while the first is still running, 422 when the key belongs to another request.
   */
  async recall(request: IdempotentRequest): Promise<KeptAnswer | undefined> {
    const scope = [request.actor.partnerId, request.actor.name, request.key] as const;
    const [lock, found] = await Promise.all([
      this.uow.tx.one<{ free: boolean }>(LOCK, [scope.join('\n')]),
      this.uow.tx.one<KeptAnswer & { fingerprint: Buffer; sealed: boolean }>(FIND, scope),
    ]);
    if (found) {
      const same = this.keys.some((key) => found.fingerprint.equals(fingerprintOf(request, key)));
      if (!same) throw idempotencyErrors('platform.idempotency.key_reused');
      const body = found.sealed && found.body !== null ? this.secrets.open(found.body, placeOf(request)) : found.body;
      return { status: found.status, headers: found.headers, body };
    }
    if (!lock?.free) throw idempotencyErrors('platform.idempotency.in_progress', {}, { retryAfterSeconds: 1 });
    return undefined;
  }

  /** Keeps an answer in the caller's transaction. */
  keep(request: IdempotentRequest, answer: KeptAnswer, { hours = 24, secret = false }: KeepOptions = {}): void {
    const body = secret && answer.body !== null ? this.secrets.seal(answer.body, placeOf(request)) : answer.body;
    this.uow.tx.defer(KEEP, [
      request.actor.partnerId,
      request.actor.name,
      request.key,
      fingerprintOf(request, this.keys[0] as Buffer),
      answer.status,
      JSON.stringify(answer.headers),
      body,
      secret,
      hours,
    ]);
  }

  /** Removes some of the expired records. */
  async purge(): Promise<number> {
    return this.uow.tx.execute(PURGE);
  }
}

function placeOf({ actor, key }: IdempotentRequest) {
  return { table: 'idempotency_keys', column: 'body', row: `${actor.partnerId} ${actor.name} ${key}` };
}

/** Keyed, because a request may hold a password that nobody must be able to guess from what is kept. */
function fingerprintOf({ method, path, body }: IdempotentRequest, key: Buffer): Buffer {
  return createHmac('sha256', key)
    .update(`${method} ${path}\n${canonical(body)}`)
    .digest();
}
