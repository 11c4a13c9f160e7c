import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { serviceErrors } from '../services/service.errors.js';
import { ServiceFacts } from '../services/service.facts.js';
import type { ServiceView } from '../services/service.view.js';
import { LocalTime } from './local-time.js';
import { PriceGuards } from './price-guards.js';
import { ServiceChangeEffects } from './service-change-effects.js';
import { type NewChange, ServiceChangeRepository } from './service-change.repository.js';
import type { ChangeKind, ChangedService, ServiceChangeView } from './service-change.view.js';

/** The book of changes: each is written down first, and carried out when its time has come, which may be at once. */
@Injectable()
export class ServiceChangeBook {
  constructor(
    private readonly changes: ServiceChangeRepository,
    private readonly effects: ServiceChangeEffects,
    private readonly facts: ServiceFacts,
    private readonly time: LocalTime,
    private readonly guards: PriceGuards,
  ) {}

  /** Around a change that may alter what a service costs; the service is locked within. @throws what a guard of prices throws */
  guarded<T>(actor: Actor, serviceId: number, change: () => Promise<T>): Promise<T> {
    return this.guards.around(actor, serviceId, change);
  }

  /** Of a locked service. @throws `services.change.under_way` */
  async order<K extends ChangeKind>(
    actor: Actor,
    service: ServiceView,
    ordered: NewChange<K>,
  ): Promise<ChangedService> {
    const change = await this.changes.insert(actor, service, ordered);
    if (change.effectiveAt <= this.time.now()) return this.carryOut(actor, service, change);
    const { id, kind, effectiveAt } = change;
    this.facts.note(actor, 'schedule', service, { change_id: id, kind, effective_at: effectiveAt.toISOString() });
    return { change, service };
  }

  /** Carries out a scheduled change of a locked service, in the caller's transaction. */
  async carryOut(actor: Actor, service: ServiceView, change: ServiceChangeView): Promise<ChangedService> {
    const applied = await this.changes.finish(change.id, 'applied');
    if (!applied) throw serviceErrors('services.change.not_cancellable', { status: change.status });
    return { change: applied, service: await this.effects.apply(actor, service, change) };
  }
}
