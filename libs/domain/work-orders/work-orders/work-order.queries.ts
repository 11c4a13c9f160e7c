import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import {
  type SortedSlice,
  type Statement,
  type Transaction,
  UnitOfWork,
  sortedStatements,
  sorting,
  statement,
} from '@isp/platform/database';
import { workOrderErrors } from './work-order.errors.js';
import type { WorkOrderStatus, WorkOrderType } from './work-order.states.js';
import {
  WORK_ORDER_COLUMNS,
  WORK_ORDER_TABLES,
  type WorkOrderCommentView,
  type WorkOrderStepView,
  type WorkOrderView,
} from './work-order.view.js';

const MATCH = `FROM work_orders w WHERE ($1::integer IS NULL OR w.partner_id = $1) AND ($2::text IS NULL OR w.status = $2)
  AND ($3::text IS NULL OR w.type = $3) AND ($4::integer IS NULL OR w.service_id = $4)
  AND ($5::integer IS NULL OR w.customer_id = $5) AND ($6::integer IS NULL OR w.assigned_user_id = $6)
  AND ($7::text IS NULL OR w.reference = $7 OR w.external_reference = $7)
  AND ($8::timestamptz IS NULL OR w.scheduled_at >= $8) AND ($9::timestamptz IS NULL OR w.scheduled_at < $9)`;
const COUNT = statement('work-orders-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('work-orders-get', `SELECT ${WORK_ORDER_COLUMNS} FROM ${WORK_ORDER_TABLES} WHERE w.id = $1`);
const GET_BY_GUID = statement(
  'work-orders-get-guid',
  `SELECT ${WORK_ORDER_COLUMNS} FROM ${WORK_ORDER_TABLES} WHERE w.guid = $1`,
);
const COMMENTS = statement(
  'work-orders-comments',
  `SELECT id::text, text, author, at FROM work_order_comments WHERE partner_id = $1 AND work_order_id = $2
    ORDER BY id DESC LIMIT $3 OFFSET $4`,
);
const COMMENT_COUNT = statement(
  'work-orders-comment-count',
  'SELECT count(*)::integer AS total FROM work_order_comments WHERE partner_id = $1 AND work_order_id = $2',
);
const STEPS = statement(
  'work-orders-history',
  `SELECT id::text, action, from_status AS "from", to_status AS "to", changes, reason, actor, at FROM work_order_history
    WHERE partner_id = $1 AND work_order_id = $2 ORDER BY id DESC LIMIT $3 OFFSET $4`,
);
const STEP_COUNT = statement(
  'work-orders-history-count',
  'SELECT count(*)::integer AS total FROM work_order_history WHERE partner_id = $1 AND work_order_id = $2',
);

export const WORK_ORDER_SORTING = sorting({
  id: 'w.id',
  partner: 'w.partner_id',
  otherwise: ['w.id DESC'],
  fields: {
    created_at: 'w.id',
    scheduled_at: { by: ['w.scheduled_at'], nullable: true },
  },
});
// The page is found on the index alone; only its rows are then read.
const LISTS = sortedStatements(
  'work-orders-list',
  WORK_ORDER_SORTING,
  (order) => `SELECT ${WORK_ORDER_COLUMNS} FROM (SELECT w.* ${MATCH} ORDER BY ${order} LIMIT $10 OFFSET $11) w
       JOIN services s ON s.id = w.service_id LEFT JOIN installers i ON i.id = w.installer_id ORDER BY ${order}`,
);

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

export interface WorkOrderFilter {
  readonly status?: WorkOrderStatus | undefined;
  readonly type?: WorkOrderType | undefined;
  readonly serviceId?: number | undefined;
  readonly customerId?: number | undefined;
  readonly assignedUserId?: number | undefined;
  /** Whole: our reference, or the ISP's. */
  readonly reference?: string | undefined;
  readonly scheduledFrom?: Date | undefined;
  /** Not included. */
  readonly scheduledTo?: Date | undefined;
}

/** Reads of work orders, inside the walls of the reader. */
@Injectable()
export class WorkOrderQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: WorkOrderFilter, page: SortedSlice<typeof WORK_ORDER_SORTING>) {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const { status, type, serviceId, customerId, assignedUserId, reference, scheduledFrom, scheduledTo } = filter;
    const given = [status, type, serviceId, customerId, assignedUserId, reference, scheduledFrom, scheduledTo];
    const values = [partnerId, ...given.map((one) => one ?? null)];
    const list = LISTS.of(page.sort, partnerId !== null);
    return this.uow.read(actor, (tx) => pageOf<WorkOrderView>(tx, [list, COUNT], values, page));
  }

  /** @throws `work_orders.work_order.not_found`, also for one behind another wall */
  get(actor: Actor, id: number): Promise<WorkOrderView> {
    return this.one(actor, GET, id);
  }

  /** @throws `work_orders.work_order.not_found` */
  getByGuid(actor: Actor, guid: string): Promise<WorkOrderView> {
    return this.one(actor, GET_BY_GUID, guid);
  }

  /** What was said about an order, newest first. @throws `work_orders.work_order.not_found` */
  async comments(actor: Actor, id: number, page: Slice) {
    const { partnerId } = await this.get(actor, id);
    const both = [COMMENTS, COMMENT_COUNT] as const;
    return this.uow.read(actor, (tx) => pageOf<WorkOrderCommentView>(tx, both, [partnerId, id], page));
  }

  /** Everything that happened to an order, newest first. @throws `work_orders.work_order.not_found` */
  async history(actor: Actor, id: number, page: Slice) {
    const { partnerId } = await this.get(actor, id);
    return this.uow.read(actor, (tx) => pageOf<WorkOrderStepView>(tx, [STEPS, STEP_COUNT], [partnerId, id], page));
  }

  private async one(actor: Actor, sql: Statement, key: string | number): Promise<WorkOrderView> {
    const found = await this.uow.read(actor, (tx) => tx.one<WorkOrderView>(sql, [key]));
    if (!found) throw workOrderErrors('work_orders.work_order.not_found');
    return found;
  }
}

async function pageOf<R>(
  tx: Transaction,
  [list, counted]: readonly [Statement, Statement],
  values: readonly unknown[],
  { limit, offset }: Slice,
): Promise<{ readonly rows: R[]; readonly total: number }> {
  const [rows, count] = await Promise.all([
    tx.query<R>(list, [...values, limit, offset]),
    tx.one<{ total: number }>(counted, values),
  ]);
  return { rows, total: count?.total ?? 0 };
}
