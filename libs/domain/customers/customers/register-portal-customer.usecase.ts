import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { SetCustomerPassword } from '@isp/domain/access';
import { UnitOfWork } from '@isp/platform/database';
import { CreateCustomer } from './create-customer.usecase.js';
import type { CustomerView } from './customer.view.js';

export interface RegisterPortalCustomerInput {
  readonly actor: Actor;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  readonly phone: string;
  readonly homePhone?: string | undefined;
  readonly username?: string | undefined;
  readonly password: string;
}

/**
 * Signs a customer of the actor's partner up and lets it into the portal: both or neither.
 * @throws `customers.email.taken`, `access.password.unfit`
 */
@Injectable()
export class RegisterPortalCustomer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly create: CreateCustomer,
    private readonly setPassword: SetCustomerPassword,
  ) {}

  execute({ actor, password, ...values }: RegisterPortalCustomerInput): Promise<CustomerView> {
    const name = `${values.firstName} ${values.lastName}`;
    return this.uow.run(actor, async () => {
      const customer = await this.create.execute({ actor, ...values, name, partnerId: actor.partnerId });
      await this.setPassword.execute({
        actor,
        partnerId: customer.partnerId,
        customerId: customer.id,
        portalId: customer.portalId,
        email: customer.email,
        fullName: name,
        password,
        guid: customer.portalUserGuid,
      });
      return customer;
    });
  }
}
