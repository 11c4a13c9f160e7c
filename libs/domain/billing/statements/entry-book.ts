import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import { type BankEntryView, ENTRY_COLUMNS, type EntryStatus } from './bank-statement.view.js';

const LOCK = statement('bank-entries-lock', `SELECT ${ENTRY_COLUMNS} FROM bank_entries e WHERE e.id = $1 FOR UPDATE`);
const MOVE = statement(
  'bank-entries-move',
  `UPDATE bank_entries e SET status = $2, rule = $3, matched_by = $4, payment_id = $5, reason = $6, version = version + 1, updated_at = $7,
          returned_payment_id = $8, returned_amount = coalesce($9, returned_amount)
    WHERE id = $1 RETURNING ${ENTRY_COLUMNS}`,
);

const TAKEN_BACK = statement('bank-entries-taken-back', 'SELECT id FROM bank_entries WHERE returned_payment_id = $1');

const LONGEST_REASON = 250;

export interface EntryTarget {
  readonly accountId: number;
  readonly invoiceIds?: readonly number[] | undefined;
}

/** What becomes of bank entries. An entry is held while it is booked: of two who match it at once one does. */
@Injectable()
export class EntryBook {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly payments: RecordPayment,
    private readonly reverse: ReversePayment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @throws `billing.entry.not_found` */
  async lock(id: number): Promise<BankEntryView> {
    const entry = await this.uow.tx.one<BankEntryView>(LOCK, [id]);
    if (!entry) throw billingErrors('billing.entry.not_found');
    return entry;
  }

  /** Books a locked entry as a payment. */
  async book(actor: Actor, entry: BankEntryView, rule: string, target: EntryTarget): Promise<BankEntryView> {
    const { id, amount, currency, bookedOn, payerName, remittance, version } = entry;
    const payment = await this.payments.execute({
      actor,
      accountId: target.accountId,
      amount: Money.of(amount, currency).toText(),
      method: 'bank_transfer',
      reference: `bank-entry:${id}.${version}`,
      receivedAt: new Date(Math.min(Date.parse(`${bookedOn}T12:00:00Z`), this.clock.now().getTime())),
      notes: [payerName, remittance].filter(Boolean).join(': '),
      invoiceIds: target.invoiceIds,
    });
    return this.move(entry, { status: 'matched', rule, matchedBy: actor.name, paymentId: payment.id });
  }

  /**
   * Says that with a locked entry the bank took a payment back, which is reversed unless somebody has done so before.
   * `amount`: what of the entry that is, decimal text; the rest are charges. Otherwise it is as the bank says.
   * @throws `billing.payment.not_found`, `billing.payment.returned`, `billing.payment.refunding`, `billing.payment.refunded`,
   *   `billing.payment.unfit`, `billing.entry.too_little`
   */
  async takeBack(
    actor: Actor,
    entry: BankEntryView,
    {
      rule,
      paymentId,
      amount,
    }: { readonly rule: string; readonly paymentId: number; readonly amount?: string | undefined },
  ): Promise<BankEntryView> {
    const { currency, remittance } = entry;
    const whole = Money.of(entry.amount, currency).negated();
    const said = entry.returnedAmount === null ? whole : Money.of(entry.returnedAmount, currency);
    const taken = amount ?? said.toText();
    if (Money.of(taken, currency).compare(whole) > 0)
      throw billingErrors('billing.entry.too_little', { amount: whole.toText() });
    await this.assertNotReturned(paymentId);
    const reason = `The bank took it back${remittance === '' ? '' : `: ${remittance}`}`.slice(0, LONGEST_REASON);
    await this.reverse.unlessReversed({ actor, paymentId, reason, amount: taken });
    const returned = { returnedPaymentId: paymentId, returnedAmount: taken };
    return this.move(entry, { status: 'matched', rule, matchedBy: actor.name, ...returned });
  }

  /** @throws `billing.payment.returned` */
  async assertNotReturned(paymentId: number): Promise<void> {
    const entry = await this.uow.tx.one<{ id: number }>(TAKEN_BACK, [paymentId]);
    if (entry) throw billingErrors('billing.payment.returned', { entry: entry.id });
  }

  /** Says that a locked entry is a payment that is recorded already. */
  link(actor: Actor, entry: BankEntryView, rule: string, paymentId: number): Promise<BankEntryView> {
    return this.move(entry, { status: 'matched', rule, matchedBy: actor.name, paymentId });
  }

  async move(
    { id }: BankEntryView,
    to: {
      readonly status: EntryStatus;
      readonly rule?: string;
      readonly matchedBy?: string;
      readonly paymentId?: number;
      readonly returnedPaymentId?: number;
      readonly returnedAmount?: string;
      readonly reason?: string | undefined;
    },
  ): Promise<BankEntryView> {
    const { status, rule = null, matchedBy = null, paymentId = null, reason = null } = to;
    const returned = [to.returnedPaymentId ?? null, to.returnedAmount ?? null];
    const values = [id, status, rule, matchedBy, paymentId, reason, this.clock.now(), ...returned];
    return (await this.uow.tx.one<BankEntryView>(MOVE, values)) as BankEntryView;
  }
}
