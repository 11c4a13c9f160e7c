import { Inject, Injectable } from '@nestjs/common';
import type { Actor, Priority } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { MoveService, ServiceQueries } from '@isp/domain/services';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, together } from '@isp/platform/database';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView, ProvisioningRequest } from './job.view.js';
import { ProvisioningOrders } from './provisioning-orders.js';

export interface RequestProvisioningInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly request: ProvisioningRequest;
  readonly priority?: Priority | undefined;
  readonly scheduledTime?: Date | undefined;
  readonly retryOf?: number | undefined;
}

/**
 * Accepts the order to bring a service to life on the network. From its commit on the order is kept, whatever dies.
 * @throws `services.service.not_found`, `services.service.illegal_move`, `provisioning.job.under_way`,
 *   `provisioning.service.no_voice_driver`, `provisioning.service.bundle_parts`, `network.router.unknown`,
 *   `catalog.profile.unknown`, `network.address.malformed`
 */
@Injectable()
export class RequestProvisioning {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: ProvisioningOrders,
    private readonly services: ServiceQueries,
    private readonly move: MoveService,
    private readonly jobs: JobRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
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
      const now = this.clock.now();
      if (scheduledTime && scheduledTime <= now) throw jobErrors('provisioning.schedule.in_the_past');
      const service = await this.services.get(actor, serviceId);
      if (service.serviceType !== 'internet') throw refusalOf(service.serviceType);
      const start = scheduledTime ?? service.scheduledActivation ?? now;
      const later = start > now;
      const [, seconds] = await together([
        this.orders.check(actor, service.customerId, request),
        this.orders.secondsOf(priority),
      ]);
      const [job] = await together([
        this.jobs.insert({
          partnerId: service.partnerId,
          customerId: service.customerId,
          serviceId,
          priority,
          request,
          scheduledAt: later ? start : null,
          estimatedCompletion: addSeconds(later ? start : now, seconds.job + (later ? 0 : seconds.ahead)),
          retryOf: retryOf ?? null,
          requestedBy: actor.name,
        }),
        this.move.execute({ actor, serviceId, to: 'provisioning', operational: 'pending' }),
      ]);
      this.orders.promise(job);
      const subject = { type: 'provisioning_job', id: job.id };
      this.audit.record({
        actor,
        partnerId: job.partnerId,
        action: 'provisioning_job.create',
        subject,
        changes: { service_id: serviceId, priority },
      });
      return job;
    });
  }
}

/** What the network has no way to bring to life by itself. */
function refusalOf(serviceType: 'voice' | 'bundle'): Error {
  return jobErrors(
    serviceType === 'voice' ? 'provisioning.service.no_voice_driver' : 'provisioning.service.bundle_parts',
  );
}
