import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { SyncCustomerUser } from '@isp/domain/access';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { customerErrors } from './customer.errors.js';
import { CustomerFacts } from './customer.facts.js';
import { CustomerRepository } from './customer.repository.js';
import { customerStates } from './customer.states.js';
import { type CustomerView, customerView } from './customer.view.js';

const HAPPENED = { active: 'reactivated', suspended: 'suspended', terminated: 'terminated' } as const;

export interface SetCustomerStatusInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly status: keyof typeof HAPPENED;
  readonly reason?: string | undefined;
}

/** Suspends, reactivates or terminates a customer. @throws `customers.customer.illegal_move` */
@Injectable()
export class SetCustomerStatus {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerRepository,
    private readonly facts: CustomerFacts,
    private readonly portalUser: SyncCustomerUser,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, customerId, status, reason }: SetCustomerStatusInput): Promise<CustomerView> {
    return this.uow.run(actor, async () => {
      const customer = await this.customers.lock(customerId);
      customerStates.assert(customer.status, status, (from, to) =>
        customerErrors('customers.customer.illegal_move', { from, to }),
      );
      const now = this.clock.now();
      const changes = { status: [customer.status, status], reason: reason ?? null };
      Object.assign(customer, { status, statusReason: reason ?? null, updatedAt: now });
      if (status === 'terminated') customer.terminatedAt = now;
      const view = customerView(await this.customers.save(customer));
      // A suspended customer still signs in, to see why and to pay; a terminated one has nothing left to see.
      if (status === 'terminated')
        await this.portalUser.execute({ actor, partnerId: view.partnerId, customerId, active: false });
      this.facts.report(actor, HAPPENED[status], view, changes);
      return view;
    });
  }
}
