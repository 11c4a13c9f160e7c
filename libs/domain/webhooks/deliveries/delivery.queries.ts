import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { scopeOf } from '../endpoints/endpoint.repository.js';
import { webhookErrors } from '../webhooks.errors.js';
import type { DeliveryStatus } from './delivery.states.js';
import type { AttemptView, DeliveryDetailView, DeliveryView } from './delivery.view.js';

export interface DeliveryFilter {
  readonly endpointId?: number | undefined;
  readonly status?: DeliveryStatus | undefined;
  /** Event type. */
  readonly type?: string | undefined;
  /** Created at or after. */
  readonly from?: Date | undefined;
  /** Created before. */
  readonly to?: Date | undefined;
}

const MATCH = `
 WHERE ($1::integer IS NULL OR d.partner_id = $1)
   AND ($2::integer IS NULL OR d.endpoint_id = $2)
   AND ($3::text IS NULL OR d.status = $3)
   AND ($4::text IS NULL OR d.type = $4)
   AND ($5::timestamptz IS NULL OR d.created_at >= $5)
   AND ($6::timestamptz IS NULL OR d.created_at < $6)`;
const COLUMNS = `
  d.id::float8 AS id, d.partner_id AS "partnerId", d.endpoint_id AS "endpointId", v.event_id AS "eventId", d.type, d.status,
  d.attempts, d.next_attempt_at AS "nextAttemptAt", d.last_status AS "lastStatus", d.last_error AS "lastError",
  d.delivered_at AS "deliveredAt", v.occurred_at AS "occurredAt", d.created_at AS "createdAt"`;
const FROM = `FROM webhook_deliveries d JOIN webhook_events v ON v.partner_id = d.partner_id AND v.id = d.webhook_event_id`;
const COUNT = statement(
  'webhook-delivery-count',
  `SELECT count(*)::integer AS total FROM webhook_deliveries d ${MATCH}`,
);
export const DELIVERY_SORTING = sorting({
  id: 'd.id',
  otherwise: ['d.created_at DESC', 'd.id DESC'],
  fields: {
    created_at: 'd.created_at',
  },
});
const LISTS = sortedStatements(
  'webhook-delivery-list',
  DELIVERY_SORTING,
  (order) => `SELECT ${COLUMNS} ${FROM} ${MATCH} ORDER BY ${order} LIMIT $7 OFFSET $8`,
);
const GET = statement(
  'webhook-delivery-get',
  `SELECT ${COLUMNS}, v.payload ${FROM} WHERE d.id = $1 AND ($2::integer IS NULL OR d.partner_id = $2)`,
);
const ATTEMPTS = statement(
  'webhook-attempts',
  `SELECT number, at, duration_ms AS "durationMs", status, error, response_excerpt AS "responseExcerpt"
     FROM webhook_attempts WHERE delivery_id = $1 ORDER BY number`,
);

/** Reads of deliveries and of the tries that were made. */
@Injectable()
export class DeliveryQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, newest first. */
  list(actor: Actor, filter: DeliveryFilter, page: SortedSlice<typeof DELIVERY_SORTING>) {
    const { endpointId, status, type, from, to } = filter;
    const values = [scopeOf(actor), endpointId ?? null, status ?? null, type ?? null, from ?? null, to ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, total] = await Promise.all([
        tx.query<DeliveryView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: total?.total ?? 0 };
    });
  }

  /** @throws DomainError `webhooks.delivery.not_found` */
  get(actor: Actor, id: number): Promise<DeliveryDetailView> {
    return this.uow.run(actor, async (tx) => {
      const [row, attemptLog] = await Promise.all([
        tx.one<Omit<DeliveryDetailView, 'attemptLog'>>(GET, [id, scopeOf(actor)]),
        tx.query<AttemptView>(ATTEMPTS, [id]),
      ]);
      if (!row) throw webhookErrors('webhooks.delivery.not_found');
      return { ...row, attemptLog };
    });
  }
}
