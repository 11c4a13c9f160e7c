import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { TEST_EVENT } from '../catalogue/event-catalogue.js';
import { EndpointRepository } from '../endpoints/endpoint.repository.js';
import { EventPublisher } from '../events/event-publisher.js';
import { webhookErrors } from '../webhooks.errors.js';
import { DeliveryQueries } from './delivery.queries.js';
import type { DeliveryView } from './delivery.view.js';

export interface SendTestInput {
  readonly actor: Actor;
  readonly endpointId: number;
}

/** Sends a harmless event to one endpoint, on the very path that real ones take. */
@Injectable()
export class SendTest {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly publisher: EventPublisher,
    private readonly queries: DeliveryQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `webhooks.endpoint.not_found`, `webhooks.endpoint.disabled` */
  execute({ actor, endpointId }: SendTestInput): Promise<DeliveryView> {
    return this.uow.run(actor, async () => {
      const endpoint = await this.endpoints.lock(actor, endpointId);
      if (endpoint.status !== 'enabled') throw webhookErrors('webhooks.endpoint.disabled');
      const { partnerId } = endpoint;
      const [id] = await this.publisher.publish({
        eventId: randomUUID(),
        partnerId,
        occurredAt: this.clock.now(),
        endpointId,
        fact: {
          type: TEST_EVENT,
          resourceType: 'webhook_endpoint',
          resourceId: String(endpointId),
          data: { endpoint_id: endpointId, partner_id: partnerId, message: 'This is a test.' },
        },
      });
      this.audit.record({
        actor,
        partnerId,
        action: 'webhook_endpoint.test',
        subject: { type: 'webhook_endpoint', id: endpointId },
      });
      return this.queries.get(actor, Number(id));
    });
  }
}
