import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { InstallOnt, type InstalledOnt } from '@isp/domain/network';
import { RequestProvisioning } from '@isp/domain/provisioning';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { WorkOrderBook } from './work-order-book.js';
import { WorkOrderRepository } from './work-order.repository.js';
import type { WorkOrderView } from './work-order.view.js';

const WAITS = new Set(['pending_activation', 'failed']);

export interface CompleteWorkOrderInput {
  readonly actor: Actor;
  readonly workOrderId: number;
  readonly comment?: string | undefined;
  /** The ONT that now ends the line, and where it is plugged in. */
  readonly ont?: Omit<InstalledOnt, 'serviceId'> | undefined;
}

/**
 * Says that the work is done. With an installation the service's provisioning is promised in the same transaction: both
 * or neither, so no line lies ready that nobody brings to life.
 * @throws `work_orders.work_order.not_found`, `work_orders.work_order.illegal_move`, and what `InstallOnt` and
 *   `RequestProvisioning` throw
 */
@Injectable()
export class CompleteWorkOrder {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly orders: WorkOrderRepository,
    private readonly book: WorkOrderBook,
    private readonly services: ServiceQueries,
    private readonly onts: InstallOnt,
    private readonly provisioning: RequestProvisioning,
  ) {}

  execute({ actor, workOrderId, comment, ont }: CompleteWorkOrderInput): Promise<WorkOrderView> {
    return this.uow.run(actor, async () => {
      const before = await this.orders.lock(workOrderId);
      const deviceSerialNumber = ont?.serialNumber ?? before.deviceSerialNumber;
      const done = { status: 'completed', deviceSerialNumber } as const;
      const completed = await this.book.change({ actor, verb: 'complete' }, before, done);
      const { serviceId, type } = completed;
      if (ont) await this.onts.execute(actor, { ...ont, serviceId });
      if (type === 'installation') await this.bringToLife(actor, serviceId);
      failPoint('ordering.after-completion');
      return comment === undefined ? completed : this.book.comment(actor, completed, comment);
    });
  }

  private async bringToLife(actor: Actor, serviceId: number): Promise<void> {
    const { status } = await this.services.get(actor, serviceId);
    if (WAITS.has(status)) await this.provisioning.execute({ actor, serviceId, request: {} });
  }
}
