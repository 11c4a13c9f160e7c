import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { SyncCustomerUser } from '@isp/domain/access';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { CustomerKind, PostalAddress } from './customer.entity.js';
import { customerErrors } from './customer.errors.js';
import { CustomerFacts } from './customer.facts.js';
import { CustomerRepository } from './customer.repository.js';
import { type CustomerView, customerView } from './customer.view.js';

export interface CustomerChanges {
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly phone?: string | undefined;
  readonly kind?: CustomerKind | undefined;
  readonly address?: PostalAddress | null | undefined;
  readonly billingAddress?: PostalAddress | null | undefined;
  readonly supportTier?: string | undefined;
}

export interface ChangeCustomerInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly changes: CustomerChanges;
  readonly ifMatch?: number | undefined;
}

/** Changes a customer's data; a change that changes nothing leaves no trace. */
@Injectable()
export class ChangeCustomer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerRepository,
    private readonly facts: CustomerFacts,
    private readonly portalUser: SyncCustomerUser,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, customerId, changes, ifMatch }: ChangeCustomerInput): Promise<CustomerView> {
    return this.uow.run(actor, async () => {
      const customer = await this.customers.lock(customerId, ifMatch);
      if (customer.status === 'terminated')
        throw customerErrors('customers.customer.not_active', { status: customer.status });
      const diff = changesBetween(customer, changes);
      if (Object.keys(diff).length === 0) return customerView(customer);
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      Object.assign(customer, given, { updatedAt: this.clock.now() });
      const view = customerView(await this.customers.save(customer));
      const { partnerId, email, name: fullName } = view;
      if ('email' in diff || 'name' in diff)
        await this.portalUser.execute({ actor, partnerId, customerId, email, fullName });
      this.facts.report(actor, 'updated', view, diff);
      return view;
    });
  }
}
