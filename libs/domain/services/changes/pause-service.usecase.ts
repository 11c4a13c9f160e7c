import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceRepository } from '../services/service.repository.js';
import { LocalTime } from './local-time.js';
import { ServiceChangeBook } from './service-change-book.js';
import type { ChangedService } from './service-change.view.js';

export interface PauseServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  /** First day of the pause (`YYYY-MM-DD`) where the service's partner is; at once when absent. */
  readonly from?: string | undefined;
  /** First day after it, on which the service resumes by itself. */
  readonly until: string;
  readonly reason?: string | undefined;
}

/**
 * Suspends a service between two days; it resumes by itself.
 * @throws `services.service.not_found`, `services.service.wrong_state`, `services.service.part_of_bundle`,
 *   `services.service.suspended_already`, `services.schedule.in_the_past`, `services.period.backwards`,
 *   `services.change.under_way`
 */
@Injectable()
export class PauseService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly time: LocalTime,
    private readonly book: ServiceChangeBook,
  ) {}

  execute({ actor, serviceId, from, until, reason }: PauseServiceInput): Promise<ChangedService> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      const { status, bundleId, partnerId, suspendedFor } = service;
      if (bundleId !== null) throw serviceErrors('services.service.part_of_bundle', { bundle: bundleId });
      if (status !== 'active' && status !== 'suspended')
        throw serviceErrors('services.service.wrong_state', { status });
      if (suspendedFor.includes('pause')) throw serviceErrors('services.service.suspended_already', { cause: 'pause' });
      const starts = from === undefined ? this.time.now() : await this.time.midnight(actor, partnerId, from);
      const ends = await this.time.midnight(actor, partnerId, until);
      if (ends <= starts) throw serviceErrors('services.period.backwards');
      await this.book.order(actor, service, { kind: 'resume', effectiveAt: ends, terms: {}, reason: 'pause over' });
      const terms = { until: ends.toISOString() };
      return this.book.order(actor, service, { kind: 'pause', effectiveAt: starts, terms, reason });
    });
  }
}
