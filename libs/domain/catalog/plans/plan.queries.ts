import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { isOnSale } from './plan-terms.policy.js';
import type { PlanStatus, ServiceType } from './plan.entity.js';
import { planErrors } from './plan.errors.js';
import { PLAN_COLUMNS, type PlanVersionView, type PlanView, VERSION_COLUMNS } from './plan.view.js';

const MATCH = `FROM plans p WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR service_type = $2)
  AND ($3::text IS NULL OR category = $3) AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR lower(sku) = lower($4))
  AND ($5::date IS NULL OR (coalesce(sold_from, created_at) < ($5::date + 1)::timestamp AT TIME ZONE 'UTC'
                            AND (sold_until IS NULL OR sold_until > $5::date::timestamp AT TIME ZONE 'UTC')))`;
export const PLAN_SORTING = sorting({
  id: 'p.id',
  otherwise: ['p.id'],
  fields: {
    created_at: 'p.created_at',
    updated_at: 'p.updated_at',
    name: 'lower(p.name)',
    sku: 'p.sku',
    monthly_fee: 'p.monthly_amount',
  },
});
const LISTS = sortedStatements(
  'plans-list',
  PLAN_SORTING,
  (order) => `SELECT ${PLAN_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const COUNT = statement('plans-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('plans-get', `SELECT ${PLAN_COLUMNS} FROM plans p WHERE p.id = $1`);
const VERSIONS = statement(
  'plan-versions-list',
  `SELECT ${VERSION_COLUMNS} FROM plan_versions p WHERE p.plan_id = $1 ORDER BY p.version DESC LIMIT $2 OFFSET $3`,
);
const VERSIONS_COUNT = statement(
  'plan-versions-count',
  'SELECT count(*)::integer AS total FROM plan_versions WHERE plan_id = $1',
);
const VERSION = statement(
  'plan-versions-get',
  `SELECT ${VERSION_COLUMNS} FROM plan_versions p WHERE p.plan_id = $1 AND p.version = $2`,
);

interface Slice {
  readonly limit: number;
  readonly offset: number;
}

export interface PlanFilter {
  readonly status?: PlanStatus | undefined;
  readonly serviceType?: ServiceType | undefined;
  readonly category?: string | undefined;
  /** Part of the name, or the whole SKU. */
  readonly search?: string | undefined;
  /** `YYYY-MM-DD`: plans that were or will be sold at some time of that day in UTC. */
  readonly soldOn?: string | undefined;
}

@Injectable()
export class PlanQueries {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(
    actor: Actor,
    { status, serviceType, category, search, soldOn }: PlanFilter,
    page: SortedSlice<typeof PLAN_SORTING>,
  ) {
    const values = [status ?? null, serviceType ?? null, category ?? null, search ?? null, soldOn ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PlanView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `catalog.plan.not_found` */
  async get(actor: Actor, id: number): Promise<PlanView> {
    const plan = await this.uow.run(actor, (tx) => tx.one<PlanView>(GET, [id]));
    if (!plan) throw planErrors('catalog.plan.not_found');
    return plan;
  }

  /** What a plan has offered, newest first. @throws `catalog.plan.not_found` */
  async versions(actor: Actor, id: number, page: Slice) {
    const { rows, total } = await this.uow.run(actor, async (tx) => {
      const [found, count] = await Promise.all([
        tx.query<PlanVersionView>(VERSIONS, [id, page.limit, page.offset]),
        tx.one<{ total: number }>(VERSIONS_COUNT, [id]),
      ]);
      return { rows: found, total: count?.total ?? 0 };
    });
    if (total === 0) throw planErrors('catalog.plan.not_found');
    return { rows, total };
  }

  /** What a plan offered, or offers, as one version. @throws `catalog.plan.version_not_found` */
  async version(actor: Actor, id: number, version: number): Promise<PlanVersionView> {
    const found = await this.uow.run(actor, (tx) => tx.one<PlanVersionView>(VERSION, [id, version]));
    if (!found) throw planErrors('catalog.plan.version_not_found');
    return found;
  }

  /**
   * The plan that an order names, at its present version: what is sold keeps `version` beside the plan's id.
   * @throws `catalog.plan.not_sold` when it does not exist, is retired or is not sold at this time,
   *   `catalog.plan.wrong_type`
   */
  async forOrder(actor: Actor, id: number, serviceType: ServiceType): Promise<PlanView> {
    const plan = await this.uow.run(actor, (tx) => tx.one<PlanView>(GET, [id]));
    if (!plan || !isOnSale(plan, this.clock.now())) throw planErrors('catalog.plan.not_sold');
    if (plan.serviceType !== serviceType) throw planErrors('catalog.plan.wrong_type', { type: serviceType });
    return plan;
  }
}
