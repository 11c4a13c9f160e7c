import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CustomerQueries } from '@isp/domain/customers';
import { UnitOfWork, statement } from '@isp/platform/database';
import { ServiceRepository } from '../services/service.repository.js';
import { ServiceSuspensions } from './service-suspensions.js';

// Two facts about one customer wait for each other, so that the later one sees what the earlier one did.
const IN_TURN = statement(
  'suspensions-customer-turn',
  `SELECT pg_advisory_xact_lock(hashtext('services.customer'), $1)`,
);
const OWN = statement(
  'suspensions-customer-services',
  `SELECT id FROM services WHERE partner_id = $1 AND customer_id = $2 AND bundle_id IS NULL AND status <> 'terminated' ORDER BY id`,
);

export interface FollowCustomerInput {
  readonly actor: Actor;
  readonly customerId: number;
}

/**
 * Brings a customer's services to what the customer is: blocked while it is suspended, without that cause otherwise. It
 * looks at the customer as it is, not at the fact that it was told, so that facts may come late, twice or out of order.
 */
@Injectable()
export class FollowCustomer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerQueries,
    private readonly services: ServiceRepository,
    private readonly suspensions: ServiceSuspensions,
  ) {}

  execute({ actor, customerId }: FollowCustomerInput): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      await tx.execute(IN_TURN, [customerId]);
      const customer = await this.customers.find(actor, customerId);
      if (!customer) return;
      const blocked = customer.status === 'suspended';
      const reason = blocked ? 'customer suspended' : 'customer reactivated';
      for (const { id } of await tx.query<{ id: number }>(OWN, [customer.partnerId, customerId])) {
        const service = await this.services.lock(id);
        if (service.status === 'terminated') continue;
        if (!blocked) await this.suspensions.lift(actor, service, 'customer', reason);
        else if (!service.suspendedFor.includes('customer'))
          await this.suspensions.add(service, { actor, cause: 'customer', reason });
      }
    });
  }
}
