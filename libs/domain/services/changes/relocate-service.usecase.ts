import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import type { InstallationAddress } from '../services/service.entity.js';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceRepository } from '../services/service.repository.js';
import { LocalTime } from './local-time.js';
import { ServiceChangeBook } from './service-change-book.js';
import type { ChangedService } from './service-change.view.js';

export interface RelocateServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly installationAddress: InstallationAddress;
  /** The first day (`YYYY-MM-DD`) at the new place, where the service's partner is; at once when absent. */
  readonly date?: string | undefined;
  readonly reason?: string | undefined;
}

/**
 * Moves a service to another place, a bundle with its parts.
 * @throws `services.service.not_found`, `services.service.wrong_state`, `services.service.part_of_bundle`,
 *   `services.schedule.in_the_past`, `services.change.under_way`
 */
@Injectable()
export class RelocateService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly time: LocalTime,
    private readonly book: ServiceChangeBook,
  ) {}

  execute({ actor, serviceId, installationAddress, date, reason }: RelocateServiceInput): Promise<ChangedService> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      const { status, bundleId, partnerId } = service;
      if (bundleId !== null) throw serviceErrors('services.service.part_of_bundle', { bundle: bundleId });
      if (status === 'terminated') throw serviceErrors('services.service.wrong_state', { status });
      const effectiveAt = date === undefined ? this.time.now() : await this.time.midnight(actor, partnerId, date);
      const terms = { installation_address: installationAddress };
      return this.book.order(actor, service, { kind: 'relocate', effectiveAt, terms, reason });
    });
  }
}
