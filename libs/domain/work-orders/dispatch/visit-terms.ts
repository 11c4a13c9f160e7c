import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { assertOperator } from '@isp/domain/workforce';
import { changesBetween } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { workOrderErrors } from '../work-orders/work-order.errors.js';
import type { WorkOrderType } from '../work-orders/work-order.states.js';

/** What a visit of a type of work order takes. */
export interface VisitTermsView {
  readonly type: WorkOrderType;
  readonly minutes: number;
  /** What whoever goes must be able to do. */
  readonly skills: readonly string[];
  /** No time is offered that is nearer. */
  readonly noticeMinutes: number;
  /** No time is offered that is further. */
  readonly horizonDays: number;
  /** New work orders are given their appointment without anybody asking. */
  readonly automatic: boolean;
  readonly version: number;
  readonly updatedAt: Date;
}
export type VisitTermsChanges = {
  readonly [K in Exclude<keyof VisitTermsView, 'type' | 'version' | 'updatedAt'>]?: VisitTermsView[K] | undefined;
};

const COLUMNS = `type, minutes, skills, notice_minutes AS "noticeMinutes", horizon_days AS "horizonDays", automatic, version,
  updated_at AS "updatedAt"`;
const LIST = statement('visit-terms-list', `SELECT ${COLUMNS} FROM visit_terms ORDER BY type`);
const LOCK = statement('visit-terms-lock', `SELECT ${COLUMNS} FROM visit_terms WHERE type = $1 FOR UPDATE`);
const SAVE = statement(
  'visit-terms-save',
  `UPDATE visit_terms SET minutes = $2, skills = $3, notice_minutes = $4, horizon_days = $5, automatic = $6, version = version + 1,
          updated_at = now() WHERE type = $1 RETURNING ${COLUMNS}`,
);

/** How long visits take and who can make them. Appointments that are booked stay as they are when this changes. */
@Injectable()
export class VisitTerms {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  /** @throws `workforce.operator_only` */
  list(actor: Actor): Promise<VisitTermsView[]> {
    assertOperator(actor);
    return this.uow.read(actor, (tx) => tx.query<VisitTermsView>(LIST));
  }

  /** @throws `workforce.operator_only`, `work_orders.visit_terms.stale` */
  change(actor: Actor, type: WorkOrderType, ifMatch: number | undefined, changes: VisitTermsChanges) {
    assertOperator(actor);
    return this.uow.run(actor, async (tx): Promise<VisitTermsView> => {
      const before = (await tx.one<VisitTermsView>(LOCK, [type])) as VisitTermsView;
      if (ifMatch !== undefined && ifMatch !== before.version) throw workOrderErrors('work_orders.visit_terms.stale');
      const diff = changesBetween(before, changes);
      if (Object.keys(diff).length === 0) return before;
      const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const { minutes, skills, noticeMinutes, horizonDays, automatic } = { ...before, ...given };
      const values = [type, minutes, [...new Set(skills)].sort(), noticeMinutes, horizonDays, automatic];
      const subject = { type: 'visit_terms', id: type };
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'visit_terms.change',
        subject,
        changes: diff,
      });
      return (await tx.one<VisitTermsView>(SAVE, values)) as VisitTermsView;
    });
  }
}
