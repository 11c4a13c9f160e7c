import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { unusedOf } from '../accounts/balance.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { PaymentQueries } from './payment.queries.js';
import type { PaymentView } from './payment.view.js';
import { REFUND_COLUMNS, type RefundView } from './refund.view.js';
import { Settlement } from './settlement.js';

const CHARGED = statement('refunds-charged', 'SELECT 1 FROM charges WHERE payment_id = $1');
const INSERT = statement(
  'refunds-insert',
  `INSERT INTO refunds AS r (partner_id, customer_id, account_id, payment_id, currency, amount, channel, status, reference, reason, created_by,
          created_at, finished_at, updated_at)
   SELECT partner_id, customer_id, account_id, id, currency, $2, $3, CASE $3 WHEN 'hand' THEN 'succeeded' ELSE 'processing' END, $4, $5, $6, $7,
          CASE $3 WHEN 'hand' THEN $7::timestamptz END, $7 FROM payments WHERE id = $1 RETURNING ${REFUND_COLUMNS}`,
);

export interface RefundPaymentInput {
  readonly actor: Actor;
  readonly paymentId: number;
  /** Decimal text; all that is left when absent. */
  readonly amount?: string | undefined;
  /** By the gateway that took it, where one did, when absent. */
  readonly channel?: 'gateway' | 'hand' | undefined;
  /** Of the transfer or the receipt, by hand. */
  readonly reference?: string | undefined;
  readonly reason: string;
}

/**
 * Gives money of a payment back: what is free of it first, then what paid invoices, the last one first, which are open
 * again (a credit note makes up for that); of an account that pays ahead only what is not used. What is under way counts: together refunds never exceed the payment.
 * @throws `billing.payment.not_found`, `billing.payment.reversed`, `billing.payment.unfit`, `billing.refund.too_much`,
 *   `billing.refund.no_gateway`
 */
@Injectable()
export class RefundPayment {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly payments: PaymentQueries,
    private readonly settlement: Settlement,
    private readonly facts: BillingFacts,
    private readonly work: WorkQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: RefundPaymentInput): Promise<RefundView> {
    const { actor, paymentId, reference, reason } = input;
    return this.uow.run(actor, async (tx) => {
      const now = this.clock.now();
      const account = await this.accounts.lock((await this.payments.get(actor, paymentId)).accountId);
      const payment = await this.payments.get(actor, paymentId);
      if (payment.status === 'reversed') throw billingErrors('billing.payment.reversed');
      const amount = this.amountOf(payment, input.amount, account);
      const charged = (await tx.one(CHARGED, [paymentId])) !== undefined;
      const channel = input.channel ?? (charged ? 'gateway' : 'hand');
      if (channel === 'gateway' && !charged) throw billingErrors('billing.refund.no_gateway');
      const missing = amount.minus(freeOf(payment));
      if (missing.isPositive()) await this.settlement.release(paymentId, missing.toText(), now);
      const values = [paymentId, amount.toText(), channel, reference ?? null, reason, actor.name, now];
      const refund = (await tx.one<RefundView>(INSERT, values)) as RefundView;
      await this.settlement.run(account, now);
      if (channel === 'hand') this.facts.refund('succeeded', refund);
      else this.work.enqueueOnCommit('billing.refund', { refund_id: refund.id }, { dedupeKey: String(refund.id) });
      this.facts.note(actor, 'payment.refund', payment, { amount: refund.amount, channel, reason });
      return refund;
    });
  }

  private amountOf(payment: PaymentView, wanted: string | undefined, account: AccountView): Money {
    const { amount, refundedAmount, currency } = payment;
    const kept = Money.of(amount, currency).minus(Money.of(refundedAmount, currency));
    // Who pays ahead gets what is not used, also where a credit note gave it back: that pays what the payment did.
    const unused = unusedOf(account);
    const left = account.kind === 'prepaid' && unused.compare(kept) < 0 ? unused : kept;
    const reading = readAmount(wanted ?? left.toText(), { currency });
    if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
    const asked = Money.of(reading.amount, currency);
    if (asked.compare(left) > 0 || !left.isPositive())
      throw billingErrors('billing.refund.too_much', { left: left.toText() });
    if (asked.isZero()) throw billingErrors('billing.payment.unfit', { problem: 'must not be zero' });
    return asked;
  }
}

function freeOf({ amount, allocatedAmount, refundedAmount, currency }: PaymentView): Money {
  return Money.of(amount, currency)
    .minus(Money.of(allocatedAmount, currency))
    .minus(Money.of(refundedAmount, currency));
}
