import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { BillingFacts } from '../invoices/billing.facts.js';
import { INVOICE_COLUMNS, type InvoiceView } from '../invoices/invoice.view.js';
import { WriteOffBook } from '../write-offs/write-off-book.js';
import { type FreeMoney, type NewAllocation, type OpenDebt, settle } from './settle.js';

// What was there first is used first; money that is meant for certain invoices goes before all other.
const FREE = statement(
  'settlement-free',
  `SELECT id AS "paymentId", NULL::integer AS "creditNoteId", (amount - allocated_amount - refunded_amount)::text AS amount, received_at AS since
     FROM payments WHERE account_id = $1 AND status = 'received' AND allocated_amount + refunded_amount < amount
   UNION ALL
   SELECT NULL, id, (-total_amount - settled_amount)::text, issued_at FROM invoices
    WHERE account_id = $1 AND status = 'issued' AND settled_amount < -total_amount
   ORDER BY since, 1, 2`,
);
const OPEN = statement(
  'settlement-open',
  `SELECT i.id AS "invoiceId", NULL::integer AS "excessOfId", (i.total_amount - i.settled_amount)::text AS amount, i.due_on AS due FROM invoices i
    WHERE i.account_id = $1 AND i.status IN ('pending', 'partially_paid', 'overdue')
   UNION ALL
   SELECT NULL, p.id, (p.excess_amount - p.covered_amount)::text, (p.reversed_at AT TIME ZONE a.time_zone)::date FROM payments p
     JOIN billing_accounts a ON a.id = p.account_id WHERE p.account_id = $1 AND p.excess_amount > p.covered_amount
    ORDER BY due, 1, 2`,
);
const ALLOCATE = statement(
  'settlement-allocate',
  `INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id, credit_note_id, amount, at)
   SELECT a.partner_id, a.customer_id, a.id, n."invoiceId", n."excessOfId", n."paymentId", n."creditNoteId", n.amount, $3
     FROM billing_accounts a
    CROSS JOIN jsonb_to_recordset($2) AS n ("invoiceId" integer, "excessOfId" integer, "paymentId" integer, "creditNoteId" integer, amount numeric)
    WHERE a.id = $1`,
);
const UNDO = statement(
  'settlement-undo',
  `INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id, amount, at)
   SELECT partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id, -sum(amount), $2 FROM allocations
    WHERE payment_id = $1 GROUP BY partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id HAVING sum(amount) <> 0`,
);
// The last that was paid is the first to be open again.
const RELEASE = statement(
  'settlement-release',
  `INSERT INTO allocations (partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id, amount, at)
   SELECT partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id, -least(net, $3 - (up_to - net)), $2
     FROM (SELECT partner_id, customer_id, account_id, invoice_id, excess_of_id, payment_id, sum(amount) AS net, sum(sum(amount)) OVER (ORDER BY max(id) DESC) AS up_to
             FROM allocations WHERE payment_id = $1 GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(amount) <> 0) a
    WHERE up_to - net < $3`,
);
// Closed by this money, also where a part was given up before: whoever follows the invoice is waiting for nothing more.
const PAID = statement(
  'settlement-paid',
  `SELECT ${INVOICE_COLUMNS} FROM invoices i WHERE i.id = ANY ($1) AND i.status IN ('paid', 'uncollectible') ORDER BY i.id`,
);

/** Money for certain invoices, and for what banks took back beyond certain payments. */
interface Meant {
  readonly from: Omit<FreeMoney, 'amount'>;
  readonly invoiceIds: readonly number[];
  readonly excessOfIds?: readonly number[] | undefined;
}

/** Brings free money and open invoices of an account together. The account is locked by whoever calls. */
@Injectable()
export class Settlement {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly facts: BillingFacts,
    private readonly writeOffs: WriteOffBook,
  ) {}

  /**
   * Uses what is free, oldest first.
   * @param meant what the money of `from` is meant for: it pays that alone, invoices first, also what was written off
   */
  async run(account: { readonly id: number; readonly currency: string }, at: Date, meant?: Meant): Promise<void> {
    const tx = this.uow.tx;
    const [free, owed, givenUp] = await Promise.all([
      tx.query<FreeMoney>(FREE, [account.id]),
      tx.query<OpenDebt>(OPEN, [account.id]),
      meant ? this.writeOffs.givenUp(account.id, meant.invoiceIds, meant.excessOfIds ?? []) : [],
    ]);
    const money = meant && free.find((one) => isFrom(one, meant.from));
    const recovered = money && givenUp.length > 0 && (await this.writeOffs.recover(account, givenUp, money, at));
    const open = recovered ? await tx.query<OpenDebt>(OPEN, [account.id]) : owed;
    const allocations = meant ? meantFor(free, open, meant, account.currency) : settle(free, open, account.currency);
    if (allocations.length === 0) return;
    await tx.execute(ALLOCATE, [account.id, JSON.stringify(allocations), at]);
    const paid = await tx.query<InvoiceView>(PAID, [
      [...new Set(allocations.flatMap(({ invoiceId }) => invoiceId ?? []))],
    ]);
    for (const invoice of paid) this.facts.happened('paid', invoice);
  }

  /** Takes a payment's allocations back: its invoices are open again. */
  async undo(paymentId: number, at: Date): Promise<void> {
    await this.uow.tx.execute(UNDO, [paymentId, at]);
  }

  /** Takes so much of a payment's allocations back. @param amount decimal text */
  async release(paymentId: number, amount: string, at: Date): Promise<void> {
    await this.uow.tx.execute(RELEASE, [paymentId, at, amount]);
  }
}

function isFrom(money: FreeMoney, { paymentId, creditNoteId }: Omit<FreeMoney, 'amount'>): boolean {
  return money.paymentId === paymentId && money.creditNoteId === creditNoteId;
}

function meantFor(
  free: readonly FreeMoney[],
  open: readonly OpenDebt[],
  { from, invoiceIds, excessOfIds = [] }: Meant,
  currency: string,
): NewAllocation[] {
  const own = free.filter((money) => isFrom(money, from));
  const named = [...new Set(invoiceIds)].flatMap((id) => open.filter(({ invoiceId }) => invoiceId === id));
  const owedAgain = open.filter(({ excessOfId }) => excessOfId !== null && excessOfIds.includes(excessOfId));
  return settle(own, [...named, ...owedAgain], currency);
}
