import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { Outbox } from '@isp/platform/work';
import type { CaseView } from './case.view.js';

/** Says what happened in a case: once to the audit trail, once to whoever listens. */
@Injectable()
export class DunningFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  note(actor: Actor, action: string, it: CaseView, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'dunning_case', id: it.id };
    this.audit.record({ actor, partnerId: it.partnerId, action: `dunning_case.${action}`, subject, changes });
  }

  opened(it: CaseView, daysOverdue: number): void {
    this.outbox.add('dunning.case.opened.v1', payloadOf(it, daysOverdue));
  }

  closed(it: CaseView): void {
    this.outbox.add('dunning.case.closed.v1', { ...payloadOf(it, 0), closed_for: it.closedFor ?? '' });
  }

  reminded(
    it: CaseView,
    daysOverdue: number,
    invoice: { readonly id: number; readonly number: string; readonly dueOn: string } | undefined,
  ): void {
    this.outbox.add('dunning.reminder.due.v1', {
      ...payloadOf(it, daysOverdue),
      invoice_id: invoice?.id ?? 0,
      invoice_number: invoice?.number ?? '',
      due_date: invoice?.dueOn ?? it.overdueSince,
    });
  }

  took(it: CaseView, daysOverdue: number, action: string): void {
    this.outbox.add('dunning.step.taken.v1', { ...payloadOf(it, daysOverdue), action });
  }

  restored(it: CaseView, daysOverdue: number, services: number): void {
    this.outbox.add('dunning.service.restored.v1', { ...payloadOf(it, daysOverdue), services });
  }
}

function payloadOf(it: CaseView, daysOverdue: number) {
  return {
    partner_id: it.partnerId,
    customer_id: it.customerId,
    dunning_case_id: it.id,
    account_id: it.accountId,
    overdue_amount: it.overdueAmount,
    currency: it.currency,
    overdue_since: it.closedAt ? '' : it.overdueSince,
    days_overdue: daysOverdue,
    sequence: it.version,
  };
}
