import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
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

/**
 * Takes a payment back that did not stay (a returned debit, a bounced cheque): its invoices are open again. Other credit
 * of the account then pays what it can of them.
 * @throws `billing.payment.not_found`, `billing.payment.reversed`, `billing.payment.refunding`
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

  execute(input: { readonly actor: Actor; readonly paymentId: number; readonly reason: string }): Promise<PaymentView> {
    const { actor, paymentId, reason } = input;
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const account = await this.accounts.lock((await this.payments.get(actor, paymentId)).accountId);
      const payment = await this.payments.get(actor, paymentId);
      if (payment.status === 'reversed') throw billingErrors('billing.payment.reversed');
      if (await this.uow.tx.one(REFUNDING, [paymentId])) throw billingErrors('billing.payment.refunding');
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
