import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, changesBetween, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { refuseLongAgo } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from './billing.facts.js';
import { InvoiceRepository } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';

export interface ChangeDraftInput {
  readonly actor: Actor;
  readonly invoiceId: number;
  readonly changes: {
    /** `YYYY-MM-DD`; null: as many days after the issue as the account has. */
    readonly dueOn?: string | null | undefined;
    readonly notes?: string | null | undefined;
  };
}

/**
 * Changes what a person may say of a draft. Its lines come from what they charge: who wants others changes that, or throws
 * the draft away and writes another.
 * @throws `billing.invoice.not_found`, `billing.invoice.not_draft`, `billing.credit_note.never_due`, `billing.day.far`
 */
@Injectable()
export class ChangeDraft {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly invoices: InvoiceRepository,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, invoiceId, changes }: ChangeDraftInput): Promise<InvoiceView> {
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock((await this.invoices.get(invoiceId)).accountId);
      const draft = await this.invoices.get(invoiceId);
      if (draft.status !== 'draft') throw billingErrors('billing.invoice.not_draft', { status: draft.status });
      const { dueOn = draft.dueOn, notes = draft.notes } = changes;
      if (dueOn !== null && draft.document === 'credit_note') throw billingErrors('billing.credit_note.never_due');
      const now = this.clock.now();
      if (dueOn !== null) refuseLongAgo('due_date', dueOn, localDate(now, account.timeZone));
      const changed = await this.invoices.changeDraft(invoiceId, { dueOn, notes }, now);
      this.facts.note(actor, 'invoice.update', changed, changesBetween(draft, { dueOn, notes }));
      return changed;
    });
  }
}
