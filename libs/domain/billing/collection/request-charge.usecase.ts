import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { PaymentMethods } from '../methods/payment-methods.js';
import type { PaymentMethodView } from '../methods/payment-method.view.js';
import { CHARGE_COLUMNS, type ChargeView } from './charge.view.js';

// What is under way counts for the invoices that it is meant for, and all of it for the account.
const DUE = statement(
  'charges-due',
  `WITH open AS (
     SELECT id, NULL::integer AS excess_of_id, due_on, total_amount - settled_amount AS amount FROM invoices
      WHERE account_id = $1 AND status IN ('pending', 'partially_paid', 'overdue')
     UNION ALL
     SELECT NULL, id, NULL, excess_amount - covered_amount FROM payments WHERE account_id = $1 AND excess_amount > covered_amount),
   named AS (SELECT * FROM open WHERE $2::integer[] IS NULL OR id = ANY ($2) OR excess_of_id = ANY ($4::integer[])),
   pending AS (SELECT amount, invoice_ids, excess_of_ids FROM charges WHERE account_id = $1 AND status IN ('processing', 'requires_action', 'unknown'))
   SELECT (SELECT coalesce(array_agg(id ORDER BY due_on, id) FILTER (WHERE id IS NOT NULL), '{}') FROM named) AS "invoiceIds",
          (SELECT coalesce(array_agg(excess_of_id ORDER BY excess_of_id) FILTER (WHERE excess_of_id IS NOT NULL), '{}') FROM named) AS "excessOfIds",
          (SELECT coalesce(sum(amount), 0) FROM pending)::text AS pending,
          greatest(0, least(
            (SELECT coalesce(sum(amount), 0) FROM named) - (SELECT coalesce(sum(amount), 0) FROM pending
              WHERE $2 IS NOT NULL AND (invoice_ids && $2 OR excess_of_ids && $4)),
            (SELECT coalesce(sum(amount), 0) FROM open) - $3::numeric - (SELECT coalesce(sum(amount), 0) FROM pending)))::text AS due`,
);
const INSERT = statement(
  'charges-insert',
  `INSERT INTO charges AS c (partner_id, customer_id, account_id, payment_method_id, gateway, purpose, invoice_ids, excess_of_ids, currency, amount,
          automatic, attempt, retry_of_id, created_by, created_at, updated_at)
   SELECT a.partner_id, a.customer_id, a.id, m.id, m.gateway, $3, $4, $11, a.currency, $5, $6, $7, $8, $9, $10, $10
     FROM billing_accounts a JOIN payment_methods m ON m.id = $2 WHERE a.id = $1 RETURNING ${CHARGE_COLUMNS}`,
);
const KNOWN = statement(
  'charges-invoices-known',
  `SELECT count(*)::integer AS found FROM invoices WHERE id = ANY ($1) AND account_id = $2 AND document = 'invoice' AND status NOT IN ('draft', 'void')`,
);

export interface RequestChargeInput {
  readonly actor: Actor;
  readonly accountId: number;
  readonly purpose: 'invoices' | 'top_up';
  /** What it pays, in this order; all that is owed when absent. */
  readonly invoiceIds?: readonly number[] | undefined;
  /** Beside these invoices: payments of which a bank took back more than was left. */
  readonly excessOfIds?: readonly number[] | undefined;
  /** Decimal text; all that is due when absent. A top-up needs it. */
  readonly amount?: string | undefined;
  /** The customer's default when absent. */
  readonly paymentMethodId?: number | undefined;
  /** By itself on the due date; the charge that it repeats. */
  readonly automatic?: { readonly attempt: number; readonly retryOfId: number | null } | undefined;
}

/** How much, and of what. */
interface Due {
  readonly amount: Money;
  readonly invoiceIds: readonly number[];
  readonly excessOfIds: readonly number[];
}

/**
 * Accepts a charge: from the commit on it is promised, and work under its one key finds out what becomes of it. What is
 * under way is never charged a second time.
 * @throws `billing.account.not_found`, `billing.payment.unfit`, `billing.payment.unknown_invoice`,
 *   `billing.charge.nothing_due`, `billing.charge.too_much`, `billing.method.unknown`, `billing.method.none`,
 *   `billing.method.expired`; by itself also `billing.charge.not_agreed`, `billing.method.refused`
 */
@Injectable()
export class RequestCharge {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly methods: PaymentMethods,
    private readonly facts: BillingFacts,
    private readonly work: WorkQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: RequestChargeInput): Promise<ChargeView> {
    return this.uow.run(input.actor, async () => {
      const account = await this.accounts.lock(input.accountId);
      // Looked at under the lock: whoever ends the agreement holds the account too.
      if (input.automatic && !account.autopay) throw billingErrors('billing.charge.not_agreed');
      const method = await this.methods.chargeable(account, input.paymentMethodId);
      if (input.automatic && method.refusedCode !== null) throw billingErrors('billing.method.refused');
      const due =
        input.purpose === 'top_up'
          ? { amount: amountOf(input.amount ?? '0', account), invoiceIds: [], excessOfIds: [] }
          : await this.dueOf(account, input);
      return this.insert(input, account, method, due);
    });
  }

  private async dueOf(account: AccountView, input: RequestChargeInput): Promise<Due> {
    const { invoiceIds, excessOfIds, amount } = input;
    if (invoiceIds) {
      const ids = [...new Set(invoiceIds)];
      const known = await this.uow.tx.one<{ found: number }>(KNOWN, [ids, account.id]);
      if (known?.found !== ids.length) throw billingErrors('billing.payment.unknown_invoice');
    }
    const row = (await this.uow.tx.one(DUE, [
      account.id,
      invoiceIds ?? null,
      account.creditAmount,
      invoiceIds ? (excessOfIds ?? []) : null,
    ])) as {
      invoiceIds: number[];
      excessOfIds: number[];
      pending: string;
      due: string;
    };
    const due = Money.of(row.due, account.currency);
    if (!due.isPositive()) {
      const pending = Money.of(row.pending, account.currency).toText();
      throw billingErrors('billing.charge.nothing_due', { pending });
    }
    const asked = amount === undefined ? due : amountOf(amount, account);
    if (asked.compare(due) > 0) throw billingErrors('billing.charge.too_much', { left: due.toText() });
    const open = invoiceIds?.filter((id) => row.invoiceIds.includes(id)) ?? row.invoiceIds;
    return { amount: asked, invoiceIds: open, excessOfIds: row.excessOfIds };
  }

  private async insert(
    { actor, purpose, automatic }: RequestChargeInput,
    account: AccountView,
    method: PaymentMethodView,
    { amount, invoiceIds, excessOfIds }: Due,
  ): Promise<ChargeView> {
    const { attempt, retryOfId } = automatic ?? { attempt: 1, retryOfId: null };
    const charge = (await this.uow.tx.one<ChargeView>(INSERT, [
      account.id,
      method.id,
      purpose,
      invoiceIds,
      amount.toText(),
      automatic !== undefined,
      attempt,
      retryOfId,
      actor.name,
      this.clock.now(),
      excessOfIds,
    ])) as ChargeView;
    this.work.enqueueOnCommit('billing.charge', { charge_id: charge.id }, { dedupeKey: String(charge.id) });
    this.facts.note(actor, 'charge.request', charge, { amount: charge.amount, purpose, payment_method_id: method.id });
    return charge;
  }
}

function amountOf(text: string, { currency }: AccountView): Money {
  const reading = readAmount(text, { currency });
  if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
  if (reading.amount.isZero()) throw billingErrors('billing.payment.unfit', { problem: 'must not be zero' });
  return Money.of(reading.amount, currency);
}
