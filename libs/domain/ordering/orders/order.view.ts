/** What was ordered where; how far it is, its service says. */
export interface OrderView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly serviceGuid: string;
  readonly premiseId: number;
  readonly premiseGuid: string;
  readonly productGuid: string;
  /** What the partner calls it. */
  readonly ispReference: string | null;
  /** It is to end as soon as what is under way for it lets go. */
  readonly cancelRequestedAt: Date | null;
  readonly cancelReason: string | null;
  readonly endedAt: Date | null;
  readonly endReason: string | null;
  readonly version: number;
}

/** Columns of `orders o` and `services s`. */
export const ORDER_COLUMNS = `o.id, o.guid, o.partner_id AS "partnerId", o.customer_id AS "customerId", o.service_id AS "serviceId",
  s.guid AS "serviceGuid", o.premise_id::float8 AS "premiseId", o.premise_guid AS "premiseGuid", o.product_guid AS "productGuid",
  o.isp_reference AS "ispReference", o.cancel_requested_at AS "cancelRequestedAt", o.cancel_reason AS "cancelReason",
  o.ended_at AS "endedAt", o.end_reason AS "endReason", o.version`;
