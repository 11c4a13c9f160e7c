import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SortedSlice, UnitOfWork, sortedStatements, sorting, statement } from '@isp/platform/database';
import { outageErrors } from '../outages.errors.js';
import {
  type AffectedServiceView,
  OUTAGE_COLUMNS,
  type OutageCorrectionView,
  type OutageStatus,
  type OutageView,
} from './outage.view.js';

const MATCH = `FROM outages o WHERE ($1::text IS NULL OR o.status = $1) AND ($2::integer IS NULL OR o.device_id = $2)
  AND ($3::integer IS NULL OR o.node_id = $3)
  AND ($4::integer IS NULL OR EXISTS (SELECT FROM outage_services s WHERE s.service_id = $4 AND s.outage_id = o.id))
  AND ($5::timestamptz IS NULL OR o.ended_at IS NULL OR o.ended_at > $5) AND ($6::timestamptz IS NULL OR o.started_at < $6)`;
export const OUTAGE_SORTING = sorting({
  id: 'o.id',
  otherwise: ['o.id DESC'],
  fields: {
    created_at: 'o.id',
    started_at: 'o.started_at',
    ended_at: { by: ['o.ended_at'], nullable: true },
  },
  words: { newest: '-created_at', oldest: 'created_at' },
});
const LISTS = sortedStatements(
  'outages-list',
  OUTAGE_SORTING,
  (order) => `SELECT ${OUTAGE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $7 OFFSET $8`,
);
const COUNT = statement('outages-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('outages-read', `SELECT ${OUTAGE_COLUMNS} FROM outages o WHERE o.id = $1`);
const SERVICES = statement(
  'outages-services',
  `SELECT service_id AS "serviceId", customer_id AS "customerId", partner_id AS "partnerId" FROM outage_services
    WHERE outage_id = $1 ORDER BY service_id LIMIT $2 OFFSET $3`,
);
const COUNT_SERVICES = statement(
  'outages-services-count',
  'SELECT count(*)::integer AS total FROM outage_services WHERE outage_id = $1',
);
const OWN = statement(
  'outages-own-affected',
  `SELECT outage_id AS id, count(*)::integer AS services, count(DISTINCT customer_id)::integer AS customers
     FROM outage_services WHERE outage_id = ANY ($1::integer[]) GROUP BY 1`,
);
const CORRECTIONS = statement(
  'outages-corrections',
  `SELECT id, at, corrected_by AS "correctedBy", reason, was_started_at AS "wasStartedAt", was_ended_at AS "wasEndedAt",
          was_status AS "wasStatus", started_at AS "startedAt", ended_at AS "endedAt", status
     FROM outage_corrections WHERE outage_id = $1 ORDER BY id LIMIT $2 OFFSET $3`,
);
const COUNT_CORRECTIONS = statement(
  'outages-corrections-count',
  'SELECT count(*)::integer AS total FROM outage_corrections WHERE outage_id = $1',
);

export interface OutageFilter {
  readonly status?: OutageStatus | undefined;
  readonly deviceId?: number | undefined;
  readonly nodeId?: number | undefined;
  readonly serviceId?: number | undefined;
  /** Outages that lasted at some time between these. */
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
}

interface Page {
  readonly limit: number;
  readonly offset: number;
}

/** Reads of outages: the operator sees all, others those that reach a service of theirs, with the numbers of their own. */
@Injectable()
export class OutageQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: OutageFilter, { limit, offset, sort }: SortedSlice<typeof OUTAGE_SORTING>) {
    const { status, deviceId, nodeId, serviceId, from, to } = filter;
    const values = [status, deviceId, nodeId, serviceId, from, to].map((value) => value ?? null);
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<OutageView>(LISTS.of(sort), [...values, limit, offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows: await this.own(actor, rows), total: count?.total ?? 0 };
    });
  }

  /** @throws `outages.outage.not_found` */
  get(actor: Actor, id: number): Promise<OutageView> {
    return this.uow.run(actor, async (tx) => {
      const found = await tx.one<OutageView>(GET, [id]);
      if (!found) throw outageErrors('outages.outage.not_found');
      return (await this.own(actor, [found]))[0] ?? found;
    });
  }

  /** The affected services that the reader may see. @throws `outages.outage.not_found` */
  services(actor: Actor, id: number, { limit, offset }: Page) {
    return this.uow.run(actor, async (tx) => {
      await this.get(actor, id);
      const [rows, count] = await Promise.all([
        tx.query<AffectedServiceView>(SERVICES, [id, limit, offset]),
        tx.one<{ total: number }>(COUNT_SERVICES, [id]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Who corrected it, oldest first. @throws `outages.outage.not_found` */
  corrections(actor: Actor, id: number, { limit, offset }: Page) {
    return this.uow.run(actor, async (tx) => {
      await this.get(actor, id);
      const [rows, count] = await Promise.all([
        tx.query<OutageCorrectionView>(CORRECTIONS, [id, limit, offset]),
        tx.one<{ total: number }>(COUNT_CORRECTIONS, [id]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** How many services of others are down is not everybody's business. */
  private async own(actor: Actor, rows: readonly OutageView[]): Promise<readonly OutageView[]> {
    if (actor.reach === 'all' || rows.length === 0) return rows;
    const ids = rows.map(({ id }) => id);
    const found = await this.uow.tx.query<{ id: number; services: number; customers: number }>(OWN, [ids]);
    const counts = new Map(found.map((one) => [one.id, one]));
    return rows.map((row) => ({
      ...row,
      affectedServices: counts.get(row.id)?.services ?? 0,
      affectedCustomers: counts.get(row.id)?.customers ?? 0,
    }));
  }
}
