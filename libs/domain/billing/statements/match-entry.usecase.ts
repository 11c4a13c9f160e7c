import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { AccountQueries } from '../accounts/account.queries.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { PaymentQueries } from '../payments/payment.queries.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import type { BankEntryView } from './bank-statement.view.js';
import { EntryBook, type EntryTarget } from './entry-book.js';

/** What people decide about bank entries. */
@Injectable()
export class MatchEntry {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: EntryBook,
    private readonly accounts: AccountQueries,
    private readonly payments: PaymentQueries,
    private readonly reverse: ReversePayment,
    private readonly facts: BillingFacts,
  ) {}

  /**
   * Books an entry as a payment of an account.
   * @throws `billing.entry.not_found`, `billing.entry.settled`, `billing.entry.outgoing`, `billing.entry.other_currency`,
   *   `billing.entry.other_partner`, `billing.account.not_found`, `billing.payment.unknown_invoice`
   */
  match(actor: Actor, entryId: number, target: EntryTarget): Promise<BankEntryView> {
    return this.uow.run(actor, async () => {
      const entry = await this.open(entryId);
      if (entry.amount.startsWith('-')) throw billingErrors('billing.entry.outgoing');
      const account = await this.accounts.get(actor, target.accountId);
      assertFits(entry, account);
      const matched = await this.book.book(actor, entry, 'by_hand', target);
      this.note(actor, 'bank_entry.match', matched, { account_id: target.accountId });
      return matched;
    });
  }

  /**
   * With an entry that went out the bank took a payment back, which is reversed unless somebody has done so before.
   * `amount`: what of the entry that is, decimal text; the rest are charges of the bank.
   * @throws `billing.entry.not_found`, `billing.entry.settled`, `billing.entry.incoming`, `billing.entry.other_currency`,
   *   `billing.entry.other_partner`, `billing.entry.too_little`, `billing.payment.not_found`, `billing.payment.returned`, `billing.payment.refunding`,
   *   `billing.payment.refunded`, `billing.payment.unfit`
   */
  takeBack(actor: Actor, entryId: number, paymentId: number, amount?: string): Promise<BankEntryView> {
    return this.uow.run(actor, async () => {
      const entry = await this.open(entryId);
      if (!entry.amount.startsWith('-')) throw billingErrors('billing.entry.incoming');
      const payment = await this.payments.get(actor, paymentId);
      assertFits(entry, payment);
      const matched = await this.book.takeBack(actor, entry, { rule: 'by_hand', paymentId, amount });
      this.note(actor, 'bank_entry.return', matched, { payment_id: paymentId });
      return matched;
    });
  }

  /** It is no payment of a customer. @throws `billing.entry.not_found`, `billing.entry.settled` */
  ignore(actor: Actor, entryId: number, reason: string): Promise<BankEntryView> {
    return this.uow.run(actor, async () => {
      const ignored = await this.book.move(await this.open(entryId), { status: 'ignored', reason });
      this.note(actor, 'bank_entry.ignore', ignored, { reason });
      return ignored;
    });
  }

  /**
   * Takes a match or a decision back. A payment that was made of the entry is reversed; one that the bank took back stays
   * what it was, since its money is gone.
   * @throws `billing.entry.not_found`, `billing.entry.returned`, `billing.payment.returned`, `billing.payment.refunding`,
   *   `billing.payment.refunded`
   */
  reopen(actor: Actor, entryId: number, reason: string): Promise<BankEntryView> {
    return this.uow.run(actor, async () => {
      const { id, paymentId, returnedPaymentId, rule } = await this.book.lock(entryId);
      if (returnedPaymentId !== null) throw billingErrors('billing.entry.returned', { payment: returnedPaymentId });
      if (paymentId !== null) await this.book.assertNotReturned(paymentId);
      if (paymentId !== null && rule !== 'recorded_before')
        await this.reverse.unlessReversed({ actor, paymentId, reason });
      const opened = await this.book.move({ id } as BankEntryView, { status: 'unmatched', reason });
      this.note(actor, 'bank_entry.reopen', opened, { reason, payment_id: paymentId });
      return opened;
    });
  }

  private async open(entryId: number): Promise<BankEntryView> {
    const entry = await this.book.lock(entryId);
    if (entry.status === 'matched' || entry.status === 'ignored')
      throw billingErrors('billing.entry.settled', { status: entry.status });
    return entry;
  }

  private note(actor: Actor, action: string, { id }: BankEntryView, changes: Readonly<Record<string, unknown>>): void {
    this.facts.note(actor, action, { partnerId: actor.partnerId, id }, changes);
  }
}

/** @throws `billing.entry.other_currency`, `billing.entry.other_partner` */
function assertFits(
  { partnerId, currency }: BankEntryView,
  other: { readonly partnerId: number; readonly currency: string },
): void {
  if (other.currency !== currency) throw billingErrors('billing.entry.other_currency', { currency });
  if (partnerId !== OPERATOR_PARTNER_ID && other.partnerId !== partnerId)
    throw billingErrors('billing.entry.other_partner');
}
