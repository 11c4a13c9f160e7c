import type { SettlementLine, SettlementTotal } from './settlement-lines.js';

/** What a partner owes the operator for a month, as it was issued. */
export interface SettlementView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  /** `YYYY-MM`. */
  readonly month: string;
  /** In which its days begin and end. */
  readonly timeZone: string;
  /** What days cost on which a line is suspended, in per cent of the price. */
  readonly suspendedPercent: string;
  readonly totals: readonly SettlementTotal[];
  readonly lineCount: number;
  /** SHA-256 over the terms and the lines. */
  readonly digest: string;
  readonly issuedBy: string;
  readonly issuedAt: Date;
}

/** A settlement that was computed and not issued. */
export interface ComputedSettlement extends Pick<
  SettlementView,
  'partnerId' | 'month' | 'timeZone' | 'suspendedPercent' | 'totals' | 'digest'
> {
  readonly lines: readonly SettlementLine[];
}

export const SETTLEMENT_COLUMNS = `s.id, s.guid, s.partner_id AS "partnerId", to_char(s.month, 'YYYY-MM') AS month,
  s.time_zone AS "timeZone", s.suspended_percent::text AS "suspendedPercent", s.totals, s.line_count AS "lineCount", s.digest,
  s.issued_by AS "issuedBy", s.issued_at AS "issuedAt"`;

/** Columns of a line; amounts of money as text with the decimals that they were computed with. */
export const LINE_COLUMNS = `l.service_id AS "serviceId", l.service_guid AS "serviceGuid", l.kind, l.plan_id AS "planId",
  l.plan_version AS "planVersion", l.sku, l.static_ip AS "staticIp", l.periods, l.days, l.unit_amount::text AS "unitAmount",
  l.percent::text AS percent, l.currency, l.net_amount::text AS net, l.tax_percent::text AS "taxPercent",
  l.tax_amount::text AS tax, l.gross_amount::text AS gross`;
