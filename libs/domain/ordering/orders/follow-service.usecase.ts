import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { InstallOnt } from '@isp/domain/network';
import { PremiseOccupancy } from '@isp/domain/premises';
import { ServiceHistoryQueries, ServiceQueries } from '@isp/domain/services';
import { CancelOrder } from './cancel-order.usecase.js';
import { OrderBook } from './order-book.js';
import { OrderRepository } from './order.repository.js';

const NEWEST = { limit: 1, offset: 0 };

/**
 * Brings an order to what its service is. It looks at the service as it is, not at the fact that it was told, so that
 * facts may come late, twice or out of order.
 */
@Injectable()
export class FollowService {
  constructor(
    private readonly orders: OrderRepository,
    private readonly book: OrderBook,
    private readonly services: ServiceQueries,
    private readonly history: ServiceHistoryQueries,
    private readonly occupancy: PremiseOccupancy,
    private readonly onts: InstallOnt,
    private readonly cancel: CancelOrder,
  ) {}

  /** In the caller's transaction, which may touch what is the operator's. */
  async execute(actor: Actor, serviceId: number): Promise<void> {
    const order = await this.orders.lock(serviceId);
    if (!order) return;
    const service = await this.services.get(actor, serviceId);
    if (service.status === 'terminated') {
      await this.book.end(actor, order, service, await this.reasonOf(actor, serviceId));
      await this.onts.remove(actor, serviceId);
    } else if (order.cancelRequestedAt !== null) {
      await this.cancel.carryOut(actor, order);
    } else if (service.status === 'active' || service.status === 'suspended') {
      await this.occupancy.connect(actor, serviceId);
    } else if (service.status === 'pending_activation') {
      await this.book.reopen(actor, order);
    }
  }

  private async reasonOf(actor: Actor, serviceId: number): Promise<string> {
    const [last] = (await this.history.list(actor, serviceId, { axis: 'status' }, NEWEST)).rows;
    return last?.reason ?? 'The service was terminated.';
  }
}
