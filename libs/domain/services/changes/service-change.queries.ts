import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { ServiceQueries } from '../services/service.queries.js';
import { CHANGE_COLUMNS, type ChangeStatus, type ServiceChangeView } from './service-change.view.js';

const MATCH = `FROM service_changes c WHERE c.partner_id = $1 AND c.service_id = $2 AND ($3::text IS NULL OR c.status = $3)`;
const LIST = statement(
  'service-changes-list',
  `SELECT ${CHANGE_COLUMNS} ${MATCH} ORDER BY c.id DESC LIMIT $4 OFFSET $5`,
);
const COUNT = statement('service-changes-count', `SELECT count(*)::integer AS total ${MATCH}`);

/** The changes of a service, done and to come, newest first. */
@Injectable()
export class ServiceChangeQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
  ) {}

  /** @throws `services.service.not_found` */
  list(
    actor: Actor,
    serviceId: number,
    filter: { readonly status?: ChangeStatus | undefined },
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly rows: ServiceChangeView[]; readonly total: number }> {
    return this.uow.run(actor, async (tx) => {
      const { partnerId } = await this.services.get(actor, serviceId);
      const values = [partnerId, serviceId, filter.status ?? null];
      const [rows, count] = await Promise.all([
        tx.query<ServiceChangeView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
