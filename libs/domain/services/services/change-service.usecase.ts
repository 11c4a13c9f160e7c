import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, changesBetween } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { InstallationAddress } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { ServiceFacts } from './service.facts.js';
import { ServiceRepository } from './service.repository.js';
import type { ServiceView } from './service.view.js';

export interface ServiceChanges {
  readonly notes?: string | null | undefined;
  /** A correction of what was written down; a move to another place is a relocation. */
  readonly installationAddress?: InstallationAddress | undefined;
  /** Only while the service waits for its activation. */
  readonly scheduledActivation?: Date | null | undefined;
}

export interface ChangeServiceInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly changes: ServiceChanges;
  readonly ifMatch?: number | undefined;
}

/**
 * Corrects what was written down of a service; a change that changes nothing leaves no trace.
 * @throws `services.service.stale`, `services.service.wrong_state`, `services.schedule.in_the_past`
 */
@Injectable()
export class ChangeService {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly facts: ServiceFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, serviceId, changes, ifMatch }: ChangeServiceInput): Promise<ServiceView> {
    return this.uow.run(actor, async () => {
      const service = await this.services.lock(serviceId, ifMatch);
      const { status } = service;
      const diff = changesBetween(service, changes);
      if (Object.keys(diff).length === 0) return service;
      const tooLate = 'scheduledActivation' in diff && status !== 'pending_activation';
      if (status === 'terminated' || tooLate) throw serviceErrors('services.service.wrong_state', { status });
      if (changes.scheduledActivation && changes.scheduledActivation <= this.clock.now())
        throw serviceErrors('services.schedule.in_the_past');
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const changed = await this.services.save({ ...service, ...given });
      this.facts.note(actor, 'update', changed, diff);
      this.facts.publish('changed', changed);
      return changed;
    });
  }
}
