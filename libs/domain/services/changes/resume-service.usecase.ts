import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';
import { ServiceSuspensions } from '../suspensions/service-suspensions.js';
import { ServiceChangeRepository } from './service-change.repository.js';

export interface ResumeServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly reason?: string | undefined;
}

/** Ends a pause before its time, or takes back one that has not begun. @throws `services.service.not_suspended_for` */
@Injectable()
export class ResumeService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly suspensions: ServiceSuspensions,
    private readonly changes: ServiceChangeRepository,
    private readonly facts: ServiceFacts,
  ) {}

  execute({ actor, serviceId, reason }: ResumeServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      const paused = service.suspendedFor.includes('pause');
      const cancelled = await this.changes.cancelAll(serviceId, ['pause', 'resume']);
      if (!paused && cancelled === 0) {
        const causes = service.suspendedFor.join(', ') || 'nothing';
        throw serviceErrors('services.service.not_suspended_for', { cause: 'pause', causes });
      }
      if (!paused) this.facts.note(actor, 'cancel_pause', service, { reason: reason ?? null });
      return this.suspensions.lift(actor, service, 'pause', reason);
    });
  }
}
