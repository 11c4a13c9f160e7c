import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, addDays, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { failPoint } from '@isp/platform/fail-points';
import type { BilledAccount } from '../accounts/account.view.js';
import { Settlement } from '../payments/settlement.js';
import { BillingFacts } from './billing.facts.js';
import { InvoiceRepository, type NewDocument } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';

/** What is to be known of a document in order to date it. */
type Undated = Pick<NewDocument, 'document'> & { readonly dueOn?: string | null | undefined };

type Issued = Pick<InvoiceView, 'id' | 'document' | 'correctsId'>;

/** A credit note pays for what is open, and an invoice is paid by credit that waits for it. */
const maySettle = ({ creditAmount }: BilledAccount, { document }: Pick<Issued, 'document'>): boolean =>
  document === 'credit_note' || Number(creditAmount) !== 0;

/** Issues documents of locked accounts: number, ledger, events, and credit that waits for an invoice. */
@Injectable()
export class Issuer {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly settlement: Settlement,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async issue(actor: Actor, account: BilledAccount, draft: InvoiceView): Promise<InvoiceView> {
    const now = this.clock.now();
    const issued = await this.invoices.issue({ id: draft.id, ...this.datesOf(account, draft, now) }, now);
    failPoint('billing.after-number');
    this.facts.issued(issued);
    await this.settle(account, issued, now);
    this.facts.note(actor, 'invoice.issue', issued, { number: issued.number, total_amount: issued.totalAmount });
    return maySettle(account, issued) ? this.invoices.get(issued.id) : issued;
  }

  /**
   * Writes and issues documents of different accounts at once: none is ever a draft. Where none of them settles anything it
   * is done together with COMMIT, and so is its failure.
   * @throws `billing.period.already_invoiced`
   */
  async issueNew(documents: readonly NewDocument[]): Promise<void> {
    const now = this.clock.now();
    const dated = documents.map((document) => {
      const { on, dueOn } = this.datesOf(document.account, document, now);
      return { on, document: { ...document, dueOn: dueOn ?? undefined } };
    });
    this.facts.issuedAtOnce();
    if (!documents.some((document) => maySettle(document.account, document)))
      return this.invoices.issueNewAtLast(dated, now);
    const ids = await this.invoices.issueNew(dated, now);
    failPoint('billing.after-number');
    for (const [index, { account, document, correctsId = null }] of documents.entries())
      await this.settle(account, { id: ids[index] as number, document, correctsId }, now);
  }

  private datesOf(account: BilledAccount, { document, dueOn }: Undated, now: Date) {
    const on = localDate(now, account.timeZone);
    return { on, dueOn: document === 'credit_note' ? null : (dueOn ?? addDays(on, account.paymentDays)) };
  }

  /** The number's lock is held by now: nothing is asked of the database that is not needed. */
  private async settle(account: BilledAccount, issued: Issued, now: Date): Promise<void> {
    if (!maySettle(account, issued)) return;
    const { id, correctsId } = issued;
    const from = { paymentId: null, creditNoteId: id };
    if (correctsId !== null) await this.settlement.run(account, now, { from, invoiceIds: [correctsId] });
    await this.settlement.run(account, now);
  }
}
