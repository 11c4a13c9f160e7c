import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { PaymentQueries } from './payment.queries.js';
import type { PaymentView } from './payment.view.js';
import { Settlement } from './settlement.js';

const REVERSE = statement(
  'payments-reverse',
  `UPDATE payments SET status = 'reversed', reversed_at = $2, reversal_reason = $3, version = version + 1, updated_at = $2 WHERE id = $1`,
);

const REFUNDING = statement(
  'payments-refunding',
  `SELECT 1 FROM refunds WHERE payment_id = $1 AND status IN ('processing', 'unknown')`,
);

export interface ReversePaymentInput {
  readonly actor: Actor;
  readonly paymentId: number;
  readonly reason: string;
  /** What was taken back, decimal text; `rest` is whatever was not refunded, and the whole payment is meant when absent. */
  readonly amount?: string | 'rest' | undefined;
}

/**
 * Takes a payment back that did not stay (a returned debit, a bounced cheque): its invoices are open again. Other credit
 * of the account then pays what it can of them. What was refunded stays refunded, and whoever reverses must know it.
 * @throws `billing.payment.not_found`, `billing.payment.reversed`, `billing.payment.refunding`, `billing.payment.refunded`,
 *   `billing.payment.unfit`
 */
@Injectable()
export class ReversePayment {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly payments: PaymentQueries,
    private readonly settlement: Settlement,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, paymentId, reason, amount }: ReversePaymentInput): Promise<PaymentView> {
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const account = await this.accounts.lock((await this.payments.get(actor, paymentId)).accountId);
      const payment = await this.payments.get(actor, paymentId);
      if (payment.status === 'reversed') throw billingErrors('billing.payment.reversed');
      if (await this.uow.tx.one(REFUNDING, [paymentId])) throw billingErrors('billing.payment.refunding');
      if (amount !== 'rest') refuseOther(payment, amount ?? payment.amount);
      await this.settlement.undo(paymentId, now);
      await this.uow.tx.execute(REVERSE, [paymentId, now, reason]);
      await this.settlement.run(account, now);
      const reversed = await this.payments.get(actor, paymentId);
      this.facts.payment('reversed', reversed);
      this.facts.note(actor, 'payment.reverse', reversed, { status: ['received', 'reversed'], reason });
      return reversed;
    });
  }
}

/** All that is left of a payment can be taken back, and no other amount. */
function refuseOther({ amount, refundedAmount, currency }: PaymentView, taken: string): void {
  const reading = readAmount(taken, { currency });
  if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
  const refunded = Money.of(refundedAmount, currency);
  const left = Money.of(amount, currency).minus(refunded);
  if (Money.of(reading.amount, currency).equals(left)) return;
  if (refunded.isPositive())
    throw billingErrors('billing.payment.refunded', { refunded: refunded.toText(), left: left.toText() });
  throw billingErrors('billing.payment.unfit', { problem: `must be that of the payment, ${left.toText()}` });
}
