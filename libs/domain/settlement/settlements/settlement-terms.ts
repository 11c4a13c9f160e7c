import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { PartnerQueries } from '@isp/domain/partners';
import { type Clock, roundHalfUp } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { settlementErrors } from '../settlement.errors.js';

export interface AgreedTerms {
  /** `YYYY-MM`, the first month that they are for; null for what holds where nothing was agreed. */
  readonly fromMonth: string | null;
  /** What days cost on which a line is suspended: per cent of the price, decimal text. */
  readonly suspendedPercent: string;
}

/** A line that is suspended is still the partner's, and nobody else can be sold it. */
const UNLESS_AGREED: AgreedTerms = { fromMonth: null, suspendedPercent: '100.000' };

const IN_FORCE = statement(
  'settlement-terms-in-force',
  `SELECT to_char(from_month, 'YYYY-MM') AS "fromMonth", suspended_percent::text AS "suspendedPercent" FROM settlement_terms WHERE partner_id = $1 AND from_month <= $2
    ORDER BY from_month DESC, id DESC LIMIT 1`,
);
const SETTLED = statement(
  'settlement-terms-settled',
  `SELECT to_char(max(month), 'YYYY-MM') AS month FROM settlements WHERE partner_id = $1 AND month >= $2`,
);
const INSERT = statement(
  'settlement-terms-insert',
  `INSERT INTO settlement_terms (partner_id, from_month, suspended_percent, set_by, set_at) VALUES ($1, $2, $3, $4, $5)`,
);

export interface SetSettlementTermsInput {
  readonly actor: Actor;
  readonly partnerId: number;
  /** `YYYY-MM`, the first month that they are for. */
  readonly fromMonth: string;
  /** What days cost on which a line is suspended: per cent of the price, decimal text. */
  readonly suspendedPercent: string;
}

/** What was agreed with a partner about its settlements. */
@Injectable()
export class SettlementTerms {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly partners: PartnerQueries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** What holds in a month (`YYYY-MM`). @throws `partners.partner.not_found`, also for one behind another wall */
  inForce(actor: Actor, partnerId: number, month: string): Promise<AgreedTerms> {
    return this.uow.run(actor, async (tx) => {
      await this.partners.get(actor, partnerId);
      return (await tx.one<AgreedTerms>(IN_FORCE, [partnerId, `${month}-01`])) ?? UNLESS_AGREED;
    });
  }

  /**
   * From a month on that is not settled yet.
   * @throws `partners.partner.not_found`, `settlement.partner.operator`, `settlement.terms.month_settled`
   */
  set({ actor, partnerId, fromMonth, suspendedPercent }: SetSettlementTermsInput): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const partner = await this.partners.get(actor, partnerId);
      if (partner.kind === 'operator') throw settlementErrors('settlement.partner.operator');
      const first = `${fromMonth}-01`;
      const settled = await tx.one<{ month: string | null }>(SETTLED, [partnerId, first]);
      if (settled?.month) throw settlementErrors('settlement.terms.month_settled', { month: settled.month });
      const percent = roundHalfUp(suspendedPercent, 3).toFixed(3);
      await tx.execute(INSERT, [partnerId, first, percent, actor.name, this.clock.now()]);
      const subject = { type: 'partner', id: partnerId };
      const changes = { from_month: fromMonth, suspended_percent: percent };
      this.audit.record({ actor, partnerId, action: 'settlement.set_terms', subject, changes });
    });
  }
}
