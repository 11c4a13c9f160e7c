import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { Money } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { BillingFacts, type TakenBackPayment } from '../invoices/billing.facts.js';
import { INVOICE_COLUMNS, type InvoiceView } from '../invoices/invoice.view.js';
import type { FreeMoney } from '../payments/settle.js';
import {
  type NewReversal,
  type OpenDebt,
  type StandingWriteOff,
  least,
  reverseOf,
  taxShareOf,
} from './write-off.policy.js';
import { type Debt, OF_INVOICE, WRITE_OFF_COLUMNS, type WriteOffReason, type WriteOffView } from './write-off.view.js';

/** What is known of the debt of an invoice; `i` and its account `a`. */
export const DEBT_COLUMNS = `i.id AS "invoiceId", NULL::integer AS "excessOfId", i.account_id AS "accountId", i.currency, (i.total_amount - i.settled_amount)::text AS "openAmount",
  (i.total_amount + c.total)::text AS "totalAmount", (i.tax_amount + c.tax)::text AS "taxAmount",
  (SELECT coalesce(sum(w.reclaimed_tax_amount - w.reversed_tax_amount), 0) FROM write_offs w WHERE w.invoice_id = i.id)::text AS "reclaimedTaxAmount"`;
/** What credit notes took back of `i`. */
export const CREDITED = `CROSS JOIN LATERAL (SELECT coalesce(sum(n.total_amount), 0) AS total, coalesce(sum(n.tax_amount), 0) AS tax
  FROM invoices n WHERE n.corrects_id = i.id AND n.status = 'issued') c`;
const OPEN = `i.status IN ('pending', 'partially_paid', 'overdue')`;
/** Nothing was sold for an excess: there is no tax in it. */
const EXCESS = `SELECT NULL::integer AS "invoiceId", p.id AS "excessOfId", p.account_id AS "accountId", p.currency,
  (p.excess_amount - p.covered_amount)::text AS "openAmount", '0' AS "totalAmount", '0' AS "taxAmount", '0' AS "reclaimedTaxAmount"
  FROM payments p WHERE p.excess_amount > p.covered_amount`;
const OF_INVOICES = statement(
  'write-offs-open-invoices',
  `SELECT ${DEBT_COLUMNS} FROM invoices i ${CREDITED} WHERE i.id = ANY ($1) AND ${OPEN} ORDER BY i.due_on, i.id`,
);
const OF_EXCESS = statement('write-offs-open-excess', `${EXCESS} AND p.id = $1`);
// Of one account the invoices, the oldest due first, and then what banks took.
const OF_ACCOUNT = statement(
  'write-offs-open-of-account',
  `(SELECT ${DEBT_COLUMNS} FROM invoices i ${CREDITED} WHERE i.account_id = $1 AND ${OPEN} ORDER BY i.due_on, i.id)
   UNION ALL (${EXCESS} AND p.account_id = $1 ORDER BY p.id)`,
);
const INSERT = statement(
  'write-offs-insert',
  `WITH w AS (
     INSERT INTO write_offs (partner_id, customer_id, account_id, invoice_id, excess_of_id, currency, amount, reclaimed_tax_amount, reason, note, created_by, created_at, updated_at)
     SELECT a.partner_id, a.customer_id, a.id, d.invoice_id, d.excess_of_id, a.currency, d.amount, d.tax, $2, $3, $4, $5, $5
       FROM ROWS FROM (jsonb_to_recordset($1) AS (account_id integer, invoice_id integer, excess_of_id integer, amount numeric, tax numeric))
              WITH ORDINALITY AS d (account_id, invoice_id, excess_of_id, amount, tax, place)
       JOIN billing_accounts a ON a.id = d.account_id ORDER BY d.place RETURNING *)
   SELECT ${WRITE_OFF_COLUMNS} FROM w ${OF_INVOICE} ORDER BY w.id`,
);
const INVOICES = statement(
  'write-offs-invoices',
  `SELECT ${INVOICE_COLUMNS} FROM invoices i WHERE i.id = ANY ($1) ORDER BY i.id`,
);
const PAYMENTS = statement(
  'write-offs-payments',
  `SELECT p.id, p.partner_id AS "partnerId", p.customer_id AS "customerId", p.account_id AS "accountId", p.currency, p.version
     FROM payments p WHERE p.id = ANY ($1)`,
);
const STANDING = `SELECT w.id, w.invoice_id AS "invoiceId", w.excess_of_id AS "excessOfId", w.currency, w.amount::text AS amount, w.reclaimed_tax_amount::text AS "reclaimedTaxAmount",
  w.reversed_amount::text AS "reversedAmount", w.reversed_tax_amount::text AS "reversedTaxAmount" FROM write_offs w`;
// The last that was written off is the first to be owed again.
const STANDING_OF = statement(
  'write-offs-standing',
  `${STANDING} WHERE w.account_id = $1 AND (w.invoice_id = ANY ($2) OR w.excess_of_id = ANY ($3)) AND w.reversed_amount < w.amount ORDER BY w.id DESC`,
);
const STANDING_ONE = statement('write-offs-standing-one', `${STANDING} WHERE w.id = $1`);
const REVERSE = statement(
  'write-offs-reverse',
  `INSERT INTO write_off_reversals (partner_id, customer_id, account_id, write_off_id, amount, tax_amount, payment_id, credit_note_id, reason, created_by, created_at)
   SELECT w.partner_id, w.customer_id, w.account_id, w.id, d.amount, d.tax, $2, $3, $4, $5, $6
     FROM jsonb_to_recordset($1) AS d (id integer, amount numeric, tax numeric) JOIN write_offs w ON w.id = d.id ORDER BY w.id`,
);
const GIVEN_UP = statement(
  'write-offs-given-up',
  `(SELECT i.id AS "invoiceId", NULL::integer AS "excessOfId", (i.total_amount - i.settled_amount)::text AS "openAmount", i.written_off_amount::text AS "writtenOffAmount"
      FROM invoices i WHERE i.account_id = $1 AND i.id = ANY ($2) AND i.written_off_amount > 0 ORDER BY array_position($2, i.id))
   UNION ALL
   (SELECT NULL, p.id, (p.excess_amount - p.covered_amount)::text, p.excess_written_off_amount::text
      FROM payments p WHERE p.account_id = $1 AND p.id = ANY ($3) AND p.excess_written_off_amount > 0 ORDER BY p.id)`,
);

/** How much of which debt is given up. */
export interface NewWriteOff {
  readonly debt: OpenDebt;
  readonly amount: Money;
}

/** Why it is given up, by whom and when. */
export interface GivingUp {
  readonly actor: Actor;
  readonly reason: WriteOffReason;
  readonly note?: string | undefined;
  /** The tax in it is claimed back: the law of the issuer allows it. */
  readonly reclaimTax?: boolean | undefined;
  readonly at: Date;
}

/** What is open of a debt, and what was given up. Decimal text. */
interface GivenUp extends Debt {
  readonly openAmount: string;
  readonly writtenOffAmount: string;
}

/** The money that came after all, or who takes it back and why. */
interface TakingBack {
  readonly paymentId?: number | null;
  readonly creditNoteId?: number | null;
  readonly reason?: string | undefined;
  readonly by: string;
  readonly at: Date;
}

type Standing = StandingWriteOff & Debt;

/** What a debt is of, and who says what became of it. */
interface Subject {
  readonly type: 'invoice' | 'payment';
  readonly id: number;
  readonly partnerId: number;
  tell(what: 'written_off' | 'write_off_reversed', of: { readonly amount: string; readonly reason: string }): void;
}

const isOf =
  (debt: Debt) =>
  (one: Debt): boolean =>
    one.invoiceId === debt.invoiceId && one.excessOfId === debt.excessOfId;
const invoicesOf = (debts: readonly Debt[]): number[] => debts.flatMap(({ invoiceId }) => invoiceId ?? []);
const paymentsOf = (debts: readonly Debt[]): number[] => debts.flatMap(({ excessOfId }) => excessOfId ?? []);

/** Writes debts off and takes that back. Accounts are locked by whoever calls. */
@Injectable()
export class WriteOffBook {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly facts: BillingFacts,
  ) {}

  /** What is open of these invoices; of those that are settled nothing is answered. */
  openOf(invoiceIds: readonly number[]): Promise<OpenDebt[]> {
    return this.uow.tx.query<OpenDebt>(OF_INVOICES, [invoiceIds]);
  }

  /** What is open of what a bank took back beyond a payment. */
  openOfExcess(paymentId: number): Promise<OpenDebt | undefined> {
    return this.uow.tx.one<OpenDebt>(OF_EXCESS, [paymentId]);
  }

  /** What is open of an account: of invoices, the oldest due first, and of what banks took back. */
  openOfAccount(accountId: number): Promise<OpenDebt[]> {
    return this.uow.tx.query<OpenDebt>(OF_ACCOUNT, [accountId]);
  }

  /** Gives debts up, in one statement, and says so. */
  async write(debts: readonly NewWriteOff[], why: GivingUp): Promise<WriteOffView[]> {
    const { actor, reason, note = null, reclaimTax = false, at } = why;
    const rows = debts.map(({ debt, amount }) => ({
      account_id: debt.accountId,
      invoice_id: debt.invoiceId,
      excess_of_id: debt.excessOfId,
      amount: amount.toText(),
      tax: reclaimTax ? taxShareOf(debt, amount).toText() : '0',
    }));
    const written = await this.uow.tx.query<WriteOffView>(INSERT, [JSON.stringify(rows), reason, note, actor.name, at]);
    const subjectOf = await this.subjects(written);
    for (const one of written) {
      const subject = subjectOf(one);
      subject.tell('written_off', { amount: one.amount, reason });
      this.facts.note(actor, `${subject.type}.write_off`, subject, {
        write_off_id: one.id,
        amount: one.amount,
        reclaimed_tax_amount: one.reclaimedTaxAmount,
        reason,
        ...(note === null ? {} : { note }),
      });
    }
    return written;
  }

  /** Takes all that stands of a write-off back. Answers false when nothing does. */
  async takeBack(
    writeOffId: number,
    { actor, reason, at }: { actor: Actor; reason: string; at: Date },
  ): Promise<boolean> {
    const one = (await this.uow.tx.one<Standing>(STANDING_ONE, [writeOffId])) as Standing;
    const reversals = reverseOf([one], Money.of(one.amount, one.currency));
    if (reversals.length === 0) return false;
    await this.reverse([one], reversals, { reason, by: actor.name, at });
    const subject = (await this.subjects([one]))(one);
    this.facts.note(actor, `${subject.type}.reverse_write_off`, subject, { write_off_id: writeOffId, reason });
    return true;
  }

  /** Those of these debts of an account of which something was given up: invoices in the order given, then payments. */
  givenUp(accountId: number, invoiceIds: readonly number[], excessOfIds: readonly number[]): Promise<GivenUp[]> {
    return this.uow.tx.query<GivenUp>(GIVEN_UP, [accountId, invoiceIds, excessOfIds]);
  }

  /**
   * Money came for debts that were written off: so much of them is owed again as it pays beyond what is open of them.
   * Answers whether that is anything.
   */
  async recover(
    account: { readonly id: number; readonly currency: string },
    debts: readonly GivenUp[],
    { amount, paymentId, creditNoteId }: FreeMoney,
    at: Date,
  ): Promise<boolean> {
    const standing = await this.uow.tx.query<Standing>(STANDING_OF, [account.id, invoicesOf(debts), paymentsOf(debts)]);
    let left = Money.of(amount, account.currency);
    const reversals: NewReversal[] = [];
    for (const debt of debts) {
      left = left.minus(least(left, Money.of(debt.openAmount, account.currency)));
      const back = least(left, Money.of(debt.writtenOffAmount, account.currency));
      reversals.push(...reverseOf(standing.filter(isOf(debt)), back));
      left = left.minus(back);
    }
    if (reversals.length === 0) return false;
    await this.reverse(standing, reversals, { paymentId, creditNoteId, by: 'billing', at });
    return true;
  }

  private async reverse(
    standing: readonly Standing[],
    reversals: readonly NewReversal[],
    why: TakingBack,
  ): Promise<void> {
    const { paymentId = null, creditNoteId = null, reason = null, by, at } = why;
    const rows = reversals.map(({ writeOffId: id, amount, taxAmount: tax }) => ({ id, amount, tax }));
    await this.uow.tx.execute(REVERSE, [JSON.stringify(rows), paymentId, creditNoteId, reason, by, at]);
    const subjectOf = await this.subjects(standing);
    const of = new Map(standing.map((one) => [one.id, one]));
    for (const { writeOffId, amount } of reversals)
      subjectOf(of.get(writeOffId) as Standing).tell('write_off_reversed', { amount, reason: reason ?? '' });
  }

  /** The invoice or the payment of each of these debts. */
  private async subjects(debts: readonly Debt[]): Promise<(debt: Debt) => Subject> {
    const [invoices, payments] = await Promise.all([
      this.uow.tx.query<InvoiceView>(INVOICES, [[...new Set(invoicesOf(debts))]]),
      this.uow.tx.query<TakenBackPayment>(PAYMENTS, [[...new Set(paymentsOf(debts))]]),
    ]);
    const { facts } = this;
    const found = new Map<string, Subject>();
    for (const one of invoices) {
      const tell: Subject['tell'] = (what, of) => facts.writeOff(what, one, of);
      found.set(`invoice ${one.id}`, { type: 'invoice', id: one.id, partnerId: one.partnerId, tell });
    }
    for (const one of payments) {
      const tell: Subject['tell'] = (what, of) => facts.excess(what, one, of);
      found.set(`payment ${one.id}`, { type: 'payment', id: one.id, partnerId: one.partnerId, tell });
    }
    return ({ invoiceId, excessOfId }) =>
      found.get(invoiceId === null ? `payment ${excessOfId}` : `invoice ${invoiceId}`) as Subject;
  }
}
