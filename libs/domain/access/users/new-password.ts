import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { CredentialStates } from '../authentication/credential-states.js';
import { SessionRepository } from '../sessions/session.repository.js';
import type { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

export interface NewPasswordInput {
  readonly actor: Actor;
  /** Locked in the caller's transaction. */
  readonly user: UserEntity;
  readonly passwordHash: string;
  readonly now: Date;
  readonly keepSessionId?: string | undefined;
}

/** What every change of a password brings with it: the user's sessions end, and the trail says so. */
@Injectable()
export class NewPassword {
  constructor(
    private readonly users: UserRepository,
    private readonly sessions: SessionRepository,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
  ) {}

  async set({ actor, user, passwordHash, now, keepSessionId }: NewPasswordInput): Promise<void> {
    await this.users.save(Object.assign(user, { passwordHash, updatedAt: now }));
    const ended = await this.sessions.revokeOfUser(user, 'password_changed', now, keepSessionId);
    this.states.forgetOnCommit();
    this.audit.record({
      actor,
      partnerId: user.partnerId,
      action: 'user.set_password',
      subject: { type: 'user', id: user.id },
      changes: { sessions_ended: ended },
    });
  }
}
