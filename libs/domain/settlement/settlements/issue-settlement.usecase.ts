import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { PartnerQueries } from '@isp/domain/partners';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, guarded, statement } from '@isp/platform/database';
import { settlementErrors } from '../settlement.errors.js';
import { type Basis, SettlementComputer } from './settlement-computer.js';
import { SettlementQueries } from './settlement.queries.js';
import { SettlementTerms } from './settlement-terms.js';
import type { ComputedSettlement, SettlementView } from './settlement.view.js';

const OVER = statement(
  'settlement-month-over',
  `SELECT ($1::date + interval '1 month') AT TIME ZONE $2 <= $3::timestamptz AS over`,
);
const INSERT = statement(
  'settlements-insert',
  `INSERT INTO settlements (partner_id, month, time_zone, suspended_percent, totals, line_count, digest, issued_by, issued_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
);
const LINES = statement(
  'settlement-lines-insert',
  `INSERT INTO settlement_lines (partner_id, settlement_id, position, service_id, service_guid, kind, plan_id, plan_version, sku,
     static_ip, periods, days, unit_amount, percent, currency, net_amount, tax_percent, tax_amount, gross_amount)
   SELECT $1, $2, $4 + one.position, l."serviceId", l."serviceGuid", l.kind, l."planId", l."planVersion", l.sku, l."staticIp", l.periods,
          l.days, l."unitAmount", l.percent, l.currency, l.net, l."taxPercent", l.tax, l.gross
     FROM jsonb_array_elements($3::jsonb) WITH ORDINALITY AS one (line, position)
     CROSS JOIN LATERAL jsonb_to_record(one.line) AS l ("serviceId" integer, "serviceGuid" uuid, kind text, "planId" integer,
       "planVersion" integer, sku text, "staticIp" boolean, periods jsonb, days integer, "unitAmount" numeric, percent numeric,
       currency text, net numeric, "taxPercent" numeric, tax numeric, gross numeric)`,
);

export interface SettlementInput {
  readonly actor: Actor;
  readonly partnerId: number;
  /** `YYYY-MM`. */
  readonly month: string;
}

/** Computes what a partner owes for a month, and issues it: from then on it never changes. */
@Injectable()
export class IssueSettlement {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    private readonly terms: SettlementTerms,
    private readonly computer: SettlementComputer,
    private readonly queries: SettlementQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What it would be as things are; changes nothing. @throws `partners.partner.not_found`, `settlement.partner.operator` */
  preview({ actor, partnerId, month }: SettlementInput): Promise<ComputedSettlement> {
    return this.uow.run(actor, async () => {
      const basis = await this.basis(actor, partnerId, month);
      return this.computer.compute(actor, basis);
    });
  }

  /**
   * Computed twice, so that its lines need not all be in memory for what they come to, which stands before them.
   * @throws `partners.partner.not_found`, `settlement.partner.operator`, `settlement.month.not_over`,
   *   `settlement.settlement.issued_already`, `settlement.month.changed` when somebody changed the month meanwhile
   */
  execute({ actor, partnerId, month }: SettlementInput): Promise<SettlementView> {
    return this.uow.run(actor, async (tx) => {
      const basis = await this.basis(actor, partnerId, month);
      const { timeZone, suspendedPercent } = basis;
      const computed = await this.computer.inSlices(actor, basis);
      const { totals, digest } = computed.result;
      const now = this.clock.now();
      const first = `${month}-01`;
      const ended = await tx.one<{ over: boolean }>(OVER, [first, timeZone, now]);
      if (!ended?.over) throw settlementErrors('settlement.month.not_over', { month });
      const values = [timeZone, suspendedPercent, JSON.stringify(totals), computed.lineCount, digest, actor.name, now];
      const insert = tx.one<{ id: number }>(INSERT, [partnerId, first, ...values]);
      const { id } = (await guarded(insert, {
        settlements_partner_id_month_key: () => settlementErrors('settlement.settlement.issued_already', { month }),
      })) as { id: number };
      const again = await this.computer.inSlices(actor, basis, (lines, position) =>
        tx.execute(LINES, [partnerId, id, JSON.stringify(lines), position]),
      );
      if (again.result.digest !== digest) throw settlementErrors('settlement.month.changed', { month });
      const subject = { type: 'settlement', id };
      const changes = { month, totals, lines: computed.lineCount, digest };
      this.audit.record({ actor, partnerId, action: 'settlement.issue', subject, changes });
      return this.queries.get(actor, partnerId, month);
    });
  }

  private async basis(actor: Actor, partnerId: number, month: string): Promise<Basis> {
    const { kind, timeZone } = await this.partners.get(actor, partnerId);
    if (kind === 'operator') throw settlementErrors('settlement.partner.operator');
    const { suspendedPercent } = await this.terms.inForce(actor, partnerId, month);
    return { partnerId, month, timeZone, suspendedPercent };
  }
}
