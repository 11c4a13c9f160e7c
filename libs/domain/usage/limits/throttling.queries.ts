import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { ServiceQueries } from '@isp/domain/services';
import { UnitOfWork, statement } from '@isp/platform/database';
import { EVENT_COLUMNS, type ThrottlingEventView } from './throttling.view.js';

export type { ThrottlingEventView } from './throttling.view.js';

const MATCH = `FROM throttling_events e WHERE e.service_id = $1 AND ($2::boolean IS NULL OR (e.restored_at IS NULL) = $2)`;
const LIST = statement('throttling-list', `SELECT ${EVENT_COLUMNS} ${MATCH} ORDER BY e.id DESC LIMIT $3 OFFSET $4`);
const COUNT = statement('throttling-count', `SELECT count(*)::integer AS total ${MATCH}`);

/** The limits that a service reached, newest first. */
@Injectable()
export class ThrottlingQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly services: ServiceQueries,
  ) {}

  /** @throws `services.service.not_found` */
  async ofService(
    actor: Actor,
    serviceId: number,
    filter: { readonly open?: boolean | undefined },
    page: { readonly limit: number; readonly offset: number },
  ): Promise<{ readonly rows: ThrottlingEventView[]; readonly total: number }> {
    await this.services.get(actor, serviceId);
    const values = [serviceId, filter.open ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ThrottlingEventView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }
}
