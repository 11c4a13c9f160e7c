import { Injectable } from '@nestjs/common';
import type { Actor, Priority } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { jobErrors } from './job.errors.js';
import type { JobView } from './job.view.js';
import { PlaceJob } from './place-job.js';

const REMOVABLE = new Set(['terminated', 'failed']);

export interface RequestDeprovisioningInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly priority?: Priority | undefined;
  readonly retryOf?: number | undefined;
}

/**
 * Accepts the order to take a service that is over, or never came to life, off the network.
 * @throws `services.service.not_found`, `provisioning.service.not_in_state`, `provisioning.job.under_way`
 */
@Injectable()
export class RequestDeprovisioning {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly placing: PlaceJob,
  ) {}

  execute({ actor, serviceId, priority = 'normal', retryOf }: RequestDeprovisioningInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.get(actor, serviceId);
      const { status } = service;
      if (!REMOVABLE.has(status)) throw jobErrors('provisioning.service.not_in_state', { status, kind: 'deprovision' });
      const kind = service.serviceType === 'voice' ? 'voice_deprovision' : 'deprovision';
      const how = { kind, request: {}, priority, scheduledTime: undefined, retryOf } as const;
      return this.placing.place({ actor, service, ...how });
    });
  }
}
