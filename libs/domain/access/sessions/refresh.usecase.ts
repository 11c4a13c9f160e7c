import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { ACCESS_TOKEN_SECONDS, REFRESH_GRACE_SECONDS } from '../access.limits.js';
import { CredentialStates } from '../authentication/credential-states.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { refreshTokenHash } from './refresh-token.js';
import { type RefreshTokenRow, SessionRepository, type SessionRow } from './session.repository.js';
import type { ClientView, TokenPair } from './session.view.js';

export interface RefreshInput extends ClientView {
  readonly refreshToken: string;
}

interface Rotated {
  readonly session: SessionRow;
  readonly refreshToken: string;
}

/**
 * Spends a refresh token for a new pair. A token works once; a second use ends the whole session, because either its
 * owner or a thief is behind it. Only a client that lost the answer may ask again for 10 s: it gets another successor,
 * and the unused one dies.
 */
@Injectable()
export class Refresh {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sessions: SessionRepository,
    private readonly tokens: AccessTokens,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.unauthenticated` */
  async execute(input: RefreshInput): Promise<TokenPair> {
    const hash = refreshTokenHash(input.refreshToken);
    // Its own transaction, and no error inside it: the end of a family must be committed.
    const rotated =
      hash && (await this.uow.outside(() => this.uow.run(systemActor('access'), () => this.rotate(hash, input))));
    if (!rotated) throw accessErrors('access.unauthenticated');
    this.states.sessions.forget(rotated.session.id);
    const accessToken = await this.tokens.signForSession(`user:${rotated.session.userId}`, rotated.session.id);
    return { accessToken, refreshToken: rotated.refreshToken, tokenType: 'Bearer', expiresIn: ACCESS_TOKEN_SECONDS };
  }

  private async rotate(hash: Buffer, client: ClientView): Promise<Rotated | undefined> {
    const session = await this.sessions.lockByToken(hash);
    const token = session && (await this.sessions.token(hash));
    const now = this.clock.now();
    if (!token || session.revokedAt !== null || session.expiresAt <= now || !session.usable) return undefined;
    const spent = token.usedAt !== null || token.supersededAt !== null;
    if (spent && !(await this.mayAskAgain(session, token, client, now))) {
      await this.endFamily(session, client, now);
      return undefined;
    }
    return { session, refreshToken: await this.sessions.rotate(session, hash, client, now) };
  }

  /** Ends the successor on the way, which shows in the same step that nobody used it. */
  private async mayAskAgain(
    session: SessionRow,
    token: RefreshTokenRow,
    client: ClientView,
    now: Date,
  ): Promise<boolean> {
    if (token.supersededAt !== null || token.usedAt === null || token.successorHash === null) return false;
    if (now > addSeconds(token.usedAt, REFRESH_GRACE_SECONDS)) return false;
    if (client.address !== session.address || (client.userAgent ?? '') !== session.userAgent) return false;
    return this.sessions.supersede(token.successorHash, now);
  }

  private async endFamily(session: SessionRow, client: ClientView, now: Date): Promise<void> {
    await this.sessions.revoke(session.id, 'reuse', now);
    this.states.forgetOnCommit();
    this.audit.record({
      actor: systemActor('access'),
      partnerId: session.partnerId,
      action: 'session.revoke',
      subject: { type: 'user', id: session.userId },
      changes: { reason: 'refresh token used twice', session_id: session.id, address: client.address },
    });
  }
}
