import { Inject, Injectable } from '@nestjs/common';
import type { Actor, Priority } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { MoveService, ServiceQueries, type ServiceView } from '@isp/domain/services';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, together } from '@isp/platform/database';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView, ProvisioningRequest } from './job.view.js';
import { ProvisioningOrders } from './provisioning-orders.js';

const WAITS = new Set(['pending_activation', 'failed']);

export interface RequestProvisioningInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly request: ProvisioningRequest;
  readonly priority?: Priority | undefined;
  readonly scheduledTime?: Date | undefined;
  readonly retryOf?: number | undefined;
}

/**
 * Accepts the order to bring a service to life on the network. From its commit on the order is kept, whatever dies. A
 * bundle is provisioned by its parts, one job each: the answer is the job of its first internet part, which what the
 * order asks of the network is for, else that of its first voice part.
 * @throws `services.service.not_found`, `services.service.illegal_move`, `provisioning.job.under_way`,
 *   `provisioning.service.bundle_parts`, `provisioning.voice.no_number`, `provisioning.voice.not_yet_ported`,
 *   `network.router.unknown`,
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

  execute(input: RequestProvisioningInput): Promise<JobView> {
    return this.uow.run(input.actor, async () => {
      const { actor, serviceId, scheduledTime } = input;
      if (scheduledTime && scheduledTime <= this.clock.now()) throw jobErrors('provisioning.schedule.in_the_past');
      const service = await this.services.get(actor, serviceId);
      if (service.serviceType !== 'bundle') return this.place(input, service);
      const parts = (await this.services.partsOf(actor, serviceId)).filter(({ status }) => WAITS.has(status));
      const [first, ...others] = parts.sort((a, b) => a.serviceType.localeCompare(b.serviceType) || a.id - b.id);
      if (!first) throw jobErrors('provisioning.service.bundle_parts');
      const job = await this.place(input, first);
      for (const part of others) await this.place({ ...input, request: {} }, part);
      return job;
    });
  }

  private async place(input: RequestProvisioningInput, service: ServiceView): Promise<JobView> {
    const { actor, priority = 'normal', scheduledTime, retryOf } = input;
    const now = this.clock.now();
    const { partnerId, customerId, id: serviceId, serviceType } = service;
    const start = scheduledTime ?? service.scheduledActivation ?? now;
    const later = start > now;
    const voice = serviceType === 'voice';
    if (voice) refuseWithoutNumber(service, start);
    const request = voice ? {} : input.request;
    const seconds = await this.orders.secondsOf(priority);
    // In one flight with what is promised then, where the customer is all that there is to ask about: a refusal undoes it.
    const asked = Object.values(request).some((wish) => wish !== undefined);
    if (asked) await this.orders.check(actor, customerId, request);
    const [, job] = await together([
      asked ? Promise.resolve() : this.orders.checkCustomer(actor, customerId),
      this.jobs.insert({
        partnerId,
        customerId,
        serviceId,
        kind: voice ? 'voice_provision' : 'provision',
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
    this.audit.record({
      actor,
      partnerId,
      action: 'provisioning_job.create',
      subject: { type: 'provisioning_job', id: job.id },
      changes: { service_id: serviceId, priority },
    });
    return job;
  }
}

/** Refused now, not when the job is due. */
function refuseWithoutNumber({ phoneNumber, numberPorting }: ServiceView, start: Date): void {
  if (phoneNumber === null) throw jobErrors('provisioning.voice.no_number');
  const date = numberPorting?.requested_on;
  // The day begins in the Pacific fourteen hours before UTC's.
  if (
    date &&
    addSeconds(start, 14 * 3_600)
      .toISOString()
      .slice(0, 10) < date
  )
    throw jobErrors('provisioning.voice.not_yet_ported', { date });
}
