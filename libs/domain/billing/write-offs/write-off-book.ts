import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { Money } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { BillingFacts } from '../invoices/billing.facts.js';
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
import { WRITE_OFF_COLUMNS, type WriteOffReason, type WriteOffView } from './write-off.view.js';

/** What is known of the debt of an invoice; `i` and its account `a`. */
export const DEBT_COLUMNS = `i.id AS "invoiceId", i.account_id AS "accountId", i.currency, (i.total_amount - i.settled_amount)::text AS "openAmount",
  (i.total_amount + c.total)::text AS "totalAmount", (i.tax_amount + c.tax)::text AS "taxAmount",
  (SELECT coalesce(sum(w.reclaimed_tax_amount - w.reversed_tax_amount), 0) FROM write_offs w WHERE w.invoice_id = i.id)::text AS "reclaimedTaxAmount"`;
/** What credit notes took back of `i`. */
export const CREDITED = `CROSS JOIN LATERAL (SELECT coalesce(sum(n.total_amount), 0) AS total, coalesce(sum(n.tax_amount), 0) AS tax
  FROM invoices n WHERE n.corrects_id = i.id AND n.status = 'issued') c`;
const OPEN = `i.status IN ('pending', 'partially_paid', 'overdue')`;
const OF_INVOICES = statement(
  'write-offs-open-invoices',
  `SELECT ${DEBT_COLUMNS} FROM invoices i ${CREDITED} WHERE i.id = ANY ($1) AND ${OPEN} ORDER BY i.due_on, i.id`,
);
const OF_ACCOUNT = statement(
  'write-offs-open-of-account',
  `SELECT ${DEBT_COLUMNS} FROM invoices i ${CREDITED} WHERE i.account_id = $1 AND ${OPEN} ORDER BY i.due_on, i.id`,
);
const INSERT = statement(
  'write-offs-insert',
  `WITH w AS (
     INSERT INTO write_offs (partner_id, customer_id, account_id, invoice_id, currency, amount, reclaimed_tax_amount, reason, note, created_by, created_at, updated_at)
     SELECT i.partner_id, i.customer_id, i.account_id, i.id, i.currency, d.amount, d.tax, $2, $3, $4, $5, $5
       FROM ROWS FROM (jsonb_to_recordset($1) AS (invoice_id integer, amount numeric, tax numeric)) WITH ORDINALITY AS d (invoice_id, amount, tax, place)
       JOIN invoices i ON i.id = d.invoice_id ORDER BY d.place RETURNING *)
   SELECT ${WRITE_OFF_COLUMNS} FROM w JOIN invoices i ON i.id = w.invoice_id ORDER BY w.id`,
);
const INVOICES = statement(
  'write-offs-invoices',
  `SELECT ${INVOICE_COLUMNS} FROM invoices i WHERE i.id = ANY ($1) ORDER BY i.id`,
);
const STANDING = `SELECT w.id, w.invoice_id AS "invoiceId", w.currency, w.amount::text AS amount, w.reclaimed_tax_amount::text AS "reclaimedTaxAmount",
  w.reversed_amount::text AS "reversedAmount", w.reversed_tax_amount::text AS "reversedTaxAmount" FROM write_offs w`;
// The last that was written off is the first to be owed again.
const STANDING_OF = statement(
  'write-offs-standing',
  `${STANDING} WHERE w.account_id = $1 AND w.invoice_id = ANY ($2) AND w.reversed_amount < w.amount ORDER BY w.id DESC`,
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
  `SELECT i.id AS "invoiceId", (i.total_amount - i.settled_amount)::text AS "openAmount", i.written_off_amount::text AS "writtenOffAmount"
     FROM invoices i WHERE i.account_id = $1 AND i.id = ANY ($2) AND i.written_off_amount > 0 ORDER BY array_position($2, i.id)`,
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

/** What is open of an invoice, and what was given up. Decimal text. */
interface GivenUp {
  readonly invoiceId: number;
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

type Standing = StandingWriteOff & { readonly invoiceId: number };

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

  /** What is open of an account, the oldest due first. */
  openOfAccount(accountId: number): Promise<OpenDebt[]> {
    return this.uow.tx.query<OpenDebt>(OF_ACCOUNT, [accountId]);
  }

  /** Gives debts up, in one statement, and says so. */
  async write(debts: readonly NewWriteOff[], why: GivingUp): Promise<WriteOffView[]> {
    const { actor, reason, note = null, reclaimTax = false, at } = why;
    const rows = debts.map(({ debt, amount }) => ({
      invoice_id: debt.invoiceId,
      amount: amount.toText(),
      tax: reclaimTax ? taxShareOf(debt, amount).toText() : '0',
    }));
    const written = await this.uow.tx.query<WriteOffView>(INSERT, [JSON.stringify(rows), reason, note, actor.name, at]);
    const invoices = await this.invoices(written.map(({ invoiceId }) => invoiceId));
    for (const one of written) {
      const invoice = invoices.get(one.invoiceId) as InvoiceView;
      this.facts.writeOff('written_off', invoice, { amount: one.amount, reason });
      this.facts.note(actor, 'invoice.write_off', invoice, {
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
    const invoice = (await this.invoices([one.invoiceId])).get(one.invoiceId) as InvoiceView;
    this.facts.note(actor, 'invoice.reverse_write_off', invoice, { write_off_id: writeOffId, reason });
    return true;
  }

  /** Those of these invoices of an account of which something was given up, in the order given. */
  givenUp(accountId: number, invoiceIds: readonly number[]): Promise<GivenUp[]> {
    return this.uow.tx.query<GivenUp>(GIVEN_UP, [accountId, invoiceIds]);
  }

  /**
   * Money came for invoices that were written off: so much of them is owed again as it pays beyond what is open of them.
   * Answers whether that is anything.
   */
  async recover(
    account: { readonly id: number; readonly currency: string },
    debts: readonly GivenUp[],
    { amount, paymentId, creditNoteId }: FreeMoney,
    at: Date,
  ): Promise<boolean> {
    const ids = debts.map(({ invoiceId }) => invoiceId);
    const standing = await this.uow.tx.query<Standing>(STANDING_OF, [account.id, ids]);
    let left = Money.of(amount, account.currency);
    const reversals: NewReversal[] = [];
    for (const { invoiceId, openAmount, writtenOffAmount } of debts) {
      left = left.minus(least(left, Money.of(openAmount, account.currency)));
      const back = least(left, Money.of(writtenOffAmount, account.currency));
      reversals.push(
        ...reverseOf(
          standing.filter((one) => one.invoiceId === invoiceId),
          back,
        ),
      );
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
    const of = new Map(standing.map((one) => [one.id, one.invoiceId]));
    const invoices = await this.invoices([...of.values()]);
    for (const { writeOffId, amount } of reversals) {
      const invoice = invoices.get(of.get(writeOffId) as number) as InvoiceView;
      this.facts.writeOff('write_off_reversed', invoice, { amount, reason: reason ?? '' });
    }
  }

  private async invoices(ids: readonly number[]): Promise<Map<number, InvoiceView>> {
    const rows = await this.uow.tx.query<InvoiceView>(INVOICES, [[...new Set(ids)]]);
    return new Map(rows.map((invoice) => [invoice.id, invoice]));
  }
}
