import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AuditTrail } from '@isp/domain/audit';
import { accessErrors } from '../access.errors.js';
import { CredentialStates } from '../authentication/credential-states.js';
import { GrantGuard } from './grant-guard.js';
import type { UserEntity } from './user.entity.js';
import { UserQueries } from './user.queries.js';
import { UserRepository } from './user.repository.js';
import type { UserView } from './user.view.js';

export interface UpdateUserInput {
  readonly actor: Actor;
  readonly id: number;
  readonly expectedVersion?: number | undefined;
  readonly email?: string | undefined;
  readonly fullName?: string | undefined;
  /** The complete new set. */
  readonly roles?: readonly string[] | undefined;
}

type Changes = Record<string, readonly [unknown, unknown]>;

/** Changes a partner's user; new roles act within 2 s, without a new sign-in. */
@Injectable()
export class UpdateUser {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly users: UserRepository,
    private readonly queries: UserQueries,
    private readonly guard: GrantGuard,
    private readonly states: CredentialStates,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError `access.user.not_found`, `access.user.version_mismatch`, `access.user.is_customer`,
   * `access.grant.exceeds_own`, `access.user.self_change`, `access.role.unknown`, `access.role.not_assignable`,
   * `access.user.email_taken`
   */
  execute(input: UpdateUserInput): Promise<UserView> {
    const { actor, id } = input;
    const changes = { fields: Object.keys(input).filter((key) => !['actor', 'id'].includes(key)), roles: input.roles };
    const refusal = { action: 'user.update', subject: { type: 'user', id }, changes };
    return this.guard.watch(actor, refusal, () => this.uow.run(actor, () => this.update(input)));
  }

  private async update(input: UpdateUserInput): Promise<UserView> {
    const { actor, id } = input;
    const user = await this.users.lock(id, input.expectedVersion);
    if (user.customerId !== null) throw accessErrors('access.user.is_customer');
    // Whoever may change a person could sign in as them: never one with more rights.
    const held = await this.users.rolesOf(user);
    this.guard.assertMayGrant(actor, held);
    const changes: Changes = {};
    if (input.email !== undefined && input.email !== user.email) changes['email'] = [user.email, input.email];
    if (input.fullName !== undefined && input.fullName !== user.fullName)
      changes['full_name'] = [user.fullName, input.fullName];
    const before = held.map((role) => role.name).sort();
    const after = input.roles === undefined ? before : [...new Set(input.roles)].sort();
    if (after.join() !== before.join()) {
      await this.changeRoles(actor, user, after);
      changes['roles'] = [before, after];
    }
    if (Object.keys(changes).length > 0) {
      Object.assign(user, {
        email: input.email ?? user.email,
        fullName: input.fullName ?? user.fullName,
        updatedAt: this.clock.now(),
      });
      await this.users.save(user);
      this.audit.record({
        actor,
        partnerId: user.partnerId,
        action: 'user.update',
        subject: { type: 'user', id },
        changes,
      });
    }
    return this.queries.get(actor, id);
  }

  private async changeRoles(actor: Actor, user: UserEntity, names: readonly string[]): Promise<void> {
    if (actor.userId === user.id) throw accessErrors('access.user.self_change');
    const roles = await this.users.roles(names);
    this.guard.assertMayGrant(actor, roles);
    this.guard.assertAssignable(roles, user.partnerId);
    await this.users.setRoles(user, names);
    this.states.forgetOnCommit();
  }
}
