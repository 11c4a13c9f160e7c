import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Connectivity, BY_CONNECTIVITY } from '@isp/domain/premises';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { offerErrors } from '../offers.errors.js';
import { type ProductView, type Row, WHOLESALE_COLUMNS, productOf, retailColumns } from '../products/product.view.js';

/** Why nothing can be ordered somewhere: no area is there, its network is not live yet, or it sells this caller nothing. */
export type NothingSold = 'no_coverage' | 'building' | 'planned' | 'not_sold';

export interface Availability {
  /** Of the caller. */
  readonly timeZone: string;
  /** The caller's own products first, then the operator's. */
  readonly products: readonly ProductView[];
  readonly nothing: {
    readonly reason: NothingSold;
    /** Of the area that is furthest with its network. */
    readonly connectivity: Connectivity | null;
    /** From when on, where that is known: `YYYY-MM-DD`. */
    readonly availableOn: string | null;
  } | null;
}

const ON_SALE = `plan.status = 'active' AND (plan.sold_from IS NULL OR plan.sold_from <= $3)
  AND (plan.sold_until IS NULL OR plan.sold_until > $3)`;
/** Takes latitude, longitude, the instant and the partner; answers a row for each product, or one without. */
export const AVAILABLE = statement(
  'products-available',
  `WITH seller AS MATERIALIZED (SELECT id, guid, name, time_zone FROM partners WHERE id = $4),
   operator AS MATERIALIZED (SELECT guid, name FROM operator_identity()),
   cover AS MATERIALIZED (
     SELECT a.id, a.connectivity, coalesce(a.live_on, a.planned_on) AS comes_on, row_number() OVER (ORDER BY ${BY_CONNECTIVITY}) AS place
       FROM areas_covering($1, $2) c JOIN areas a ON a.id = c.area_id),
   sale AS MATERIALIZED (
     SELECT ap.plan_id, ap.sold_from FROM cover JOIN area_products ap ON ap.area_id = cover.id
      WHERE cover.connectivity = 'live' AND (ap.sold_until IS NULL OR ap.sold_until > $3)
        AND (ap.only_partner_id IS NULL OR ap.only_partner_id = $4)),
   here AS MATERIALIZED (
     SELECT plan.* FROM plans plan WHERE ${ON_SALE} AND plan.id IN (SELECT plan_id FROM sale WHERE sold_from <= $3)),
   item AS (
     SELECT ${retailColumns('$3')}, 1 AS rank, p.id AS place
       FROM here plan JOIN partner_products p ON p.plan_id = plan.id AND p.partner_id = $4 AND p.status = 'active' CROSS JOIN seller
     UNION ALL
     SELECT ${WHOLESALE_COLUMNS}, 2, plan.id
       FROM here plan JOIN plan_versions offer ON offer.plan_id = plan.id AND offer.version = plan.version CROSS JOIN operator)
   SELECT seller.time_zone AS "timeZone", best.connectivity,
          CASE WHEN item.kind IS NOT NULL THEN NULL
               WHEN best.connectivity = 'live' THEN (SELECT min(sold_from AT TIME ZONE seller.time_zone)::date FROM sale WHERE sold_from > $3)
               ELSE (SELECT min(comes_on) FROM cover WHERE cover.connectivity = best.connectivity) END::text AS "availableOn", item.*
     FROM seller LEFT JOIN cover best ON best.place = 1 LEFT JOIN item ON true ORDER BY item.rank, item.place`,
);

interface Seen {
  readonly timeZone: string;
  readonly connectivity: Connectivity | null;
  readonly availableOn: string | null;
}
type Found = Seen & (Row<ProductView> | { readonly kind: null });

/** What a partner can order at a place. */
@Injectable()
export class AvailabilityQueries {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * At a point in WGS 84 degrees, given as exact decimal text of a place on earth; one round trip.
   * @throws `offers.product.not_found` for who is no partner, such as a signed-in customer
   */
  async at(actor: Actor, latitude: string, longitude: string): Promise<Availability> {
    const values = [latitude, longitude, this.clock.now(), actor.partnerId];
    const rows = await this.uow.read(actor, (tx) => tx.query<Found>(AVAILABLE, values));
    const products = rows.flatMap((row) => (row.kind === null ? [] : [productOf<ProductView>(row)]));
    const [first] = rows;
    if (!first) throw offerErrors('offers.product.not_found');
    const { timeZone, connectivity, availableOn } = first;
    const nothing = products.length > 0 ? null : { reason: reasonOf(connectivity), connectivity, availableOn };
    return { timeZone, products, nothing };
  }
}

function reasonOf(connectivity: Connectivity | null): NothingSold {
  if (connectivity === null) return 'no_coverage';
  return connectivity === 'live' ? 'not_sold' : connectivity;
}
