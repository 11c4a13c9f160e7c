import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { CredentialStates } from '../authentication/credential-states.js';
import { SessionRepository } from '../sessions/session.repository.js';
import { UserRepository } from './user.repository.js';

export interface SyncCustomerUserInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly customerId: number;
  readonly email?: string | undefined;
  readonly fullName?: string | undefined;
  /** False ends the customer's access, as when the customer is terminated. */
  readonly active?: boolean | undefined;
}

/**
 * Keeps a customer's log-in in step with the customer; call it in the transaction that changes the customer. Does
 * nothing for a customer who never had a password.
 */
@Injectable()
export class SyncCustomerUser {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly users: UserRepository,
    private readonly sessions: SessionRepository,
    private readonly states: CredentialStates,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, partnerId, customerId, email, fullName, active }: SyncCustomerUserInput): Promise<void> {
    return this.uow.run(actor, async () => {
      const user = await this.users.lockOfCustomer(partnerId, customerId);
      if (!user) return;
      const now = this.clock.now();
      if (email !== undefined) user.email = email;
      if (fullName !== undefined) user.fullName = fullName;
      if (active !== undefined) user.status = active ? 'active' : 'disabled';
      user.updatedAt = now;
      await this.users.save(user);
      if (active === false) {
        await this.sessions.revokeOfUser(user, 'user_disabled', now);
        this.states.forgetOnCommit();
      }
    });
  }
}
