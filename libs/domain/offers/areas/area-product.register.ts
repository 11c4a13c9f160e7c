import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { PlanQueries } from '@isp/domain/catalog';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, guarded, statement, together } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import type { AreaProductView } from './area-product.view.js';

const COLUMNS = `ap.id, ap.area_id::float8 AS "areaId", ap.plan_id AS "planId", plan.sku, plan.name AS "planName",
  ap.only_partner_id AS "partnerId", ap.sold_from AS "soldFrom", ap.sold_until AS "soldUntil", ap.version`;
const MATCH = `FROM area_products ap JOIN plans plan ON plan.id = ap.plan_id
  WHERE ap.area_id = $1 AND ($2::timestamptz IS NULL OR (ap.sold_from <= $2 AND (ap.sold_until IS NULL OR ap.sold_until > $2)))`;
const LIST = statement(
  'area-products-list',
  `SELECT ${COLUMNS} ${MATCH} ORDER BY ap.sold_from, ap.id LIMIT $3 OFFSET $4`,
);
const COUNT = statement('area-products-count', `SELECT count(*)::integer AS total ${MATCH}`);
const AREA = statement('area-products-area', 'SELECT 1 FROM areas WHERE id = $1 AND deleted_at IS NULL');
const INSERT = statement(
  'area-products-insert',
  `INSERT INTO area_products (area_id, plan_id, only_partner_id, sold_from, sold_until, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING id`,
);
const GET = statement(
  'area-products-get',
  `SELECT ${COLUMNS} FROM area_products ap JOIN plans plan ON plan.id = ap.plan_id WHERE ap.area_id = $1 AND ap.id = $2 FOR UPDATE OF ap`,
);
const END = statement(
  'area-products-end',
  'UPDATE area_products SET sold_until = $2, version = version + 1, updated_at = $2 WHERE id = $1',
);
const DELETE = statement('area-products-delete', 'DELETE FROM area_products WHERE id = $1');

export interface SellInAreaInput {
  readonly actor: Actor;
  readonly areaId: number;
  readonly planId: number;
  /** The only partner that may sell it there; all when absent. */
  readonly partnerId?: number | undefined;
  /** At once when absent. */
  readonly soldFrom?: Date | undefined;
  /** Not included; without end when absent. */
  readonly soldUntil?: Date | null | undefined;
}

/** Which plans are sold in which area. */
@Injectable()
export class AreaProductRegister {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly plans: PlanQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Those of one area, also over and to come unless an instant is given. @throws `offers.area.unknown` */
  list(
    actor: Actor,
    areaId: number,
    { soldAt }: { readonly soldAt?: Date | undefined },
    page: { readonly limit: number; readonly offset: number },
  ) {
    const values = [areaId, soldAt ?? null];
    return this.uow.run(actor, async (tx) => {
      const [area, rows, count] = await together([
        tx.one(AREA, [areaId]),
        tx.query<AreaProductView>(LIST, [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      if (!area) throw offerErrors('offers.area.unknown');
      return { rows, total: count?.total ?? 0 };
    });
  }

  /**
   * @throws `offers.area.unknown`, `offers.area.partner_unknown`, `offers.area.sold_already`, `offers.area.window_empty`,
   *   `catalog.plan.not_sold`, `catalog.plan.wrong_type`
   */
  sell({ actor, areaId, planId, ...values }: SellInAreaInput): Promise<AreaProductView> {
    return this.uow.run(actor, async (tx) => {
      if (!(await tx.one(AREA, [areaId]))) throw offerErrors('offers.area.unknown');
      await this.plans.forOrder(actor, planId, 'internet');
      const now = this.clock.now();
      const { partnerId = null, soldFrom = now, soldUntil = null } = values;
      const made = await guarded(
        tx.one<{ id: number }>(INSERT, [areaId, planId, partnerId, soldFrom, soldUntil, now]),
        {
          area_products_once: () => offerErrors('offers.area.sold_already'),
          area_products_window: () => offerErrors('offers.area.window_empty'),
          area_products_only_partner_id_fkey: () => offerErrors('offers.area.partner_unknown'),
        },
      );
      const { id } = made as { id: number };
      const changes = {
        area_id: areaId,
        plan_id: planId,
        partner_id: partnerId,
        sold_from: soldFrom,
        sold_until: soldUntil,
      };
      this.note(actor, 'sell', id, changes);
      return (await tx.one<AreaProductView>(GET, [areaId, id])) as AreaProductView;
    });
  }

  /** Ends a sale now; one that has not begun is forgotten. What was sold goes on. @throws `offers.area.offer_not_found` */
  end(actor: Actor, areaId: number, id: number): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const sale = await tx.one<AreaProductView>(GET, [areaId, id]);
      if (!sale) throw offerErrors('offers.area.offer_not_found');
      const now = this.clock.now();
      if (sale.soldUntil && sale.soldUntil <= now) return;
      if (sale.soldFrom < now) await tx.execute(END, [id, now]);
      else await tx.execute(DELETE, [id]);
      this.note(actor, 'end', id, { area_id: areaId, plan_id: sale.planId, sold_until: [sale.soldUntil, now] });
    });
  }

  private note(actor: Actor, verb: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'area_product', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `area_product.${verb}`, subject, changes });
  }
}
