import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { MoveService } from '../services/move-service.usecase.js';
import { ServiceNetwork } from '../services/service-network.js';
import type { SuspensionCause } from '../services/service.entity.js';
import { ServiceFacts } from '../services/service.facts.js';
import { ServiceRepository } from '../services/service.repository.js';
import type { ServiceView } from '../services/service.view.js';
import { withCause, withoutCause } from './suspension-causes.js';

// A cause that is there already keeps its beginning and takes the new terms.
const OPEN = statement(
  'suspensions-open',
  `INSERT INTO service_suspensions (partner_id, customer_id, service_id, cause, reason, walled_garden, until, since)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (service_id, cause) WHERE ended_at IS NULL DO UPDATE SET walled_garden = excluded.walled_garden`,
);
const END = statement(
  'suspensions-end',
  `UPDATE service_suspensions SET ended_at = $3 WHERE service_id = $1 AND ended_at IS NULL AND ($2::text IS NULL OR cause = $2)`,
);
const WALLED = statement(
  'suspensions-walled',
  'SELECT coalesce(bool_and(walled_garden), true) AS walled FROM service_suspensions WHERE service_id = $1 AND ended_at IS NULL',
);

export interface SuspensionTerms {
  readonly actor: Actor;
  readonly cause: SuspensionCause;
  readonly reason?: string | undefined;
  /** False closes the line altogether; true leaves the operator's own pages in reach. */
  readonly walledGarden?: boolean | undefined;
  /** When it was to begin, which is when it counts from; now when absent. */
  readonly since?: Date | undefined;
  /** When it is to end by itself. */
  readonly until?: Date | undefined;
}

/**
 * The causes for which services are blocked, as sets. A service stops working with the first and works again when the
 * last is gone; the parts of a bundle are blocked while it is. Services are handed in locked.
 */
@Injectable()
export class ServiceSuspensions {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceRepository,
    private readonly move: MoveService,
    private readonly network: ServiceNetwork,
    private readonly facts: ServiceFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Adds a cause. A service that does not work yet only remembers it, and is suspended when it comes up. */
  async add(service: ServiceView, terms: SuspensionTerms): Promise<ServiceView> {
    const { actor, cause, reason, walledGarden = true, until } = terms;
    const since = terms.since ?? this.clock.now();
    const { partnerId, customerId, id } = service;
    const causes = withCause(service.suspendedFor, cause);
    const values = [partnerId, customerId, id, cause, reason ?? null, walledGarden, until ?? null, since];
    await this.uow.tx.execute(OPEN, values);
    let after = service;
    if (service.status === 'active') {
      after = await this.move.execute({ actor, serviceId: id, to: 'suspended', reason: reason ?? cause, causes });
    } else if (causes.length > service.suspendedFor.length) {
      after = await this.services.save({ ...service, suspendedFor: causes });
      this.facts.note(actor, 'suspend', after, { suspended_for: [service.suspendedFor, causes] });
    }
    await this.network.follow(after);
    await this.blockParts(actor, after, terms.since);
    return after;
  }

  /** Takes a cause away; nothing happens when the service is not suspended for it. */
  async lift(actor: Actor, service: ServiceView, cause: SuspensionCause, reason?: string): Promise<ServiceView> {
    if (!service.suspendedFor.includes(cause)) return service;
    await this.uow.tx.execute(END, [service.id, cause, this.clock.now()]);
    const causes = withoutCause(service.suspendedFor, cause);
    let after: ServiceView;
    if (causes.length === 0 && service.status === 'suspended') {
      after = await this.move.execute({ actor, serviceId: service.id, to: 'active', reason, causes });
    } else {
      after = await this.services.save({ ...service, suspendedFor: causes });
      this.facts.note(actor, 'reactivate', after, { suspended_for: [service.suspendedFor, causes] });
    }
    await this.network.follow(after);
    if (causes.length > 0) await this.blockParts(actor, after);
    else for (const part of await this.services.lockParts(after)) await this.lift(actor, part, 'bundle', reason);
    return after;
  }

  /** Closes the record of a service that is about to end. */
  async forget(serviceId: number): Promise<void> {
    await this.uow.tx.execute(END, [serviceId, null, this.clock.now()]);
  }

  /** @param since when the bundle was blocked, where that was before now */
  private async blockParts(actor: Actor, bundle: ServiceView, since?: Date): Promise<void> {
    const parts = await this.services.lockParts(bundle);
    if (parts.length === 0) return;
    const row = await this.uow.tx.one<{ walled: boolean }>(WALLED, [bundle.id]);
    const terms = {
      actor,
      cause: 'bundle',
      reason: `bundle ${bundle.id}`,
      walledGarden: row?.walled ?? true,
      since,
    } as const;
    for (const part of parts) await this.add(part, terms);
  }
}
