import { Injectable } from '@nestjs/common';
import type { NamedActor } from '@isp/domain/access';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { workOrderErrors } from './work-order.errors.js';
import { WORK_ORDER_COLUMNS, WORK_ORDER_TABLES, type WorkOrderView } from './work-order.view.js';

const GET = statement(
  'work-orders-get-written',
  `SELECT ${WORK_ORDER_COLUMNS} FROM ${WORK_ORDER_TABLES} WHERE w.id = $1`,
);
const LOCK = statement(
  'work-orders-lock',
  `SELECT ${WORK_ORDER_COLUMNS} FROM ${WORK_ORDER_TABLES} WHERE w.id = $1 FOR NO KEY UPDATE OF w`,
);
const OPEN_OF = statement(
  'work-orders-open-of-service',
  `SELECT ${WORK_ORDER_COLUMNS} FROM ${WORK_ORDER_TABLES}
    WHERE w.service_id = $1 AND w.status NOT IN ('completed', 'cancelled') ORDER BY w.id FOR NO KEY UPDATE OF w`,
);
const INSERT = statement(
  'work-orders-insert',
  `INSERT INTO work_orders (partner_id, customer_id, service_id, type, category, summary, description, external_reference,
     created_by_guid, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id`,
);
const SAVE = statement(
  'work-orders-save',
  `UPDATE work_orders SET status = $2, held_from = $3, hold_reason = $4, cancel_reason = $5, scheduled_at = $6, assigned_user_id = $7,
          assigned_user_guid = $8, assigned_user = $9, installer_id = $10, category = $11, summary = $12, description = $13,
          external_reference = $14, device_serial_number = $15,
          started_at = CASE WHEN $2 IN ('in_progress', 'completed') THEN coalesce(started_at, now()) ELSE started_at END,
          completed_at = CASE WHEN $2 = 'completed' THEN coalesce(completed_at, now()) END,
          cancelled_at = CASE WHEN $2 = 'cancelled' THEN coalesce(cancelled_at, now()) END,
          version = version + 1, updated_at = now()
    WHERE id = $1`,
);
const COMMENT = statement(
  'work-orders-comment',
  `INSERT INTO work_order_comments (partner_id, customer_id, work_order_id, text, author_guid, author)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
const INSTALLER = statement(
  'installers-named',
  `INSERT INTO installers AS i (name) VALUES ($1) ON CONFLICT (name_key) DO UPDATE SET name = i.name RETURNING id`,
);

export type NewWorkOrder = Pick<WorkOrderView, 'partnerId' | 'customerId' | 'serviceId' | 'type'> &
  Pick<WorkOrderView, 'category' | 'summary' | 'description' | 'externalReference'>;

@Injectable()
export class WorkOrderRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `work_orders.work_order.under_way` */
  async insert(made: NewWorkOrder, by: NamedActor): Promise<WorkOrderView> {
    const { partnerId, customerId, serviceId, type, category, summary, description, externalReference } = made;
    const what = [category, summary, description, externalReference];
    const values = [partnerId, customerId, serviceId, type, ...what, by.guid, by.name];
    try {
      const row = await this.uow.tx.savepoint(() => this.uow.tx.one<{ id: number }>(INSERT, values));
      return await this.written((row as { id: number }).id);
    } catch (error) {
      if (violatedConstraint(error) === 'work_orders_one_installation')
        throw workOrderErrors('work_orders.work_order.under_way');
      throw error;
    }
  }

  /** Locked until the transaction ends. @throws `work_orders.work_order.not_found`, `work_orders.work_order.stale` */
  async lock(id: number, ifMatch?: number): Promise<WorkOrderView> {
    const found = await this.uow.tx.one<WorkOrderView>(LOCK, [id]);
    if (!found) throw workOrderErrors('work_orders.work_order.not_found');
    if (ifMatch !== undefined && found.version !== ifMatch) throw workOrderErrors('work_orders.work_order.stale');
    return found;
  }

  /** Those of a service that are not over, locked. */
  openOf(serviceId: number): Promise<WorkOrderView[]> {
    return this.uow.tx.query<WorkOrderView>(OPEN_OF, [serviceId]);
  }

  /** Writes what may change of a locked order. */
  async save(order: WorkOrderView): Promise<WorkOrderView> {
    await this.uow.tx.execute(SAVE, [
      order.id,
      order.status,
      order.heldFrom,
      order.holdReason,
      order.cancelReason,
      order.scheduledAt,
      order.assignedUserId,
      order.assignedUserGuid,
      order.assignedUser,
      order.installerId,
      order.category,
      order.summary,
      order.description,
      order.externalReference,
      order.deviceSerialNumber,
    ]);
    return this.written(order.id);
  }

  async comment({ partnerId, customerId, id }: WorkOrderView, text: string, by: NamedActor): Promise<void> {
    await this.uow.tx.execute(COMMENT, [partnerId, customerId, id, text, by.guid, by.name]);
  }

  /** The installer of that name in any case; a new one when there is none. */
  async installer(name: string): Promise<number> {
    return ((await this.uow.tx.one<{ id: number }>(INSTALLER, [name])) as { id: number }).id;
  }

  private async written(id: number): Promise<WorkOrderView> {
    return (await this.uow.tx.one<WorkOrderView>(GET, [id])) as WorkOrderView;
  }
}
