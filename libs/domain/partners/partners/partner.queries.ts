import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import type { PartnerKind, PartnerStatus } from './partner.entity.js';
import { partnerErrors } from './partner.errors.js';
import type { PartnerView } from './partner.view.js';

const COLUMNS = `id, guid, name, kind, status, email, phone, tier, currency, time_zone AS "timeZone", version,
  created_at AS "createdAt", updated_at AS "updatedAt"`;
const MATCH = `FROM partners WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR strpos(lower(name), lower($3)) > 0)`;
export const PARTNER_SORTING = sorting({
  id: 'id',
  otherwise: ['id'],
  fields: {
    created_at: 'created_at',
    updated_at: 'updated_at',
    name: 'lower(name)',
    status: 'status',
  },
});
const LISTS = sortedStatements(
  'partners-list',
  PARTNER_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('partners-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('partners-get', `SELECT ${COLUMNS} FROM partners WHERE id = $1`);
// As a sub-select: no plan is made for lists of one length.
const THOSE = statement(
  'partners-those',
  `SELECT ${COLUMNS} FROM partners WHERE id IN (SELECT unnest((SELECT $1::integer[])))`,
);

export interface PartnerFilter {
  readonly kind?: PartnerKind | undefined;
  readonly status?: PartnerStatus | undefined;
  readonly search?: string | undefined;
}

@Injectable()
export class PartnerQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** One page by id. Partners see themselves only. */
  list(actor: Actor, filter: PartnerFilter, page: SortedSlice<typeof PARTNER_SORTING>) {
    const values = [filter.kind ?? null, filter.status ?? null, filter.search ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PartnerView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  async find(actor: Actor, id: number): Promise<PartnerView | undefined> {
    return this.uow.run(actor, (tx) => tx.one<PartnerView>(GET, [id]));
  }

  /** Several at once; those that the actor may not see are left out. */
  those(actor: Actor, ids: readonly number[]): Promise<PartnerView[]> {
    return this.uow.run(actor, (tx) => tx.query<PartnerView>(THOSE, [ids]));
  }

  /** @throws `partners.partner.not_found`, also for a partner that the actor may not see. */
  async get(actor: Actor, id: number): Promise<PartnerView> {
    const partner = await this.find(actor, id);
    if (!partner) throw partnerErrors('partners.partner.not_found');
    return partner;
  }
}
