import type { ServiceStatus } from '@isp/domain/services';

/** A service as the partner that ordered it sees it: everything that is known of its line, but its secrets. */
export interface LineView {
  readonly serviceId: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly customerGuid: string;
  readonly productGuid: string;
  readonly productName: string;
  readonly premiseGuid: string | null;
  readonly premiseAddress: string | null;
  readonly orderId: number | null;
  readonly ispReference: string | null;
  readonly createdByGuid: string | null;
  readonly createdBy: string | null;
  readonly promoCode: string | null;
  readonly status: ServiceStatus;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startsAt: Date | null;
  readonly activatedAt: Date | null;
  readonly suspendedAt: Date | null;
  readonly terminatedAt: Date | null;
  /** When it is to end, where that is agreed. */
  readonly expiresAt: Date | null;
  readonly endReason: string | null;
  readonly cancelRequestedAt: Date | null;
  readonly pppoeUsername: string | null;
  /** Host addresses and prefixes that the subscriber is given. */
  readonly address: string | null;
  /** The address where the world can reach it: null while it is one of an operator's own (RFC 1918, RFC 6598). */
  readonly publicAddress: string | null;
  readonly ipv6Prefix: string | null;
  readonly delegatedPrefix: string | null;
  readonly wifiName: string | null;
  readonly bandSteering: boolean | null;
  readonly portNumber: string | null;
  /** Whether the customer's equipment was seen to follow; null when there is none. */
  readonly cpeState: 'pending' | 'confirmed' | 'unreachable' | null;
  readonly serialNumber: string | null;
  readonly lastAskedAt: Date | null;
  readonly installedAt: Date | null;
  readonly workOrderReference: string | null;
  readonly firstOnlineAt: Date | null;
  readonly online: boolean;
}

/** What a line is known by. */
export type LineNames = Pick<
  LineView,
  'serviceId' | 'guid' | 'partnerId' | 'customerGuid' | 'productGuid' | 'premiseGuid' | 'ispReference'
>;

/** Of `services s` with what belongs to it: columns of `NAME_TABLES`. */
export const LINE_NAMES = `s.id AS "serviceId", s.guid, s.partner_id AS "partnerId", c.guid AS "customerGuid",
  coalesce(sale.product_guid, o.product_guid, p.guid) AS "productGuid", place.guid AS "premiseGuid", o.isp_reference AS "ispReference"`;

export const NAME_TABLES = `services s JOIN customers c ON c.id = s.customer_id JOIN plans p ON p.id = s.plan_id
  LEFT JOIN orders o ON o.service_id = s.id
  LEFT JOIN premise_occupations seat ON seat.service_id = s.id
  LEFT JOIN premises place ON place.id = coalesce(o.premise_id, seat.premise_id)
  LEFT JOIN LATERAL (SELECT x.product_guid, x.name, x.promotion FROM product_sales x
     WHERE x.partner_id = s.partner_id AND x.service_id = s.id ORDER BY x.id DESC LIMIT 1) sale ON true`;

/** Columns of `services s` with what belongs to it, of `LINE_TABLES`. */
export const LINE_COLUMNS = `${LINE_NAMES}, coalesce(sale.name, p.name) AS "productName",
  place.full_text AS "premiseAddress", o.id AS "orderId", o.created_by_guid AS "createdByGuid", o.created_by AS "createdBy",
  sale.promotion->>'code' AS "promoCode", s.status,
  s.created_at AS "createdAt", greatest(s.updated_at, o.updated_at, w.changed_at, w.confirmed_at) AS "updatedAt",
  coalesce(s.scheduled_activation, s.activated_at) AS "startsAt", s.activated_at AS "activatedAt",
  (SELECT min(x.since) FROM service_suspensions x WHERE x.partner_id = s.partner_id AND x.service_id = s.id AND x.ended_at IS NULL) AS "suspendedAt",
  s.terminated_at AS "terminatedAt",
  (SELECT x.effective_at FROM service_changes x WHERE x.service_id = s.id AND x.kind = 'terminate' AND x.status = 'scheduled') AS "expiresAt",
  coalesce(o.end_reason, o.cancel_reason, CASE WHEN s.status = 'terminated' THEN
    (SELECT h.reason FROM service_history h WHERE h.partner_id = s.partner_id AND h.service_id = s.id AND h.axis = 'status'
      ORDER BY h.id DESC LIMIT 1) END) AS "endReason",
  o.cancel_requested_at AS "cancelRequestedAt",
  u.username AS "pppoeUsername", host(u.address) AS address,
  CASE WHEN family(u.address) = 4 AND NOT u.address <<= ANY ('{10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10}'::inet[])
    THEN host(u.address) END AS "publicAddress",
  u.ipv6_prefix::text AS "ipv6Prefix",
  u.delegated_prefix::text AS "delegatedPrefix", w.wifi_name AS "wifiName", w.band_steering AS "bandSteering",
  w.port_number AS "portNumber", w.state AS "cpeState", d.serial_number AS "serialNumber", ds.asked_at AS "lastAskedAt",
  work.completed_at AS "installedAt", work.reference AS "workOrderReference",
  (SELECT r.acctstarttime FROM radius.radacct r WHERE r.service_id = s.id ORDER BY r.acctstarttime, r.radacctid LIMIT 1) AS "firstOnlineAt",
  EXISTS (SELECT FROM radius.radacct r WHERE r.service_id = s.id AND r.acctstoptime IS NULL) AS online`;

export const LINE_TABLES = `${NAME_TABLES}
  LEFT JOIN subscribers u ON u.service_id = s.id
  LEFT JOIN cpe_settings w ON w.service_id = s.id
  LEFT JOIN devices d ON d.service_id = s.id AND d.status = 'active'
  LEFT JOIN device_status ds ON ds.device_id = d.id
  LEFT JOIN LATERAL (SELECT x.completed_at, x.reference FROM work_orders x
     WHERE x.partner_id = s.partner_id AND x.service_id = s.id AND x.type = 'installation' ORDER BY x.id DESC LIMIT 1) work ON true`;
