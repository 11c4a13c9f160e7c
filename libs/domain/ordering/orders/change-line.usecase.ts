import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { CpeSettings } from '@isp/domain/network';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { OrderFacts } from './order.facts.js';
import { orderErrors } from './order.errors.js';
import { OrderRepository } from './order.repository.js';
import type { OrderView } from './order.view.js';

export interface ChangeLineInput {
  readonly actor: Actor;
  readonly serviceId: number;
  /** Null takes it away. */
  readonly ispReference?: string | null | undefined;
  readonly wifiName?: string | undefined;
  readonly wifiPassword?: string | undefined;
}

/**
 * Changes what its partner may change of an ordered line: its reference, and the WiFi, which its device is told of
 * through what is wanted of it. What is left out stays.
 * @throws `services.service.not_found`, `ordering.order.none`, `ordering.order.over`
 */
@Injectable()
export class ChangeLine {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: OrderRepository,
    private readonly services: ServiceQueries,
    private readonly cpe: CpeSettings,
    private readonly facts: OrderFacts,
  ) {}

  execute({ actor, serviceId, ispReference, wifiName, wifiPassword }: ChangeLineInput): Promise<OrderView> {
    return this.uow.run(actor, async () => {
      const { status } = await this.services.get(actor, serviceId);
      const order = await this.orders.lock(serviceId);
      if (!order) throw orderErrors('ordering.order.none');
      if (status === 'terminated') throw orderErrors('ordering.order.over', { status });
      const reference = ispReference === undefined ? order.ispReference : ispReference;
      const changed = await this.orders.save({ ...order, ispReference: reference });
      const wifi = wifiName !== undefined || wifiPassword !== undefined;
      if (wifi) await this.cpe.change(serviceId, { wifiName, wifiPassword });
      this.facts.note(actor, 'change', changed, {
        ...(reference === order.ispReference ? {} : { isp_reference: [order.ispReference, reference] }),
        // That it was changed, not to what.
        ...(wifiName === undefined ? {} : { wifi_name: wifiName }),
        ...(wifiPassword === undefined ? {} : { wifi_password: 'changed' }),
      });
      this.facts.changed(changed);
      return changed;
    });
  }
}
