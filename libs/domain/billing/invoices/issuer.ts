import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, addDays, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { failPoint } from '@isp/platform/fail-points';
import type { AccountView } from '../accounts/account.view.js';
import { Settlement } from '../payments/settlement.js';
import { BillingFacts } from './billing.facts.js';
import { InvoiceRepository } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';

/** Issues drafts of a locked account: number, ledger, events, and credit that waits for an invoice. */
@Injectable()
export class Issuer {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly settlement: Settlement,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async issue(actor: Actor, account: AccountView, draft: InvoiceView): Promise<InvoiceView> {
    const now = this.clock.now();
    const today = localDate(now, account.timeZone);
    const dueOn = draft.document === 'credit_note' ? null : (draft.dueOn ?? addDays(today, account.paymentDays));
    const issued = await this.invoices.issue(draft.id, now, today, dueOn);
    failPoint('billing.after-number');
    this.facts.issued(issued);
    this.facts.note(actor, 'invoice.issue', issued, { number: issued.number, total_amount: issued.totalAmount });
    return this.settled(account, issued, now);
  }

  /** The number's lock is held by now: nothing is asked of the database that is not needed. */
  private async settled(account: AccountView, issued: InvoiceView, now: Date): Promise<InvoiceView> {
    const { id, correctsId } = issued;
    if (issued.document === 'credit_note') {
      const from = { paymentId: null, creditNoteId: id };
      if (correctsId !== null) await this.settlement.run(account, now, { from, invoiceIds: [correctsId] });
      await this.settlement.run(account, now);
      return this.invoices.get(id);
    }
    if (Number(account.creditAmount) === 0) return issued;
    await this.settlement.run(account, now);
    return this.invoices.get(id);
  }
}
