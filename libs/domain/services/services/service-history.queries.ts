import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { ServiceQueries } from './service.queries.js';

const MATCH = `FROM service_history h WHERE h.partner_id = $1 AND h.service_id = $2 AND ($3::text IS NULL OR h.axis = $3)`;
const LIST = statement(
  'service-history-list',
  `SELECT h.id::text, h.axis, h.from_value AS "from", h.to_value AS "to", h.at, h.actor, h.reason, h.request_id AS "requestId"
     ${MATCH} ORDER BY h.id DESC LIMIT $4 OFFSET $5`,
);
const COUNT = statement('service-history-count', `SELECT count(*)::integer AS total ${MATCH}`);

/** One step of one of the two axes of a service. */
export interface HistoryEntry {
  readonly id: string;
  readonly axis: 'status' | 'operational_status';
  /** Null for what it began with. */
  readonly from: string | null;
  readonly to: string;
  readonly at: Date;
  readonly actor: string;
  readonly reason: string | null;
  readonly requestId: string | null;
}

/** The history of a service's commercial and operational state, newest first. */
@Injectable()
export class ServiceHistoryQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
  ) {}

  /** @throws `services.service.not_found` */
  list(
    actor: Actor,
    serviceId: number,
    filter: { readonly axis?: HistoryEntry['axis'] | undefined },
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly rows: HistoryEntry[]; readonly total: number }> {
    return this.uow.run(actor, async (tx) => {
      const { partnerId } = await this.services.get(actor, serviceId);
      const values = [partnerId, serviceId, filter.axis ?? null];
      const [rows, count] = await Promise.all([
        tx.query<HistoryEntry>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
