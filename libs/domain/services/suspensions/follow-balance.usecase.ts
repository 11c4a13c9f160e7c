import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { ServiceRepository } from '../services/service.repository.js';
import { ServiceSuspensions } from './service-suspensions.js';

export interface FollowBalanceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  /** Whether the balance that pays ahead for the service covers it. */
  readonly covered: boolean;
  readonly reason: string;
}

/**
 * Blocks a service for the cause `balance`, or takes that cause away; doing it again changes nothing. A service that does
 * not work yet remembers it. @throws `services.service.not_found`
 */
@Injectable()
export class FollowBalance {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly suspensions: ServiceSuspensions,
  ) {}

  execute({ actor, serviceId, covered, reason }: FollowBalanceInput): Promise<void> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      if (service.status === 'terminated') return;
      if (covered) await this.suspensions.lift(actor, service, 'balance', reason);
      else if (!service.suspendedFor.includes('balance'))
        await this.suspensions.add(service, { actor, cause: 'balance', reason });
    });
  }
}
