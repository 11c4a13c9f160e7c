import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { PasswordHasher } from '@isp/platform/crypto';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { ACCESS_TOKEN_SECONDS, LOGIN_MAX_CANDIDATES, LOGIN_MAX_CHARACTERS } from '../access.limits.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { isTooLong, passwordText } from '../users/password.policy.js';
import { type AttemptKey, LoginAttempts } from './login-attempts.js';
import { SessionRepository } from './session.repository.js';
import type { ClientView, TokenPair } from './session.view.js';

export interface LoginInput extends ClientView {
  /** An e-mail address, a user name, or a customer's portal id (which is its user name). */
  readonly login: string;
  readonly password: string;
}

interface Candidate {
  readonly id: number;
  readonly partnerId: number;
  readonly passwordHash: string | null;
  readonly usable: boolean;
}

const CANDIDATES = statement(
  'access-login-candidates',
  `SELECT u.id, u.partner_id AS "partnerId", u.password_hash AS "passwordHash",
          u.status = 'active' AND p.status = 'active' AS usable
     FROM users u JOIN partners p ON p.id = u.partner_id
    WHERE u.username_key = lower($1) OR u.email_key = lower($1)
    ORDER BY (u.status = 'active' AND p.status = 'active' AND u.password_hash IS NOT NULL) DESC, u.last_login_at DESC NULLS LAST, u.id
    LIMIT ${LOGIN_MAX_CANDIDATES}`,
);
const SIGNED_IN = statement(
  'access-login-note',
  // Not when the password was changed or the user disabled while the old one was being hashed.
  `UPDATE users SET last_login_at = $4, password_hash = coalesce($5, password_hash)
    WHERE partner_id = $1 AND id = $2 AND password_hash = $3 AND status = 'active'`,
);

/**
 * Signs a person in. Wrong password, unknown, disabled or locked account: the same answer after the same time. No
 * transaction is open while a password is hashed.
 */
@Injectable()
export class Login {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: PasswordHasher,
    private readonly attempts: LoginAttempts,
    private readonly sessions: SessionRepository,
    private readonly tokens: AccessTokens,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.login.refused`; `access.login.busy` or `crypto.password.busy` under a flood */
  execute(input: LoginInput): Promise<TokenPair> {
    const key = {
      account: input.login
        .trim()
        .slice(0, LOGIN_MAX_CHARACTERS + 1)
        .toLowerCase(),
      address: input.address,
    };
    return this.uow.outside(() => this.attempts.inTurn(key, () => this.attempt(key, input)));
  }

  private async attempt(key: AttemptKey, input: LoginInput): Promise<TokenPair> {
    const [locked, candidates] = await Promise.all([this.attempts.locked(key), this.candidates(key.account)]);
    const user = await this.matching(locked ? [] : candidates, input.password);
    if (!user) {
      if (!locked && (await this.attempts.failed(key))) await this.noteLockOut(candidates, key);
      throw accessErrors('access.login.refused');
    }
    const hadFailed = await this.attempts.succeeded(key);
    return this.open(user, input, hadFailed);
  }

  private async candidates(login: string): Promise<Candidate[]> {
    if (login === '' || login.length > LOGIN_MAX_CHARACTERS) return [];
    return this.uow.run(systemActor('access'), (tx) => tx.query<Candidate>(CANDIDATES, [login]));
  }

  private async matching(candidates: readonly Candidate[], typed: string): Promise<Candidate | undefined> {
    const password = passwordText(typed);
    const withPassword = isTooLong(password) ? [] : candidates.filter((user) => user.passwordHash !== null);
    // At least one hash is computed whatever was typed, so that time tells nothing.
    if (withPassword.length === 0) await this.hasher.verifyAbsent();
    for (const user of withPassword) {
      const right = await this.hasher.verify(user.passwordHash as string, password);
      if (right && user.usable) return user;
    }
    return undefined;
  }

  private async open(user: Candidate, input: LoginInput, hadFailed: boolean): Promise<TokenPair> {
    const now = this.clock.now();
    const stale = this.hasher.needsRehash(user.passwordHash as string);
    const rehashed = stale ? await this.hasher.hash(passwordText(input.password)) : null;
    const session = await this.uow.run(systemActor('access'), async (tx) => {
      const signedIn = await tx.execute(SIGNED_IN, [user.partnerId, user.id, user.passwordHash, now, rehashed]);
      if (signedIn === 0) throw accessErrors('access.login.refused');
      this.audit.record({
        actor: { ...systemActor('access'), name: `user:${user.id}` },
        partnerId: user.partnerId,
        action: 'session.login',
        subject: { type: 'user', id: user.id },
        changes: { address: input.address, after_failures: hadFailed },
      });
      return this.sessions.open(user, input, now);
    });
    const accessToken = await this.tokens.signForSession(`user:${user.id}`, session.id);
    return { accessToken, refreshToken: session.refreshToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS };
  }

  /** Failures are one audit entry per lock-out and account, not one each: a flood must not fill the trail. */
  private async noteLockOut(candidates: readonly Candidate[], { address }: AttemptKey): Promise<void> {
    if (candidates.length === 0) return;
    await this.uow.run(systemActor('access'), () => {
      for (const user of candidates) {
        this.audit.record({
          actor: systemActor('access'),
          partnerId: user.partnerId,
          action: 'session.lock_out',
          subject: { type: 'user', id: user.id },
          changes: { address, reason: 'too many wrong passwords' },
        });
      }
      return Promise.resolve();
    });
  }
}
