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
import { least } from '../write-offs/write-off.policy.js';

const REVERSE = statement(
  'payments-reverse',
  `UPDATE payments SET status = 'reversed', reversed_at = $2, reversal_reason = $3, excess_amount = $4, version = version + 1, updated_at = $2 WHERE id = $1`,
);

const REFUNDING = statement(
  'payments-refunding',
  `SELECT 1 FROM refunds WHERE payment_id = $1 AND status IN ('processing', 'unknown')`,
);

export interface ReversePaymentInput {
  readonly actor: Actor;
  readonly paymentId: number;
  readonly reason: string;
  /** What was taken back, decimal text; where nothing was refunded it is the payment, and may be absent. */
  readonly amount?: string | undefined;
  /** A gateway took it: what was left of it, or as much as it says. Nobody is there who could name an amount. */
  readonly disputed?: boolean | undefined;
}

/**
 * Takes a payment back that did not stay (a returned debit, a bounced cheque): its invoices are open again. Other credit
 * of the account then pays what it can of them. What was refunded stays refunded, and whoever reverses must know it. Where the
 * bank took more than was left, the customer has that twice, and owes it at once.
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

  /** As `execute`, but for a payment that is reversed already: what was taken back must fit it all the same. */
  unlessReversed(input: ReversePaymentInput): Promise<PaymentView> {
    return this.uow.run(input.actor, async () => {
      const payment = await this.payments.get(input.actor, input.paymentId);
      if (payment.status !== 'reversed') return this.execute(input);
      if (input.amount !== undefined) excessOf(payment, input.amount);
      return payment;
    });
  }

  execute({ actor, paymentId, reason, amount, disputed = false }: ReversePaymentInput): Promise<PaymentView> {
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const account = await this.accounts.lock((await this.payments.get(actor, paymentId)).accountId);
      const payment = await this.payments.get(actor, paymentId);
      if (payment.status === 'reversed') throw billingErrors('billing.payment.reversed');
      if (await this.uow.tx.one(REFUNDING, [paymentId])) throw billingErrors('billing.payment.refunding');
      const excess = disputed ? excessOfDispute(payment, amount) : excessOf(payment, amount);
      await this.settlement.undo(paymentId, now);
      await this.uow.tx.execute(REVERSE, [paymentId, now, reason, excess.toText()]);
      await this.settlement.run(account, now);
      const reversed = await this.payments.get(actor, paymentId);
      this.facts.payment('reversed', reversed);
      this.facts.note(actor, 'payment.reverse', reversed, {
        status: ['received', 'reversed'],
        reason,
        ...(excess.isZero() ? {} : { excess_amount: excess.toText() }),
      });
      return reversed;
    });
  }
}

const leftOf = ({ amount, refundedAmount, currency }: PaymentView): Money =>
  Money.of(amount, currency).minus(Money.of(refundedAmount, currency));

/** What a gateway took beyond what was left: never more than the payment was. Nothing where it does not say how much it took. */
function excessOfDispute(payment: PaymentView, taken: string | undefined): Money {
  const { amount, currency } = payment;
  const zero = Money.zero(currency);
  if (taken === undefined) return zero;
  const excess = least(Money.of(taken, currency), Money.of(amount, currency)).minus(leftOf(payment));
  return excess.isPositive() ? excess : zero;
}

/** What was taken beyond what was left. All that is left of a payment is taken back at least, and all that it was at most. */
function excessOf(payment: PaymentView, taken: string | undefined): Money {
  const { amount, refundedAmount, currency } = payment;
  const left = leftOf(payment);
  const refunded = Money.of(refundedAmount, currency);
  const refused = () =>
    refunded.isPositive()
      ? billingErrors('billing.payment.refunded', {
          refunded: refunded.toText(),
          left: left.toText(),
          amount: left.plus(refunded).toText(),
        })
      : billingErrors('billing.payment.unfit', { problem: `must be that of the payment, ${left.toText()}` });
  if (taken === undefined && refunded.isPositive()) throw refused();
  const reading = readAmount(taken ?? amount, { currency });
  if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
  const excess = Money.of(reading.amount, currency).minus(left);
  if (excess.isNegative() || excess.compare(refunded) > 0) throw refused();
  return excess;
}
