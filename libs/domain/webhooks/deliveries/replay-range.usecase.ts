import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { TEST_EVENT } from '../catalogue/event-catalogue.js';
import { EndpointRepository } from '../endpoints/endpoint.repository.js';
import { webhookErrors } from '../webhooks.errors.js';
import { DeliveryRepository } from './delivery.repository.js';

export interface ReplayRangeInput {
  readonly actor: Actor;
  readonly endpointId: number;
  /** By the time at which the events occurred, `to` excluded. */
  readonly from: Date;
  readonly to: Date;
  /** `failed`: what was not delivered; `all`: everything, and events that the endpoint missed while it was off. */
  readonly scope: 'failed' | 'all';
}

/** Sends an endpoint again what happened in a period, under the same event ids, a few at a time. */
@Injectable()
export class ReplayRange {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * Answers how many deliveries it set in motion.
   * @throws DomainError `webhooks.endpoint.not_found`, `webhooks.endpoint.disabled`, `webhooks.replay.bad_range`
   */
  async execute({ actor, endpointId, from, to, scope }: ReplayRangeInput): Promise<{ readonly deliveries: number }> {
    if (to <= from) throw webhookErrors('webhooks.replay.bad_range');
    return this.uow.run(actor, async () => {
      const endpoint = await this.endpoints.lock(actor, endpointId);
      if (endpoint.status !== 'enabled') throw webhookErrors('webhooks.endpoint.disabled');
      const ended =
        scope === 'all' ? (['failed', 'cancelled', 'delivered'] as const) : (['failed', 'cancelled'] as const);
      let deliveries = await this.deliveries.reviveRange(endpointId, from, to, ended);
      if (scope === 'all') deliveries += await this.deliveries.addMissed(endpointId, from, to, TEST_EVENT);
      await this.deliveries.fillPlaces(endpointId);
      this.audit.record({
        actor,
        partnerId: endpoint.partnerId,
        action: 'webhook_endpoint.replay',
        subject: { type: 'webhook_endpoint', id: endpointId },
        changes: { from: from.toISOString(), to: to.toISOString(), scope, deliveries },
      });
      return { deliveries };
    });
  }
}
