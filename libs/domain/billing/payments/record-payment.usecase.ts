import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, addSeconds, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { PaymentQueries } from './payment.queries.js';
import type { PaymentMethod, PaymentView } from './payment.view.js';
import { Settlement } from './settlement.js';

const INSERT = statement(
  'payments-insert',
  `INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, reference, received_at, notes, created_by, created_at, updated_at)
   SELECT partner_id, customer_id, id, currency, $2, $3, $4, $5, $6, $7, $8, $8 FROM billing_accounts WHERE id = $1 RETURNING id`,
);
const ISSUED = statement(
  'payments-invoices-issued',
  `SELECT count(*)::integer AS found FROM invoices WHERE id = ANY ($1) AND account_id = $2 AND document = 'invoice' AND status NOT IN ('draft', 'void')`,
);

/** The day of a bank may be a day ahead of ours. */
const AHEAD_SECONDS = 86_400;

export interface RecordPaymentInput {
  readonly actor: Actor;
  readonly accountId: number;
  /** Decimal text. */
  readonly amount: string;
  readonly method: PaymentMethod;
  readonly reference?: string | undefined;
  /** Now when absent. */
  readonly receivedAt?: Date | undefined;
  readonly notes?: string | undefined;
  /** What it pays, in this order; the oldest due first when absent. What is more than they are is credit. */
  readonly invoiceIds?: readonly number[] | undefined;
  /** After these invoices: payments of which a bank took back more than was left, which is owed again. */
  readonly excessOfIds?: readonly number[] | undefined;
}

/**
 * Books money that came in, and pays open invoices with it.
 * @throws `billing.account.not_found`, `billing.payment.unfit`, `billing.payment.ahead`, `billing.payment.duplicate`, `billing.payment.unknown_invoice`
 */
@Injectable()
export class RecordPayment {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly payments: PaymentQueries,
    private readonly settlement: Settlement,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: RecordPaymentInput): Promise<PaymentView> {
    const { actor, accountId, invoiceIds, excessOfIds } = input;
    const isMeant = invoiceIds !== undefined || excessOfIds !== undefined;
    return this.uow.run(actor, async () => {
      const now = this.clock.now();
      const account = await this.accounts.lock(accountId);
      const reading = readAmount(input.amount, { currency: account.currency });
      if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
      if (reading.amount.isZero()) throw billingErrors('billing.payment.unfit', { problem: 'must not be zero' });
      if (input.receivedAt && input.receivedAt > addSeconds(now, AHEAD_SECONDS))
        throw billingErrors('billing.payment.ahead');
      if (invoiceIds) await this.refuseUnknown(invoiceIds, accountId);
      const id = await this.insert(input, now);
      const from = { paymentId: id, creditNoteId: null };
      await this.settlement.run(
        account,
        now,
        isMeant ? { from, invoiceIds: invoiceIds ?? [], excessOfIds } : undefined,
      );
      const payment = await this.payments.get(actor, id);
      this.facts.payment('received', payment);
      const { amount, method, reference } = payment;
      this.facts.note(actor, 'payment.record', payment, { amount, method, ...(reference ? { reference } : {}) });
      return payment;
    });
  }

  private async refuseUnknown(invoiceIds: readonly number[], accountId: number): Promise<void> {
    const ids = [...new Set(invoiceIds)];
    const row = await this.uow.tx.one<{ found: number }>(ISSUED, [ids, accountId]);
    if (row?.found !== ids.length) throw billingErrors('billing.payment.unknown_invoice');
  }

  private async insert(input: RecordPaymentInput, now: Date): Promise<number> {
    const { actor, accountId, amount, method, reference, receivedAt, notes } = input;
    const values = [accountId, amount, method, reference ?? null, receivedAt ?? now, notes ?? null, actor.name, now];
    try {
      return ((await this.uow.tx.one<{ id: number }>(INSERT, values)) as { id: number }).id;
    } catch (error) {
      if (violatedConstraint(error) === 'payments_reference') throw billingErrors('billing.payment.duplicate');
      throw error;
    }
  }
}
