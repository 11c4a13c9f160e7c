import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { webhookErrors } from '../webhooks.errors.js';
import { DeliveryQueries } from './delivery.queries.js';
import { DeliveryRepository } from './delivery.repository.js';
import type { DeliveryView } from './delivery.view.js';

export interface RedeliverInput {
  readonly actor: Actor;
  readonly deliveryId: number;
}

/** Sends one delivery again now, under the same event id, with the whole retry schedule before it. */
@Injectable()
export class Redeliver {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
    private readonly queries: DeliveryQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws DomainError `webhooks.delivery.not_found`, `webhooks.endpoint.disabled` */
  execute({ actor, deliveryId }: RedeliverInput): Promise<DeliveryView> {
    return this.uow.run(actor, async () => {
      const { partnerId } = await this.queries.get(actor, deliveryId);
      const endpoint = await this.deliveries.lockEndpointOf(String(deliveryId));
      if (endpoint?.status !== 'enabled') throw webhookErrors('webhooks.endpoint.disabled');
      await this.deliveries.sendAgain(String(deliveryId), this.clock.now());
      this.audit.record({
        actor,
        partnerId,
        action: 'webhook_delivery.redeliver',
        subject: { type: 'webhook_delivery', id: deliveryId },
      });
      return this.queries.get(actor, deliveryId);
    });
  }
}
