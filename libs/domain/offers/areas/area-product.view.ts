/** A plan that is sold in an area, from one instant until before another (null: without end). */
export interface AreaProductView {
  readonly id: number;
  readonly areaId: number;
  readonly planId: number;
  readonly sku: string;
  readonly planName: string;
  /** The only partner that may sell it there; null for all. */
  readonly partnerId: number | null;
  readonly soldFrom: Date;
  readonly soldUntil: Date | null;
  readonly version: number;
}

/** Whether `area_products ap` is open to a partner at an instant. */
export const SOLD_TO = (at: string, partner: string): string =>
  `ap.sold_from <= ${at} AND (ap.sold_until IS NULL OR ap.sold_until > ${at})
   AND (ap.only_partner_id IS NULL OR ap.only_partner_id = ${partner})`;
