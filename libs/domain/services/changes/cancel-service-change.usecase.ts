import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import { ServiceChangeRepository } from './service-change.repository.js';
import type { ServiceChangeView } from './service-change.view.js';

export interface CancelServiceChangeInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly changeId: number;
}

/**
 * Takes back a change that has not been carried out; a pause together with its end.
 * @throws `services.service.not_found`, `services.change.not_found`, `services.change.not_cancellable`,
 *   `services.change.ends_pause`
 */
@Injectable()
export class CancelServiceChange {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly changes: ServiceChangeRepository,
    private readonly facts: ServiceFacts,
  ) {}

  execute({ actor, serviceId, changeId }: CancelServiceChangeInput): Promise<ServiceChangeView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId);
      const change = await this.changes.lock(changeId);
      if (change?.serviceId !== serviceId) throw serviceErrors('services.change.not_found');
      if (change.kind === 'resume') throw serviceErrors('services.change.ends_pause');
      const cancelled = await this.changes.finish(changeId, 'cancelled');
      if (!cancelled) throw serviceErrors('services.change.not_cancellable', { status: change.status });
      if (change.kind === 'pause') await this.changes.cancelAll(serviceId, ['resume']);
      this.facts.note(actor, 'cancel_change', service, { change_id: changeId, kind: change.kind });
      return cancelled;
    });
  }
}
