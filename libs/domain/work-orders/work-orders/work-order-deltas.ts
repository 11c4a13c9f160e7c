import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ChangeFeed, type Handed, deltaStatement } from '@isp/platform/change-feed';
import { WORK_ORDER_COLUMNS, WORK_ORDER_TABLES, type WorkOrderView } from './work-order.view.js';

const DELTA = deltaStatement('work-orders-delta', {
  kind: 'work_order',
  columns: `${WORK_ORDER_COLUMNS}, u.name AS "customerName", place.full_text AS address`,
  joins: `JOIN (${WORK_ORDER_TABLES}) ON w.id = c.row_id
          JOIN customers u ON u.partner_id = w.partner_id AND u.id = w.customer_id
          LEFT JOIN premise_occupations seat ON seat.service_id = w.service_id
          LEFT JOIN premises place ON place.id = seat.premise_id`,
  order: `found."updatedAt", found.id`,
});

/** A work order that changed, as it is now. */
export type WorkOrderDelta = WorkOrderView & {
  readonly customerName: string;
  /** Null where nobody has a line any more. */
  readonly address: string | null;
};

/** What changed of a partner's work orders. */
@Injectable()
export class WorkOrderDeltas {
  constructor(private readonly feed: ChangeFeed) {}

  /** Each work order that changed since the last answer, once. @throws as `ChangeFeed.take` */
  take(actor: Actor, repeat: boolean): Promise<Handed<WorkOrderDelta>> {
    return this.feed.take<WorkOrderDelta>(actor, 'work_order', DELTA, repeat);
  }
}
