import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { PasswordHasher } from '@isp/platform/crypto';
import { UnitOfWork } from '@isp/platform/database';
import { accessErrors } from '../access.errors.js';
import { NewPassword } from './new-password.js';
import { passwordIssues, passwordText } from './password.policy.js';
import { UserEntity } from './user.entity.js';
import { UserRepository } from './user.repository.js';

export interface SetCustomerPasswordInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly customerId: number;
  /** Becomes the user name that the customer signs in with. */
  readonly portalId: string;
  readonly email: string;
  readonly fullName: string;
  readonly password: string;
  readonly guid?: string | undefined;
}

const CUSTOMER_ROLE = 'customer';

/** Gives a customer a password for the portal, and makes the customer's user on the first time. Ends its sessions. */
@Injectable()
export class SetCustomerPassword {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly hasher: PasswordHasher,
    private readonly users: UserRepository,
    private readonly passwords: NewPassword,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers the id of the customer's user. @throws DomainError `access.password.unfit`, `access.user.username_taken` */
  async execute(input: SetCustomerPasswordInput): Promise<number> {
    const details = passwordIssues(input.password, [input.portalId, input.email]);
    if (details.length > 0) throw accessErrors('access.password.unfit', {}, { details });
    const passwordHash = await this.hasher.hash(passwordText(input.password));
    return this.uow.run(input.actor, async () => {
      const { actor, partnerId, customerId } = input;
      const now = this.clock.now();
      const user = (await this.users.lockOfCustomer(partnerId, customerId)) ?? (await this.create(input, now));
      Object.assign(user, { username: input.portalId, email: input.email, fullName: input.fullName });
      await this.passwords.set({ actor, user, passwordHash, now });
      return user.id;
    });
  }

  private async create(input: SetCustomerPasswordInput, now: Date): Promise<UserEntity> {
    const user = Object.assign(new UserEntity(), {
      guid: input.guid ?? randomUUID(),
      partnerId: input.partnerId,
      customerId: input.customerId,
      username: input.portalId,
      email: input.email,
      fullName: input.fullName,
      passwordHash: null,
      status: 'active' as const,
      lastLoginAt: null,
      createdAt: now,
      updatedAt: now,
    });
    await this.users.save(user);
    await this.users.setRoles(user, [CUSTOMER_ROLE]);
    return user;
  }
}
