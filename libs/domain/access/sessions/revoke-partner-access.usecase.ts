import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { CredentialStates } from '../authentication/credential-states.js';
import { SessionRepository } from './session.repository.js';

export interface RevokePartnerAccessInput {
  readonly actor: Actor;
  readonly partnerId: number;
}

/**
 * Ends every session of a partner's people: call it in the transaction that suspends the partner. Its API keys rest
 * while it is suspended and work again afterwards; sessions do not come back. Answers how many sessions ended.
 */
@Injectable()
export class RevokePartnerAccess {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly sessions: SessionRepository,
    private readonly states: CredentialStates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId }: RevokePartnerAccessInput): Promise<number> {
    return this.uow.run(actor, () => {
      this.states.forgetOnCommit();
      return this.sessions.revokeOfPartner(partnerId, this.clock.now());
    });
  }
}
