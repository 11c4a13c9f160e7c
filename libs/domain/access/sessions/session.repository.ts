import { Injectable } from '@nestjs/common';
import { addSeconds } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { SESSION_ABSOLUTE_SECONDS, SESSION_IDLE_SECONDS } from '../access.limits.js';
import { newRefreshToken, refreshTokenHash } from './refresh-token.js';
import type { ClientView } from './session.view.js';

/** Why sessions end early. */
export type RevokeReason = 'logout' | 'reuse' | 'password_changed' | 'user_disabled' | 'partner_suspended';

export interface SessionRow {
  readonly id: string;
  readonly partnerId: number;
  readonly userId: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly userAgent: string;
  readonly address: string;
  /** The user and the partner are active. */
  readonly usable: boolean;
}

export interface RefreshTokenRow {
  readonly usedAt: Date | null;
  readonly supersededAt: Date | null;
  readonly successorHash: Buffer | null;
}

const OPEN = statement(
  'access-session-open',
  `INSERT INTO sessions (partner_id, user_id, created_at, last_used_at, expires_at, user_agent, address)
   VALUES ($1, $2, $3, $3, $4, $5, $6) RETURNING id`,
);
const ISSUE = statement(
  'access-refresh-issue',
  'INSERT INTO refresh_tokens (token_hash, partner_id, session_id, issued_at) VALUES ($1, $2, $3, $4)',
);
const SESSION_OF_TOKEN = statement(
  'access-refresh-session',
  'SELECT session_id AS id FROM refresh_tokens WHERE token_hash = $1',
);
const LOCK = statement(
  'access-session-lock',
  `SELECT s.id, s.partner_id AS "partnerId", s.user_id AS "userId", s.created_at AS "createdAt", s.expires_at AS "expiresAt",
          s.revoked_at AS "revokedAt", s.user_agent AS "userAgent", s.address,
          u.status = 'active' AND p.status = 'active' AS usable
     FROM sessions s
     JOIN users u ON u.partner_id = s.partner_id AND u.id = s.user_id
     JOIN partners p ON p.id = s.partner_id
    WHERE s.id = $1 FOR UPDATE OF s`,
);
const TOKEN = statement(
  'access-refresh-token',
  `SELECT used_at AS "usedAt", superseded_at AS "supersededAt", successor_hash AS "successorHash"
     FROM refresh_tokens WHERE token_hash = $1`,
);
const SPEND = statement(
  'access-refresh-spend',
  'UPDATE refresh_tokens SET used_at = coalesce(used_at, $2), successor_hash = $3 WHERE token_hash = $1',
);
const SUPERSEDE = statement(
  'access-refresh-supersede',
  'UPDATE refresh_tokens SET superseded_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND superseded_at IS NULL',
);
const USE = statement(
  'access-session-use',
  'UPDATE sessions SET last_used_at = $2, expires_at = $3, user_agent = $4, address = $5 WHERE id = $1',
);
const REVOKE = statement(
  'access-session-revoke',
  'UPDATE sessions SET revoked_at = $2, revoke_reason = $3 WHERE id = $1 AND revoked_at IS NULL',
);
const REVOKE_OF_USER = statement(
  'access-session-revoke-user',
  `UPDATE sessions SET revoked_at = $3, revoke_reason = $4
    WHERE partner_id = $1 AND user_id = $2 AND revoked_at IS NULL AND id IS DISTINCT FROM $5`,
);
const REVOKE_OF_PARTNER = statement(
  'access-session-revoke-partner',
  `UPDATE sessions SET revoked_at = $2, revoke_reason = 'partner_suspended' WHERE partner_id = $1 AND revoked_at IS NULL`,
);
const PURGE = statement('access-session-purge', 'DELETE FROM sessions WHERE expires_at < $1');

/** Sessions and their refresh tokens, on the caller's transaction. */
@Injectable()
export class SessionRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Opens a session and answers its id and first refresh token. */
  async open(user: { readonly id: number; readonly partnerId: number }, client: ClientView, now: Date) {
    const values = [user.partnerId, user.id, now, expiryOf(now, now), client.userAgent ?? '', client.address];
    const session = await this.uow.tx.one<{ id: string }>(OPEN, values);
    if (!session) throw new Error('no session was made');
    return { id: session.id, refreshToken: await this.issue(session.id, user.partnerId, now) };
  }

  /** The session behind a refresh token, locked: whoever wants to use any token of the family waits here. */
  async lockByToken(hash: Buffer): Promise<SessionRow | undefined> {
    const session = await this.uow.tx.one<{ id: string }>(SESSION_OF_TOKEN, [hash]);
    return session && this.uow.tx.one<SessionRow>(LOCK, [session.id]);
  }

  /** As it is now; read it once the session is locked. */
  token(hash: Buffer): Promise<RefreshTokenRow | undefined> {
    return this.uow.tx.one<RefreshTokenRow>(TOKEN, [hash]);
  }

  /** Spends a token for a new one, and moves the session's idle limit. */
  async rotate(session: SessionRow, hash: Buffer, client: ClientView, now: Date): Promise<string> {
    const next = newRefreshToken();
    await this.uow.tx.execute(SPEND, [hash, now, refreshTokenHash(next)]);
    await this.uow.tx.execute(ISSUE, [refreshTokenHash(next), session.partnerId, session.id, now]);
    await this.uow.tx.execute(USE, [
      session.id,
      now,
      expiryOf(session.createdAt, now),
      client.userAgent ?? '',
      client.address,
    ]);
    return next;
  }

  /** Ends an unused token. False when it was used or ended before. */
  async supersede(hash: Buffer, now: Date): Promise<boolean> {
    return (await this.uow.tx.execute(SUPERSEDE, [hash, now])) === 1;
  }

  /** True when the session was live. */
  async revoke(id: string, reason: RevokeReason, now: Date): Promise<boolean> {
    return (await this.uow.tx.execute(REVOKE, [id, now, reason])) === 1;
  }

  /** Ends a user's sessions, but for one, and answers how many. */
  revokeOfUser(
    user: { readonly id: number; readonly partnerId: number },
    reason: RevokeReason,
    now: Date,
    except?: string,
  ): Promise<number> {
    return this.uow.tx.execute(REVOKE_OF_USER, [user.partnerId, user.id, now, reason, except ?? null]);
  }

  revokeOfPartner(partnerId: number, now: Date): Promise<number> {
    return this.uow.tx.execute(REVOKE_OF_PARTNER, [partnerId, now]);
  }

  purge(expiredBefore: Date): Promise<number> {
    return this.uow.tx.execute(PURGE, [expiredBefore]);
  }

  private async issue(sessionId: string, partnerId: number, now: Date): Promise<string> {
    const token = newRefreshToken();
    await this.uow.tx.execute(ISSUE, [refreshTokenHash(token), partnerId, sessionId, now]);
    return token;
  }
}

/** The earlier of the idle limit and the absolute one. */
function expiryOf(createdAt: Date, now: Date): Date {
  const idle = addSeconds(now, SESSION_IDLE_SECONDS);
  const absolute = addSeconds(createdAt, SESSION_ABSOLUTE_SECONDS);
  return idle < absolute ? idle : absolute;
}
