import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import type { CustomerKind, PostalAddress } from './customer.entity.js';
import { CustomerFacts } from './customer.facts.js';
import { CustomerRepository, unknownPartner } from './customer.repository.js';
import type { CustomerView } from './customer.view.js';

export interface CreateCustomerInput {
  readonly actor: Actor;
  readonly name: string;
  readonly email: string;
  readonly phone: string;
  readonly kind?: CustomerKind | undefined;
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly homePhone?: string | undefined;
  readonly username?: string | undefined;
  readonly address?: PostalAddress | undefined;
  readonly billingAddress?: PostalAddress | undefined;
  /** Whose customer it becomes: the operator's staff may name any partner, everybody else only its own. */
  readonly partnerId?: number | undefined;
  readonly trial?: boolean | undefined;
}

/**
 * Signs a customer up.
 * @throws `customers.email.taken` within one partner, `customers.partner.unknown`
 */
@Injectable()
export class CreateCustomer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerRepository,
    private readonly facts: CustomerFacts,
  ) {}

  execute({ actor, partnerId, trial, ...values }: CreateCustomerInput): Promise<CustomerView> {
    if (actor.reach !== 'all' && partnerId !== undefined && partnerId !== actor.partnerId) throw unknownPartner();
    const owner = partnerId ?? (actor.reach === 'all' ? OPERATOR_PARTNER_ID : actor.partnerId);
    return this.uow.run(actor, async () => {
      const customer = await this.customers.insert({ ...values, partnerId: owner, status: trial ? 'trial' : 'active' });
      this.facts.report(actor, 'created', customer, { ...values, status: customer.status });
      return customer;
    });
  }
}
