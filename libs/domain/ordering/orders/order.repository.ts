import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { ORDER_COLUMNS, type OrderView } from './order.view.js';

const INSERT = statement(
  'orders-insert',
  `WITH made AS (
     INSERT INTO orders (partner_id, customer_id, service_id, premise_id, premise_guid, product_guid, isp_reference, created_by_guid, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING *)
   SELECT ${ORDER_COLUMNS} FROM made o JOIN services s ON s.id = o.service_id`,
);
const LOCK = statement(
  'orders-lock',
  `SELECT ${ORDER_COLUMNS} FROM orders o JOIN services s ON s.id = o.service_id WHERE o.service_id = $1 FOR NO KEY UPDATE OF o`,
);
const SAVE = statement(
  'orders-save',
  `UPDATE orders SET isp_reference = $2, cancel_requested_at = CASE WHEN $3::text IS NOT NULL THEN coalesce(cancel_requested_at, now()) END,
          cancel_reason = $3, ended_at = CASE WHEN $4::text IS NOT NULL THEN coalesce(ended_at, now()) END, end_reason = $4,
          version = version + 1, updated_at = now()
    WHERE id = $1`,
);
const READ = statement(
  'orders-read',
  `SELECT ${ORDER_COLUMNS} FROM orders o JOIN services s ON s.id = o.service_id WHERE o.id = $1`,
);

export interface NewOrder extends Pick<
  OrderView,
  'partnerId' | 'customerId' | 'serviceId' | 'premiseId' | 'premiseGuid'
> {
  readonly productGuid: string;
  readonly ispReference: string | null;
  readonly by: { readonly guid: string | null; readonly name: string };
}

@Injectable()
export class OrderRepository {
  constructor(private readonly uow: UnitOfWork) {}

  async insert({ by, ...made }: NewOrder): Promise<OrderView> {
    const { partnerId, customerId, serviceId, premiseId, premiseGuid, productGuid, ispReference } = made;
    const what = [premiseId, premiseGuid, productGuid, ispReference, by.guid, by.name];
    return (await this.uow.tx.one<OrderView>(INSERT, [partnerId, customerId, serviceId, ...what])) as OrderView;
  }

  /** The order of a service, locked until the transaction ends; undefined when it was not ordered as a line. */
  lock(serviceId: number): Promise<OrderView | undefined> {
    return this.uow.tx.one<OrderView>(LOCK, [serviceId]);
  }

  /** Writes what may change of a locked order. */
  async save(order: OrderView): Promise<OrderView> {
    await this.uow.tx.execute(SAVE, [order.id, order.ispReference, order.cancelReason, order.endReason]);
    return (await this.uow.tx.one<OrderView>(READ, [order.id])) as OrderView;
  }
}
