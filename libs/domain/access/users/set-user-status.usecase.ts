import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { CredentialStates } from '../authentication/credential-states.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { GrantGuard } from './grant-guard.js';
import type { UserStatus } from './user.entity.js';
import { UserRepository } from './user.repository.js';

export interface SetUserStatusInput {
  readonly actor: Actor;
  readonly id: number;
  readonly status: UserStatus;
  readonly expectedVersion?: number | undefined;
}

/** Disables a user, which ends all sessions within 2 s, or enables one again. Repeating it changes nothing. */
@Injectable()
export class SetUserStatus {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly users: UserRepository,
    private readonly sessions: SessionRepository,
    private readonly guard: GrantGuard,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.user.not_found`, `access.user.self_change`, `access.grant.exceeds_own`, `access.user.version_mismatch` */
  execute(input: SetUserStatusInput): Promise<void> {
    const { actor, id, status } = input;
    const action = status === 'active' ? 'user.enable' : 'user.disable';
    const subject = { type: 'user', id };
    return this.guard.watch(actor, { action, subject, changes: {} }, () =>
      this.uow.run(actor, async () => {
        const user = await this.users.lock(id, input.expectedVersion);
        if (user.id === actor.userId) throw accessErrors('access.user.self_change');
        this.guard.assertMayGrant(actor, await this.users.rolesOf(user));
        if (user.status === status) return;
        const changes = { status: [user.status, status] };
        const now = this.clock.now();
        await this.users.save(Object.assign(user, { status, updatedAt: now }));
        if (status === 'disabled') await this.sessions.revokeOfUser(user, 'user_disabled', now);
        this.states.forgetOnCommit();
        this.audit.record({ actor, partnerId: user.partnerId, action, subject, changes });
      }),
    );
  }
}
