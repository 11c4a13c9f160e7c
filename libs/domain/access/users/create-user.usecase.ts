import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { PasswordHasher } from '@isp/platform/crypto';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { GrantGuard } from './grant-guard.js';
import { passwordIssues, passwordText } from './password.policy.js';
import { UserEntity } from './user.entity.js';
import { UserQueries } from './user.queries.js';
import { UserRepository } from './user.repository.js';
import type { UserView } from './user.view.js';

export interface CreateUserInput {
  readonly actor: Actor;
  /** The actor's own partner when absent. */
  readonly partnerId?: number | undefined;
  /** Letters, digits, `.`, `_` and `-`; unique in the whole installation, in any case. */
  readonly username: string;
  readonly email: string;
  readonly fullName: string;
  readonly password: string;
  readonly roles: readonly string[];
}

/** Makes a person who works for a partner able to sign in. */
@Injectable()
export class CreateUser {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: PasswordHasher,
    private readonly users: UserRepository,
    private readonly queries: UserQueries,
    private readonly guard: GrantGuard,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `access.password.unfit`, `access.grant.exceeds_own`, `access.role.unknown`,
   * `access.role.not_assignable`, `access.partner.not_found`, `access.user.username_taken`, `access.user.email_taken`
   */
  execute(input: CreateUserInput): Promise<UserView> {
    const { actor, username, roles } = input;
    const refusal = { action: 'user.create', subject: { type: 'user', id: username }, changes: { roles } };
    return this.guard.watch(actor, refusal, () => this.create(input));
  }

  private async create(input: CreateUserInput): Promise<UserView> {
    const { actor, username, email, fullName } = input;
    const details = passwordIssues(input.password, [username, email]);
    if (details.length > 0) throw accessErrors('access.password.unfit', {}, { details });
    const partnerId = input.partnerId ?? actor.partnerId;
    const names = [...new Set(input.roles)].sort();
    // Before the hash, which is dear, and again in the transaction of the change, which counts.
    await this.uow.run(actor, () => this.check(actor, partnerId, names));
    const passwordHash = await this.hasher.hash(passwordText(input.password));
    return this.uow.run(actor, async () => {
      await this.check(actor, partnerId, names);
      const now = this.clock.now();
      const user = Object.assign(new UserEntity(), {
        guid: randomUUID(),
        partnerId,
        customerId: null,
        username,
        email,
        fullName,
        passwordHash,
        status: 'active' as const,
        lastLoginAt: null,
        createdAt: now,
        updatedAt: now,
      });
      await this.users.save(user);
      await this.users.setRoles(user, names);
      const changes = { username, email, full_name: fullName, roles: names };
      this.audit.record({ actor, partnerId, action: 'user.create', subject: { type: 'user', id: user.id }, changes });
      return this.queries.get(actor, user.id);
    });
  }

  private async check(actor: Actor, partnerId: number, names: readonly string[]): Promise<void> {
    await this.users.requirePartner(partnerId);
    const roles = await this.users.roles(names);
    this.guard.assertMayGrant(actor, roles);
    this.guard.assertAssignable(roles, partnerId);
  }
}
