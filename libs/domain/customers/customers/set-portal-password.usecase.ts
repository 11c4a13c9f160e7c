import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { SetCustomerPassword } from '@isp/domain/access';
import { customerErrors } from './customer.errors.js';
import { CustomerQueries } from './customer.queries.js';

export interface SetPortalPasswordInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly password: string;
}

/** Lets a customer into the portal, with the portal id or the e-mail address and this password. */
@Injectable()
export class SetPortalPassword {
  constructor(
    private readonly customers: CustomerQueries,
    private readonly setPassword: SetCustomerPassword,
  ) {}

  async execute({ actor, customerId, password }: SetPortalPasswordInput): Promise<void> {
    const {
      partnerId,
      portalId,
      email,
      name: fullName,
      portalUserGuid: guid,
      status,
    } = await this.customers.get(actor, customerId);
    if (status === 'terminated') throw customerErrors('customers.customer.not_active', { status });
    await this.setPassword.execute({ actor, partnerId, customerId, portalId, email, fullName, password, guid });
  }
}
