import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import {
  type SortedSlice,
  type Transaction,
  UnitOfWork,
  rowsOf,
  sortedStatements,
  sorting,
  statement,
} from '@isp/platform/database';
import type { OperationalStatus, ServiceStatus } from './service.entity.js';
import { serviceErrors } from './service.errors.js';
import { SERVICE_COLUMNS, type ServiceView } from './service.view.js';

const MATCH = `FROM services s WHERE ($1::integer IS NULL OR s.partner_id = $1) AND ($2::integer IS NULL OR s.customer_id = $2)
  AND ($3::text IS NULL OR s.status = $3) AND ($4::text IS NULL OR s.service_type = $4) AND ($5::integer IS NULL OR s.plan_id = $5)
  AND ($6::text IS NULL OR s.operational_status = $6) AND ($7::integer IS NULL OR s.bundle_id = $7)
  AND ($8::text IS NULL OR s.phone_number = $8)
  AND ($9::timestamptz IS NULL OR s.created_at >= $9) AND ($10::timestamptz IS NULL OR s.created_at < $10)`;
const COUNT = statement('services-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement(
  'services-get-all',
  `SELECT ${SERVICE_COLUMNS} FROM ${rowsOf('integer')} AS asked(id) JOIN services s ON s.id = asked.id`,
);
const GET_BY_GUID = statement('services-get-guid', `SELECT ${SERVICE_COLUMNS} FROM services s WHERE s.guid = $1`);
const PARTS = statement(
  'services-parts',
  `SELECT ${SERVICE_COLUMNS} FROM services s
    WHERE s.partner_id = (SELECT partner_id FROM services WHERE id = $1) AND s.bundle_id = $1 AND s.status <> 'terminated' ORDER BY s.id`,
);
const LIVE = statement(
  'services-live',
  `SELECT count(*)::integer AS live FROM services s WHERE s.partner_id = $1 AND s.customer_id = $2 AND s.status <> 'terminated'`,
);

// Ids are given in the order of creation.
export const SERVICE_SORTING = sorting({
  id: 's.id',
  partner: 's.partner_id',
  otherwise: ['s.id DESC'],
  fields: {
    created_at: 's.id',
    activated_at: { by: ['s.activated_at'], nullable: true, within: ['customer_id'] },
    monthly_fee: { by: ['s.monthly_amount'], within: ['customer_id'] },
  },
});
const LISTS = sortedStatements(
  'services-list',
  SERVICE_SORTING,
  (order) => `SELECT ${SERVICE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $11 OFFSET $12`,
);

export interface ServiceFilter {
  readonly customerId?: number | undefined;
  readonly status?: ServiceStatus | undefined;
  readonly serviceType?: string | undefined;
  readonly planId?: number | undefined;
  readonly operationalStatus?: OperationalStatus | undefined;
  readonly bundleId?: number | undefined;
  /** E.164, whole. */
  readonly phoneNumber?: string | undefined;
  readonly createdFrom?: Date | undefined;
  /** Not included. */
  readonly createdTo?: Date | undefined;
}

async function getAll(ids: readonly number[], tx: Transaction) {
  const services = new Map((await tx.query<ServiceView>(GET, [ids])).map((service) => [service.id, service]));
  return ids.map((id) => services.get(id));
}

/** Reads of services, inside the walls of the reader. */
@Injectable()
export class ServiceQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: ServiceFilter, page: SortedSlice<typeof SERVICE_SORTING>) {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [
      partnerId,
      filter.customerId ?? null,
      filter.status ?? null,
      filter.serviceType ?? null,
      filter.planId ?? null,
      filter.operationalStatus ?? null,
      filter.bundleId ?? null,
      filter.phoneNumber ?? null,
      filter.createdFrom ?? null,
      filter.createdTo ?? null,
    ];
    const list = LISTS.of(page.sort, partnerId !== null);
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ServiceView>(list, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `services.service.not_found`, also for a service behind another wall */
  async get(actor: Actor, id: number): Promise<ServiceView> {
    const service = await this.uow.read(actor, (tx) => tx.gather(getAll, id));
    if (!service) throw serviceErrors('services.service.not_found');
    return service;
  }

  /** @throws `services.service.not_found`, also for a service behind another wall */
  async getByGuid(actor: Actor, guid: string): Promise<ServiceView> {
    const service = await this.uow.read(actor, (tx) => tx.one<ServiceView>(GET_BY_GUID, [guid]));
    if (!service) throw serviceErrors('services.service.not_found');
    return service;
  }

  /** The parts of a bundle that are not terminated; none of another service. */
  partsOf(actor: Actor, bundleId: number): Promise<ServiceView[]> {
    return this.uow.read(actor, (tx) => tx.query<ServiceView>(PARTS, [bundleId]));
  }

  /** How many services of a customer are not terminated. */
  async liveOf(actor: Actor, partnerId: number, customerId: number): Promise<number> {
    const row = await this.uow.read(actor, (tx) => tx.one<{ live: number }>(LIVE, [partnerId, customerId]));
    return row?.live ?? 0;
  }
}
