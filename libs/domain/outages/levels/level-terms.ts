import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { assertOperator, outageErrors } from '../outages.errors.js';

/** What is promised of services of a plan from a day on, beside the plan's own share of time, and what it costs to break it. */
export interface LevelTermsView {
  readonly id: number;
  /** Null: plans without terms of their own. */
  readonly planId: number | null;
  readonly from: string;
  readonly latencyMs: number | null;
  readonly packetLossPercent: number | null;
  /** Of the monthly fee, decimal text, for each so many minutes below the level, and at most in all. */
  readonly creditPercent: string;
  readonly creditMinutes: number;
  readonly creditUnit: 'started' | 'full';
  readonly creditCapPercent: string;
  readonly creditWhen: 'month_end' | 'at_once';
  readonly createdBy: string;
}

const COLUMNS = `id, plan_id AS "planId", from_on::text AS "from", latency_ms::float8 AS "latencyMs",
  packet_loss_percent::float8 AS "packetLossPercent", credit_percent::text AS "creditPercent", credit_minutes AS "creditMinutes",
  credit_unit AS "creditUnit", credit_cap_percent::text AS "creditCapPercent", credit_when AS "creditWhen", created_by AS "createdBy"`;
const MATCH = 'FROM service_level_terms WHERE ($1::integer IS NULL OR plan_id = $1)';
const LIST = statement('service-level-terms-list', `SELECT ${COLUMNS} ${MATCH} ORDER BY id DESC LIMIT $2 OFFSET $3`);
const COUNT = statement('service-level-terms-count', `SELECT count(*)::integer AS total ${MATCH}`);
const ADD = statement(
  'service-level-terms-add',
  `INSERT INTO service_level_terms (plan_id, from_on, latency_ms, packet_loss_percent, credit_percent, credit_minutes, credit_unit,
          credit_cap_percent, credit_when, created_by, created_at)
   SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 WHERE $1::integer IS NULL OR EXISTS (SELECT FROM plans WHERE id = $1)
   RETURNING ${COLUMNS}`,
);

export type NewLevelTerms = Omit<LevelTermsView, 'id' | 'createdBy'>;

/** Promises and credit policies, as data. A month is measured by the terms that held on its first day. */
@Injectable()
export class LevelTerms {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor, planId: number | undefined, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<LevelTermsView>(LIST, [planId ?? null, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [planId ?? null]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `outages.terms.unknown_plan`, `outages.terms.exists`, `outages.terms.past` */
  add(actor: Actor, terms: NewLevelTerms): Promise<LevelTermsView> {
    const now = this.clock.now();
    assertOperator(actor);
    // What was promised of a month that has begun stays what it was.
    if (terms.from < localDate(now, 'UTC')) throw outageErrors('outages.terms.past');
    const { planId, from, latencyMs, packetLossPercent, creditPercent, creditMinutes } = terms;
    const { creditUnit, creditCapPercent, creditWhen } = terms;
    const credit = [creditPercent, creditMinutes, creditUnit, creditCapPercent, creditWhen];
    return this.uow.run(actor, async (tx) => {
      try {
        const values = [planId, from, latencyMs, packetLossPercent, ...credit, actor.name, now];
        const made = await tx.one<LevelTermsView>(ADD, values);
        if (!made) throw outageErrors('outages.terms.unknown_plan');
        const subject = { type: 'service_level_terms', id: made.id };
        const note = { actor, partnerId: OPERATOR_PARTNER_ID, action: 'service_level_terms.create', subject };
        this.audit.record({ ...note, changes: { ...terms } });
        return made;
      } catch (error) {
        if (violatedConstraint(error) === 'service_level_terms_once') throw outageErrors('outages.terms.exists');
        throw error;
      }
    });
  }
}
