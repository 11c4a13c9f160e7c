import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { webhookErrors } from '../webhooks.errors.js';
import { EndpointRepository } from './endpoint.repository.js';

export interface DeleteEndpointInput {
  readonly actor: Actor;
  readonly id: number;
  readonly version?: number | undefined;
}

/** Removes an endpoint and its secrets, and cancels what is pending; its deliveries stay readable until they age out. */
@Injectable()
export class DeleteEndpoint {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly endpoints: EndpointRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws DomainError `webhooks.endpoint.not_found`, `webhooks.endpoint.version_mismatch` */
  execute({ actor, id, version }: DeleteEndpointInput): Promise<void> {
    return this.uow.run(actor, async () => {
      const endpoint = await this.endpoints.lock(actor, id);
      if (version !== undefined && version !== endpoint.version)
        throw webhookErrors('webhooks.endpoint.version_mismatch');
      await this.endpoints.delete(id);
      await this.deliveries.cancelPending(id);
      this.audit.record({
        actor,
        partnerId: endpoint.partnerId,
        action: 'webhook_endpoint.delete',
        subject: { type: 'webhook_endpoint', id },
        changes: { url: endpoint.url },
      });
    });
  }
}
