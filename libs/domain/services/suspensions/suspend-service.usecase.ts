import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import type { SuspensionCause } from '../services/service.entity.js';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';
import { ServiceSuspensions } from './service-suspensions.js';

/** The causes that somebody can name; those of a customer, a bundle and a pause come and go with them. */
export type NamedCause = Extract<SuspensionCause, 'payment' | 'abuse' | 'manual'>;

export interface SuspendServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly cause?: NamedCause | undefined;
  readonly reason?: string | undefined;
  /** Whether the operator's own pages stay in reach; they do unless told otherwise. */
  readonly walledGarden?: boolean | undefined;
}

/**
 * Blocks a service for one more cause.
 * @throws `services.service.not_found`, `services.service.suspended_already`, `services.service.illegal_move`
 */
@Injectable()
export class SuspendService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly suspensions: ServiceSuspensions,
  ) {}

  execute({ actor, serviceId, cause = 'manual', reason, walledGarden }: SuspendServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      if (service.status !== 'active' && service.status !== 'suspended')
        throw serviceErrors('services.service.illegal_move', { from: service.status, to: 'suspended' });
      if (service.suspendedFor.includes(cause)) throw serviceErrors('services.service.suspended_already', { cause });
      return this.suspensions.add(service, { actor, cause, reason, walledGarden });
    });
  }
}
