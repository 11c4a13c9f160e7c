import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import type { WorkRun } from '@isp/platform/work';
import type { ClaimedDelivery } from './attempt.js';
import { DeliveryRepository, type DeliveryRow, type EndpointOfDelivery } from './delivery.repository.js';
import { MAX_IN_FLIGHT } from './delivery.statements.js';

/**
 * Takes a delivery for one try. The work that led here is done with this transaction: from then on the claim is what
 * promises the delivery, and the work that comes back for it when this process dies.
 */
@Injectable()
export class ClaimDelivery {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly deliveries: DeliveryRepository,
  ) {}

  /** Undefined when there is nothing to send now: done, cancelled, parked, or claimed by another process. */
  execute(deliveryId: string, run: WorkRun): Promise<ClaimedDelivery | undefined> {
    return this.uow.run(systemActor('webhooks'), async () => {
      // One flight; each statement sees what the lock before it has waited for.
      const [endpoint, delivery] = await Promise.all([
        this.deliveries.lockEndpointOf(deliveryId),
        this.deliveries.read(deliveryId),
        run.complete(),
      ]);
      if (!endpoint || !delivery || delivery.status !== 'pending') return undefined;
      return this.claim(endpoint, delivery, run);
    });
  }

  private async claim(
    endpoint: EndpointOfDelivery,
    delivery: DeliveryRow,
    run: WorkRun,
  ): Promise<ClaimedDelivery | undefined> {
    const { id } = delivery;
    if (delivery.inFlight && delivery.inFlightUntil) {
      await this.deliveries.promiseRecovery(id, `work-${run.workId}`, delivery.inFlightUntil);
      return undefined;
    }
    if (endpoint.status !== 'enabled') {
      await this.deliveries.cancel(id);
      return undefined;
    }
    if (delivery.othersInFlight >= MAX_IN_FLIGHT) {
      await this.deliveries.park(id);
      return undefined;
    }
    return this.deliveries.claim(endpoint, delivery);
  }
}
