import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceRepository } from '../services/service.repository.js';
import { serviceStates } from '../services/service.states.js';
import { LocalTime } from './local-time.js';
import { ServiceChangeBook } from './service-change-book.js';
import type { ChangedService } from './service-change.view.js';

export interface TerminateServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  /** The last day of the service (`YYYY-MM-DD`) where its partner is; it ends at once when absent. */
  readonly lastDay?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * Ends a service for good, a bundle with its parts.
 * @throws `services.service.not_found`, `services.service.illegal_move`, `services.service.part_of_bundle`,
 *   `services.schedule.in_the_past`, `services.change.under_way`
 */
@Injectable()
export class TerminateService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly time: LocalTime,
    private readonly book: ServiceChangeBook,
  ) {}

  execute({ actor, serviceId, lastDay, reason }: TerminateServiceInput): Promise<ChangedService> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      const { status, bundleId, partnerId } = service;
      if (bundleId !== null) throw serviceErrors('services.service.part_of_bundle', { bundle: bundleId });
      const possible = serviceStates.can(status, 'terminated') || (lastDay !== undefined && status === 'provisioning');
      if (!possible) throw serviceErrors('services.service.illegal_move', { from: status, to: 'terminated' });
      const effectiveAt =
        lastDay === undefined ? this.time.now() : await this.time.midnight(actor, partnerId, lastDay, 1);
      return this.book.order(actor, service, { kind: 'terminate', effectiveAt, terms: {}, reason });
    });
  }
}
