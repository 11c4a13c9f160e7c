import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, addDays, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { failPoint } from '@isp/platform/fail-points';
import type { AccountView } from '../accounts/account.view.js';
import { Settlement } from '../payments/settlement.js';
import { BillingFacts } from './billing.facts.js';
import { InvoiceRepository, type NewDocument } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';

interface Ready {
  readonly account: AccountView;
  readonly draft: Draft;
}

/** What is to be known of a document in order to date it. */
type Undated = Pick<NewDocument, 'document'> & { readonly dueOn?: string | null | undefined };
type Draft = Pick<InvoiceView, 'id'> & Undated;

/** Issues documents of locked accounts: number, ledger, events, and credit that waits for an invoice. */
@Injectable()
export class Issuer {
  constructor(
    private readonly invoices: InvoiceRepository,
    private readonly settlement: Settlement,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async issue(actor: Actor, account: AccountView, draft: InvoiceView): Promise<InvoiceView> {
    const [issued] = (await this.issueAll([{ account, draft }])) as [InvoiceView];
    this.facts.note(actor, 'invoice.issue', issued, { number: issued.number, total_amount: issued.totalAmount });
    return Number(account.creditAmount) === 0 && issued.document === 'invoice' ? issued : this.invoices.get(issued.id);
  }

  /** Issues drafts of different accounts, in as few statements as there are for one. As they were issued, before settlement. */
  async issueAll(drafts: readonly Ready[]): Promise<InvoiceView[]> {
    const now = this.clock.now();
    const dated = drafts.map(({ account, draft }) => ({ id: draft.id, ...this.datesOf(account, draft, now) }));
    return this.follow(
      await this.invoices.issueAll(dated, now),
      drafts.map(({ account }) => account),
      now,
    );
  }

  /**
   * Writes and issues documents of different accounts at once: none is ever a draft.
   * @throws `billing.period.already_invoiced`
   */
  async issueNew(documents: readonly NewDocument[]): Promise<InvoiceView[]> {
    const now = this.clock.now();
    const dated = documents.map((document) => {
      const { on, dueOn } = this.datesOf(document.account, document, now);
      return { on, document: { ...document, dueOn: dueOn ?? undefined } };
    });
    return this.follow(
      await this.invoices.issueNew(dated, now),
      documents.map(({ account }) => account),
      now,
    );
  }

  private datesOf(account: AccountView, { document, dueOn }: Undated, now: Date) {
    const on = localDate(now, account.timeZone);
    return { on, dueOn: document === 'credit_note' ? null : (dueOn ?? addDays(on, account.paymentDays)) };
  }

  /** What comes of documents that have their numbers. */
  private async follow(
    issued: readonly InvoiceView[],
    accounts: readonly AccountView[],
    now: Date,
  ): Promise<InvoiceView[]> {
    failPoint('billing.after-number');
    const owners = new Map(accounts.map((account) => [account.id, account]));
    for (const invoice of issued) this.facts.issued(invoice);
    for (const invoice of issued) await this.settle(owners.get(invoice.accountId) as AccountView, invoice, now);
    return [...issued];
  }

  /** The number's lock is held by now: nothing is asked of the database that is not needed. */
  private async settle(account: AccountView, { id, document, correctsId }: InvoiceView, now: Date): Promise<void> {
    if (document === 'invoice' && Number(account.creditAmount) === 0) return;
    const from = { paymentId: null, creditNoteId: id };
    if (correctsId !== null) await this.settlement.run(account, now, { from, invoiceIds: [correctsId] });
    await this.settlement.run(account, now);
  }
}
