import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { webhookErrors } from '../webhooks.errors.js';
import { scopeOf } from './endpoint.repository.js';
import { ENDPOINT_COLUMNS, type EndpointStatus, type EndpointView } from './endpoint.view.js';

export interface EndpointFilter {
  readonly status?: EndpointStatus | undefined;
}

const MATCH = `FROM webhook_endpoints
  WHERE deleted_at IS NULL AND ($1::integer IS NULL OR partner_id = $1) AND ($2::text IS NULL OR status = $2)`;
const COUNT = statement('webhook-endpoint-count', `SELECT count(*)::integer AS total ${MATCH}`);
export const ENDPOINT_SORTING = sorting({
  id: 'id',
  otherwise: ['id'],
  fields: {
    created_at: 'created_at',
    url: 'url',
  },
});
const LISTS = sortedStatements(
  'webhook-endpoint-list',
  ENDPOINT_SORTING,
  (order) => `SELECT ${ENDPOINT_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $3 OFFSET $4`,
);
const GET = statement(
  'webhook-endpoint-get',
  `SELECT ${ENDPOINT_COLUMNS} FROM webhook_endpoints
    WHERE id = $1 AND ($2::integer IS NULL OR partner_id = $2) AND deleted_at IS NULL`,
);

/** Reads of webhook endpoints; never their secrets. */
@Injectable()
export class EndpointQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page, oldest first. */
  list(actor: Actor, filter: EndpointFilter, page: SortedSlice<typeof ENDPOINT_SORTING>) {
    const values = [scopeOf(actor), filter.status ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, total] = await Promise.all([
        tx.query<EndpointView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: total?.total ?? 0 };
    });
  }

  /** @throws DomainError `webhooks.endpoint.not_found` */
  async get(actor: Actor, id: number): Promise<EndpointView> {
    const row = await this.uow.run(actor, (tx) => tx.one<EndpointView>(GET, [id, scopeOf(actor)]));
    if (!row) throw webhookErrors('webhooks.endpoint.not_found');
    return row;
  }
}
