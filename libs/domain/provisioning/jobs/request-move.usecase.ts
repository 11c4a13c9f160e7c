import { Injectable } from '@nestjs/common';
import { SubscriberSteps } from '@isp/domain/network';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { jobErrors } from './job.errors.js';
import type { JobView } from './job.view.js';
import { PlaceJob } from './place-job.js';
import { ProvisioningOrders } from './provisioning-orders.js';
import type { RequestProvisioningInput } from './request-provisioning.usecase.js';

/**
 * Accepts the order to take a service that works to another router, VLAN, address or bandwidth profile. What the
 * request leaves out stays as it is; on another router any free address is taken.
 * @throws `services.service.not_found`, `provisioning.service.not_in_state`, `provisioning.service.not_on_the_network`,
 *   `provisioning.job.under_way`, `network.router.unknown`, `network.profile.unknown`, `network.address.malformed`
 */
@Injectable()
export class RequestMove {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly orders: ProvisioningOrders,
    private readonly subscribers: SubscriberSteps,
    private readonly placing: PlaceJob,
  ) {}

  execute({
    actor,
    serviceId,
    request,
    priority = 'normal',
    scheduledTime,
    retryOf,
  }: RequestProvisioningInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.get(actor, serviceId);
      const { status } = service;
      if (status !== 'active' && status !== 'suspended')
        throw jobErrors('provisioning.service.not_in_state', { status, kind: 'move' });
      if (!(await this.subscribers.exists(serviceId))) throw jobErrors('provisioning.service.not_on_the_network');
      await this.orders.checkNetwork(request);
      return this.placing.place({ actor, service, kind: 'move', request, priority, scheduledTime, retryOf });
    });
  }
}
