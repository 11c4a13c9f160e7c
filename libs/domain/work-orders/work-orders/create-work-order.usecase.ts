import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { WorkOrderBook } from './work-order-book.js';
import { workOrderErrors } from './work-order.errors.js';
import type { WorkOrderType } from './work-order.states.js';
import type { WorkOrderView } from './work-order.view.js';

export interface CreateWorkOrderInput {
  readonly actor: Actor;
  readonly serviceId: number;
  readonly type?: WorkOrderType | undefined;
  readonly category?: string | undefined;
  readonly summary?: string | undefined;
  readonly description?: string | undefined;
  readonly externalReference?: string | undefined;
  readonly comment?: string | undefined;
  /** Made by the program as a part of something else: then the program is its author. */
  readonly automatic?: boolean | undefined;
}

/**
 * Opens a work order for a service.
 * @throws `services.service.not_found`, `work_orders.service.ended`, `work_orders.service.installed`,
 *   `work_orders.work_order.under_way`
 */
@Injectable()
export class CreateWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
    private readonly book: WorkOrderBook,
  ) {}

  execute({ actor, serviceId, type = 'installation', comment, automatic, ...what }: CreateWorkOrderInput) {
    return this.uow.run(actor, async (): Promise<WorkOrderView> => {
      const { partnerId, customerId, status } = await this.services.get(actor, serviceId);
      if (status === 'terminated' && type !== 'removal') throw workOrderErrors('work_orders.service.ended');
      if (type === 'installation' && status !== 'pending_activation' && status !== 'failed')
        throw workOrderErrors('work_orders.service.installed', { status });
      const { category = null, summary = null, description = null, externalReference = null } = what;
      const made = { partnerId, customerId, serviceId, type, category, summary, description, externalReference };
      return this.book.open(actor, made, comment, automatic);
    });
  }
}
