import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { FollowCustomer } from './follow-customer.usecase.js';

type Told = 'customers.customer.suspended.v1' | 'customers.customer.reactivated.v1';
const EVENTS: readonly Told[] = ['customers.customer.suspended.v1', 'customers.customer.reactivated.v1'];

@Injectable()
@ListensTo({ name: 'services.follow-customer', events: EVENTS })
export class FollowCustomerListener implements ListensToEvents<Told> {
  constructor(private readonly follow: FollowCustomer) {}

  on({ payload }: PublishedEvent<Told>): Promise<void> {
    return this.follow.execute({ actor: systemActor('services'), customerId: payload.customer_id });
  }
}
