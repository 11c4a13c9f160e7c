import { Inject, Injectable } from '@nestjs/common';
import type { Actor, Priority } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { ServiceView } from '@isp/domain/services';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import type { JobKind } from '../saga/definitions.js';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView, ProvisioningRequest } from './job.view.js';
import { ProvisioningOrders } from './provisioning-orders.js';

export interface Placement {
  readonly actor: Actor;
  readonly service: ServiceView;
  readonly kind: JobKind;
  readonly request: ProvisioningRequest;
  readonly priority: Priority;
  readonly scheduledTime: Date | undefined;
  readonly retryOf: number | undefined;
}

/** Accepts a job for a service that is on the network already; in the caller's transaction. */
@Injectable()
export class PlaceJob {
  constructor(
    private readonly orders: ProvisioningOrders,
    private readonly jobs: JobRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `provisioning.schedule.in_the_past`, `provisioning.job.under_way` */
  async place({ actor, service, kind, request, priority, scheduledTime, retryOf }: Placement): Promise<JobView> {
    const now = this.clock.now();
    if (scheduledTime && scheduledTime <= now) throw jobErrors('provisioning.schedule.in_the_past');
    const seconds = await this.orders.secondsOf(priority);
    const { partnerId, customerId, id: serviceId } = service;
    const job = await this.jobs.insert({
      partnerId,
      customerId,
      serviceId,
      kind,
      priority,
      request,
      scheduledAt: scheduledTime ?? null,
      estimatedCompletion: addSeconds(scheduledTime ?? now, seconds.job + (scheduledTime ? 0 : seconds.ahead)),
      retryOf: retryOf ?? null,
      requestedBy: actor.name,
    });
    this.orders.promise(job);
    this.audit.record({
      actor,
      partnerId,
      action: 'provisioning_job.create',
      subject: { type: 'provisioning_job', id: job.id },
      changes: { service_id: serviceId, kind, priority },
    });
    return job;
  }
}
