import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CustomerQueries, type CustomerView, SetCustomerStatus } from '@isp/domain/customers';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from './service.errors.js';
import { ServiceQueries } from './service.queries.js';

export interface CloseCustomerInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly reason?: string | undefined;
}

/** Terminates a customer that has no services left. @throws `services.customer.has_services` */
@Injectable()
export class CloseCustomer {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly customers: CustomerQueries,
    private readonly services: ServiceQueries,
    private readonly setStatus: SetCustomerStatus,
  ) {}

  execute({ actor, customerId, reason }: CloseCustomerInput): Promise<CustomerView> {
    return this.uow.run(actor, async () => {
      const customer = await this.customers.get(actor, customerId);
      const terminated = await this.setStatus.execute({ actor, customerId, status: 'terminated', reason });
      const count = await this.services.liveOf(actor, customer.partnerId, customerId);
      if (count > 0) throw serviceErrors('services.customer.has_services', { count });
      return terminated;
    });
  }
}
