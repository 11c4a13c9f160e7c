import { Inject, Injectable } from '@nestjs/common';
import { type Actor, systemActorFor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { PasswordHasher } from '@isp/platform/crypto';
import { UnitOfWork } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import { LoginAttempts } from '../sessions/login-attempts.js';
import { NewPassword } from './new-password.js';
import { passwordIssues, passwordText } from './password.policy.js';
import { UserRepository } from './user.repository.js';

export interface ChangePasswordInput {
  readonly actor: Actor;
  /** The caller's session, which stays; all others of the user end. */
  readonly sessionId: string | undefined;
  readonly address: string;
  readonly currentPassword: string;
  readonly newPassword: string;
}

/** A signed-in user's own change of password. Wrong guesses of the current one count like failed sign-ins. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: PasswordHasher,
    private readonly users: UserRepository,
    private readonly attempts: LoginAttempts,
    private readonly passwords: NewPassword,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `access.credential.no_user`, `access.password.unfit`, `access.password.wrong_current` */
  async execute(input: ChangePasswordInput): Promise<void> {
    const userId = input.actor.userId;
    if (userId === undefined) throw accessErrors('access.credential.no_user');
    const key = { account: `user:${userId}`, address: input.address };
    // Out of any transaction of the caller: a wrong guess counts although the request fails.
    await this.uow.outside(() => this.attempts.inTurn(key, () => this.change(userId, input)));
  }

  private async change(
    userId: number,
    { actor, sessionId, address, currentPassword, newPassword }: ChangePasswordInput,
  ): Promise<void> {
    const own = systemActorFor('access', actor.partnerId);
    const key = { account: `user:${userId}`, address };
    const before = await this.uow.run(own, () => this.users.lock(userId));
    const locked = await this.attempts.locked(key);
    const right = await this.hasher.verify(locked ? '' : (before.passwordHash ?? ''), passwordText(currentPassword));
    if (!right) {
      if (!locked) await this.attempts.failed(key);
      const details = [{ field: 'current_password', message: 'is wrong' }];
      throw accessErrors('access.password.wrong_current', {}, { details });
    }
    await this.attempts.succeeded(key);
    const details = passwordIssues(newPassword, [before.username, before.email, currentPassword], 'new_password');
    if (details.length > 0) throw accessErrors('access.password.unfit', {}, { details });
    const passwordHash = await this.hasher.hash(passwordText(newPassword));
    await this.uow.run(own, async () => {
      const user = await this.users.lock(userId);
      // Somebody else changed it while this one was being hashed.
      if (user.passwordHash !== before.passwordHash) throw accessErrors('access.password.wrong_current');
      await this.passwords.set({ actor, user, passwordHash, now: this.clock.now(), keepSessionId: sessionId });
    });
  }
}
