import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { PlanStatus, ServiceType } from './plan.entity.js';
import { planErrors } from './plan.errors.js';
import type { PlanView } from './plan.view.js';

const COLUMNS = `id, guid, sku, name, description, category, service_type AS "serviceType", download_mbps AS "downloadMbps",
  upload_mbps AS "uploadMbps", data_limit_gb AS "dataLimitGb", monthly_amount::text AS "monthlyAmount",
  activation_amount::text AS "activationAmount", currency, contract_months AS "contractMonths",
  sla_uptime_percent::text AS "slaUptimePercent", status, version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const MATCH = `FROM plans WHERE ($1::text IS NULL OR status = $1) AND ($2::text IS NULL OR service_type = $2)
  AND ($3::text IS NULL OR category = $3) AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR lower(sku) = lower($4))`;
const LIST = statement('plans-list', `SELECT ${COLUMNS} ${MATCH} ORDER BY id LIMIT $5 OFFSET $6`);
const COUNT = statement('plans-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('plans-get', `SELECT ${COLUMNS} FROM plans WHERE id = $1`);
const ALL = statement('plans-all', `SELECT ${COLUMNS} FROM plans WHERE status = 'active' ORDER BY id`);

export interface PlanFilter {
  readonly status?: PlanStatus | undefined;
  readonly serviceType?: ServiceType | undefined;
  readonly category?: string | undefined;
  readonly search?: string | undefined;
}

@Injectable()
export class PlanQueries {
  constructor(private readonly uow: UnitOfWork) {}

  list(actor: Actor, filter: PlanFilter, page: { readonly limit: number; readonly offset: number }) {
    const values = [filter.status ?? null, filter.serviceType ?? null, filter.category ?? null, filter.search ?? null];
    return this.uow.run(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PlanView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** Every plan on sale, by id. */
  onSale(actor: Actor): Promise<PlanView[]> {
    return this.uow.run(actor, (tx) => tx.query<PlanView>(ALL));
  }

  /** @throws `catalog.plan.not_found` */
  async get(actor: Actor, id: number): Promise<PlanView> {
    const plan = await this.uow.run(actor, (tx) => tx.one<PlanView>(GET, [id]));
    if (!plan) throw planErrors('catalog.plan.not_found');
    return plan;
  }

  /**
   * The plan that an order names.
   * @throws `catalog.plan.not_sold` when it does not exist or is retired, `catalog.plan.wrong_type`
   */
  async forOrder(actor: Actor, id: number, serviceType: ServiceType): Promise<PlanView> {
    const plan = await this.uow.run(actor, (tx) => tx.one<PlanView>(GET, [id]));
    if (!plan || plan.status !== 'active') throw planErrors('catalog.plan.not_sold');
    if (plan.serviceType !== serviceType) throw planErrors('catalog.plan.wrong_type', { type: serviceType });
    return plan;
  }
}
