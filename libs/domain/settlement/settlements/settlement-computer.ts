import { type Hash, createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Transaction, UnitOfWork, statement } from '@isp/platform/database';
import { type ServiceMonth, type SettlementLine, type SettlementTotal, linesOf, totalsOf } from './settlement-lines.js';
import type { ComputedSettlement } from './settlement.view.js';

// A step belongs to the day on which it happened where the partner is; of those before the month the last one counts.
const SERVICES = statement(
  'settlement-services',
  `WITH month AS (
     SELECT $2::date AS first, $2::date::timestamp AT TIME ZONE $3 AS starts, ($2::date + interval '1 month') AT TIME ZONE $3 AS ends)
   SELECT s.id AS "serviceId", s.guid AS "serviceGuid", s.activation_amount::text AS "activationAmount",
          s.bundle_id IS NOT NULL AS "partOfBundle", up.day AS "activatedOn", steps.list AS statuses, terms.list AS terms
     FROM month CROSS JOIN services s
     CROSS JOIN LATERAL (
       SELECT CASE WHEN min(h.at) >= month.starts AND min(h.at) < month.ends
                   THEN (min(h.at) AT TIME ZONE $3)::date - month.first + 1 END AS day
         FROM service_history h WHERE h.partner_id = s.partner_id AND h.service_id = s.id AND h.axis = 'status'
          AND h.to_value IN ('active', 'suspended')) up
     CROSS JOIN LATERAL (
       SELECT json_agg(json_build_object('day', greatest((h.at AT TIME ZONE $3)::date - month.first + 1, 0), 'status', h.to_value)
                       ORDER BY h.at, h.id) AS list
         FROM service_history h WHERE h.partner_id = s.partner_id AND h.service_id = s.id AND h.axis = 'status' AND h.at < month.ends) steps
     CROSS JOIN LATERAL (
       SELECT json_agg(json_build_object('day', greatest((t.valid_from AT TIME ZONE $3)::date - month.first + 1, 0),
                'planId', t.plan_id, 'planVersion', t.plan_version, 'sku', p.sku, 'staticIp', t.static_ip,
                'monthlyAmount', t.monthly_amount::text, 'currency', t.currency, 'taxPercent', v.tax_percent::text)
                ORDER BY t.valid_from, t.id) AS list
         FROM service_terms t JOIN plans p ON p.id = t.plan_id
         JOIN plan_versions v ON v.plan_id = t.plan_id AND v.version = t.plan_version
        WHERE t.partner_id = s.partner_id AND t.service_id = s.id AND t.valid_from < month.ends) terms
    WHERE s.partner_id = $1 AND s.id > $4 AND s.created_at < month.ends AND (s.terminated_at IS NULL OR s.terminated_at >= month.starts)
      AND steps.list IS NOT NULL AND terms.list IS NOT NULL
    ORDER BY s.id LIMIT $5`,
);

export interface Basis {
  readonly partnerId: number;
  /** `YYYY-MM`. */
  readonly month: string;
  /** IANA name. */
  readonly timeZone: string;
  /** Per cent, decimal text. */
  readonly suspendedPercent: string;
}

/** Computes settlements from what happened, which never changes: the same basis gives the same lines for ever. */
@Injectable()
export class SettlementComputer {
  /** Services that are in memory at a time, and in one statement. */
  readonly servicesAtOnce: number = 1_000;

  constructor(private readonly uow: UnitOfWork) {}

  /** With all lines: for a person to look at. */
  compute(actor: Actor, basis: Basis): Promise<ComputedSettlement> {
    const lines: SettlementLine[] = [];
    return this.uow.run(actor, async () => {
      const sum = await this.inSlices(actor, basis, (slice) => void lines.push(...slice));
      return { ...basis, ...sum.result, lines };
    });
  }

  /** Hands the lines on slice by slice, and answers what they came to. */
  inSlices(
    actor: Actor,
    basis: Basis,
    take: (lines: readonly SettlementLine[], position: number) => Promise<unknown> | void = () => undefined,
  ): Promise<SettlementSum> {
    const month = { days: daysIn(basis.month), suspendedPercent: basis.suspendedPercent };
    return this.uow.run(actor, async (tx) => {
      const sum = new SettlementSum(basis);
      for (let after = 0; ;) {
        const services = await this.services(tx, basis, after);
        const lines = linesOf(services, month);
        const position = sum.lineCount;
        sum.add(lines);
        if (lines.length > 0) await take(lines, position);
        if (services.length < this.servicesAtOnce) return sum;
        after = services.at(-1)?.serviceId ?? after;
      }
    });
  }

  private services(tx: Transaction, { partnerId, month, timeZone }: Basis, after: number): Promise<ServiceMonth[]> {
    return tx.query<ServiceMonth>(SERVICES, [partnerId, `${month}-01`, timeZone, after, this.servicesAtOnce]);
  }
}

/** What lines come to as they pass by. */
export class SettlementSum {
  lineCount = 0;
  private totals: readonly SettlementTotal[] = [];
  private readonly hash: Hash;

  constructor({ partnerId, month, timeZone, suspendedPercent }: Basis) {
    this.hash = createHash('sha256').update(JSON.stringify([partnerId, month, timeZone, suspendedPercent]));
  }

  add(lines: readonly SettlementLine[]): void {
    for (const line of lines) this.hash.update(`\n${textOf(line)}`);
    this.totals = totalsOf([...this.totals, ...lines]);
    this.lineCount += lines.length;
  }

  get result(): { readonly totals: readonly SettlementTotal[]; readonly digest: string } {
    return { totals: this.totals, digest: this.hash.copy().digest('hex') };
  }
}

/** Days of `YYYY-MM`. */
function daysIn(month: string): number {
  const [year = 0, number = 0] = month.split('-').map(Number);
  if (number !== 2) return [4, 6, 9, 11].includes(number) ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

/** The same for the same basis and lines, whoever computes it: fields in one order, amounts as text. */
export function digestOf(basis: Basis, lines: readonly SettlementLine[]): string {
  const sum = new SettlementSum(basis);
  sum.add(lines);
  return sum.result.digest;
}

/** All that a line says, as one text. */
export function textOf(line: SettlementLine): string {
  const periods = line.periods.map(({ from, to }) => `${from}-${to}`).join('+');
  const { serviceId, kind, planId, planVersion, sku, staticIp, days, unitAmount, percent, currency } = line;
  const { net, taxPercent, tax, gross } = line;
  const what = [serviceId, kind, planId, planVersion, sku, staticIp, periods, days];
  return [...what, unitAmount, percent, currency, net, taxPercent, tax, gross].join(' ');
}
