import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { Log } from '@isp/platform/logging';
import { ENDPOINT_DISABLED_EVENT } from '../catalogue/event-catalogue.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { EventPublisher } from '../events/event-publisher.js';
import { EndpointRepository } from './endpoint.repository.js';
import type { DisabledReason } from './endpoint.view.js';

export interface DisableEndpointInput {
  /** Locked by the caller. */
  readonly endpoint: { readonly id: number; readonly partnerId: number; readonly url: string };
  readonly reason: DisabledReason;
}

/** Switches off an endpoint that is gone or has failed for too long, and tells its owner: audit trail, other endpoints. */
@Injectable()
export class DisableEndpoint {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly publisher: EventPublisher,
    private readonly audit: AuditTrail,
    private readonly log: Log,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ endpoint: { id, partnerId, url }, reason }: DisableEndpointInput): Promise<void> {
    const actor = systemActor('webhooks');
    return this.uow.run(actor, async () => {
      if (!(await this.endpoints.disable(id, reason))) return;
      await this.deliveries.cancelPending(id);
      this.audit.record({
        actor,
        partnerId,
        action: 'webhook_endpoint.disable',
        subject: { type: 'webhook_endpoint', id },
        changes: { status: ['enabled', 'disabled'], reason },
      });
      await this.publisher.publish({
        eventId: randomUUID(),
        partnerId,
        occurredAt: this.clock.now(),
        fact: {
          type: ENDPOINT_DISABLED_EVENT,
          resourceType: 'webhook_endpoint',
          resourceId: String(id),
          data: { endpoint_id: id, partner_id: partnerId, url, reason },
        },
      });
      this.log.warn(`webhook endpoint disabled: ${reason}`, { endpoint_id: id, partner_id: partnerId });
    });
  }
}
