import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { PasswordHasher } from '@isp/platform/crypto';
import { UnitOfWork } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import { GrantGuard } from './grant-guard.js';
import { NewPassword } from './new-password.js';
import { passwordIssues, passwordText } from './password.policy.js';
import type { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

export interface SetUserPasswordInput {
  readonly actor: Actor;
  readonly id: number;
  readonly password: string;
}

/** An administrator's reset of somebody's forgotten password; ends all of the user's sessions. */
@Injectable()
export class SetUserPassword {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: PasswordHasher,
    private readonly users: UserRepository,
    private readonly guard: GrantGuard,
    private readonly passwords: NewPassword,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.user.not_found`, `access.grant.exceeds_own`, `access.user.is_customer`, `access.password.unfit` */
  execute({ actor, id, password }: SetUserPasswordInput): Promise<void> {
    const refusal = { action: 'user.set_password', subject: { type: 'user', id }, changes: {} };
    return this.guard.watch(actor, refusal, async () => {
      const before = await this.uow.run(actor, () => this.allowed(actor, id));
      const details = passwordIssues(password, [before.username, before.email]);
      if (details.length > 0) throw accessErrors('access.password.unfit', {}, { details });
      const passwordHash = await this.hasher.hash(passwordText(password));
      await this.uow.run(actor, async () => {
        const user = await this.allowed(actor, id);
        await this.passwords.set({ actor, user, passwordHash, now: this.clock.now() });
      });
    });
  }

  private async allowed(actor: Actor, id: number): Promise<UserEntity> {
    const user = await this.users.lock(id);
    if (user.customerId !== null) throw accessErrors('access.user.is_customer');
    this.guard.assertMayGrant(actor, await this.users.rolesOf(user));
    return user;
  }
}
