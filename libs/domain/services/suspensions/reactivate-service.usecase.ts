import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import type { SuspensionCause } from '../services/service.entity.js';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';
import { ServiceSuspensions } from './service-suspensions.js';
import type { NamedCause } from './suspend-service.usecase.js';

export interface ReactivateServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  /** The cause that is gone; the only one there is when absent. */
  readonly cause?: NamedCause | 'pause' | undefined;
  readonly reason?: string | undefined;
}

/**
 * Takes a cause of suspension away; the service works again when it was the last.
 * @throws `services.service.not_found`, `services.service.illegal_move`, `services.service.not_suspended_for`,
 *   `services.service.cause_needed`, `services.service.follows`
 */
@Injectable()
export class ReactivateService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly suspensions: ServiceSuspensions,
  ) {}

  execute({ actor, serviceId, cause, reason }: ReactivateServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      return this.suspensions.lift(actor, service, causeOf(service, cause), reason);
    });
  }
}

function causeOf({ status, suspendedFor }: ServiceView, named?: SuspensionCause): SuspensionCause {
  const causes = suspendedFor.join(', ');
  const [only] = suspendedFor;
  if (only === undefined) throw serviceErrors('services.service.illegal_move', { from: status, to: 'active' });
  if (named === undefined && suspendedFor.length > 1) throw serviceErrors('services.service.cause_needed', { causes });
  const cause = named ?? only;
  if (!suspendedFor.includes(cause)) throw serviceErrors('services.service.not_suspended_for', { cause, causes });
  if (cause === 'customer' || cause === 'bundle' || cause === 'balance')
    throw serviceErrors('services.service.follows', { owner: cause });
  return cause;
}
