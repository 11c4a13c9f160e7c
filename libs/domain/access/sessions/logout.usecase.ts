import { Inject, Injectable } from '@nestjs/common';
import { type Actor, systemActorFor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { CredentialStates } from '../authentication/credential-states.js';
import { SessionRepository } from './session.repository.js';

export interface LogoutInput {
  readonly actor: Actor;
  /** From the caller's credential; an API key has no session to end. */
  readonly sessionId: string | undefined;
}

/** Ends the caller's session: its access and refresh tokens stop working in every process within 2 s. */
@Injectable()
export class Logout {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sessions: SessionRepository,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ actor, sessionId }: LogoutInput): Promise<void> {
    const userId = actor.userId;
    if (sessionId === undefined || userId === undefined) return;
    await this.uow.outside(() =>
      this.uow.run(systemActorFor('access', actor.partnerId), async () => {
        if (!(await this.sessions.revoke(sessionId, 'logout', this.clock.now()))) return;
        this.states.forgetOnCommit();
        const subject = { type: 'user', id: userId };
        this.audit.record({ actor, partnerId: actor.partnerId, action: 'session.logout', subject });
      }),
    );
  }
}
