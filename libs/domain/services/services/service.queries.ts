import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { ServiceStatus } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const MATCH = `FROM services s WHERE ($1::integer IS NULL OR s.partner_id = $1) AND ($2::integer IS NULL OR s.customer_id = $2)
  AND ($3::text IS NULL OR s.status = $3) AND ($4::text IS NULL OR s.service_type = $4) AND ($5::integer IS NULL OR s.plan_id = $5)`;
const LIST = statement('services-list', `SELECT ${SERVICE_COLUMNS} ${MATCH} ORDER BY s.id DESC LIMIT $6 OFFSET $7`);
// Within one partner the order is that of the index that leads with it.
const LIST_OF_PARTNER = statement(
  'services-list-of-partner',
  `SELECT ${SERVICE_COLUMNS} ${MATCH} ORDER BY s.partner_id DESC, s.id DESC LIMIT $6 OFFSET $7`,
);
const COUNT = statement('services-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('services-get', `SELECT ${SERVICE_COLUMNS} FROM services s WHERE s.id = $1`);
const LIVE = statement(
  'services-live',
  `SELECT count(*)::integer AS live FROM services s WHERE s.partner_id = $1 AND s.customer_id = $2 AND s.status <> 'terminated'`,
);

export interface ServiceFilter {
  readonly customerId?: number | undefined;
  readonly status?: ServiceStatus | undefined;
  readonly serviceType?: string | undefined;
  readonly planId?: number | undefined;
}

/** Reads of services, inside the walls of the reader. */
@Injectable()
export class ServiceQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: ServiceFilter, page: { readonly limit: number; readonly offset: number }) {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [
      partnerId,
      filter.customerId ?? null,
      filter.status ?? null,
      filter.serviceType ?? null,
      filter.planId ?? null,
    ];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ServiceView>(partnerId === null ? LIST : LIST_OF_PARTNER, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `services.service.not_found`, also for a service behind another wall */
  async get(actor: Actor, id: number): Promise<ServiceView> {
    const service = await this.uow.read(actor, (tx) => tx.one<ServiceView>(GET, [id]));
    if (!service) throw serviceErrors('services.service.not_found');
    return service;
  }

  /** How many services of a customer are not terminated. */
  async liveOf(actor: Actor, partnerId: number, customerId: number): Promise<number> {
    const row = await this.uow.read(actor, (tx) => tx.one<{ live: number }>(LIVE, [partnerId, customerId]));
    return row?.live ?? 0;
  }
}
