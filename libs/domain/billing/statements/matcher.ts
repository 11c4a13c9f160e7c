import { Injectable } from '@nestjs/common';
import { OPERATOR_PARTNER_ID } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { hasCheckDigits } from '../documents/payment-reference.js';
import type { BankEntryView } from './bank-statement.view.js';

const NUMBER = /\bINV[-\s/]?(\d{4})[-\s/]?(\d{6,9})\b/gi;
/** A creditor reference of ours (ISO 11649), as banks pass it on or as people type it from the paper, in fours. */
const REFERENCE = /\bRF\s?\d\s?\d\s?I\s?N\s?V(?:\s?\d){10,13}/gi;
const SHORTEST_REFERENCE = 'RF00INV2025000001'.length;
const PORTAL_ID = /(?<![\d-])\d{8,10}(?![\d-])/g;

// The operator's bank account is also paid by the customers of its partners; a partner's own account by its customers.
const WALL = `(e.partner_id = ${OPERATOR_PARTNER_ID} OR e.partner_id = a.partner_id)`;
const ENTRY = `bank_entries e JOIN billing_accounts a ON a.currency = e.currency AND ${WALL}`;
const OVER_THE_BANK = `'bank_transfer', 'direct_debit'`;
const RECORDED = statement(
  'matcher-recorded',
  `SELECT p.id FROM ${ENTRY} JOIN payments p ON p.account_id = a.id
    WHERE e.id = $1 AND p.status = 'received' AND p.method = 'bank_transfer' AND p.amount = e.amount
      AND p.reference IN (e.end_to_end_id, e.bank_reference) AND NOT EXISTS (SELECT FROM bank_entries o WHERE o.payment_id = p.id) LIMIT 2`,
);
// Of what may have been taken back only what the best evidence says: the id that goes from end to end or the bank's reference,
// else the number of an invoice, else the payer's account. Who pays the same each month is known by the first alone, so
// what has another id there is not meant. An entry that came in and is nobody's payment yet may be meant too.
const RETURNED = statement(
  'matcher-returned',
  `WITH e AS (SELECT *, coalesce(returned_amount, -amount) AS taken FROM bank_entries WHERE id = $1),
   told AS (
     SELECT 1 AS rank, o.payment_id, o.id AS entry_id FROM e JOIN bank_entries o ON o.partner_id = e.partner_id AND o.bank_account = e.bank_account
        AND o.end_to_end_id = e.end_to_end_id AND o.amount > 0
     UNION SELECT 1, p.id, o.id FROM e JOIN payments p ON p.reference IN (e.end_to_end_id, e.bank_reference) AND p.method IN (${OVER_THE_BANK})
        LEFT JOIN bank_entries o ON o.payment_id = p.id
     UNION SELECT 2, p.id, o.id FROM e JOIN invoices i ON i.number = ANY ($2) JOIN allocations l ON l.partner_id = i.partner_id AND l.invoice_id = i.id
        JOIN payments p ON p.id = l.payment_id AND p.method IN (${OVER_THE_BANK}) LEFT JOIN bank_entries o ON o.payment_id = p.id
     UNION SELECT 3, o.payment_id, o.id FROM e JOIN bank_entries o ON o.partner_id = e.partner_id AND o.bank_account = e.bank_account
        AND o.payer_account = e.payer_account AND o.amount = e.taken AND o.status IN ('new', 'unmatched', 'matched')),
   meant AS (
     SELECT t.rank, t.payment_id AS "paymentId", p.status, p.amount = e.taken AND p.refunded_amount = 0 AS "isWhole",
            EXISTS (SELECT FROM bank_entries r WHERE r.returned_payment_id = p.id) AS "isReturned"
       FROM e CROSS JOIN told t LEFT JOIN bank_entries o ON o.id = t.entry_id LEFT JOIN payments p ON p.id = t.payment_id
      WHERE (t.payment_id IS NULL OR p.currency = e.currency AND (e.partner_id = ${OPERATOR_PARTNER_ID} OR e.partner_id = p.partner_id))
        AND coalesce(o.booked_on, (p.received_at - interval '1 day')::date) <= e.booked_on
        AND (t.rank = 1 OR (o.end_to_end_id = e.end_to_end_id) IS NOT FALSE
             AND coalesce(p.amount, o.amount) = e.taken AND coalesce(o.booked_on, p.received_at::date) > e.booked_on - interval '13 months'))
   SELECT * FROM meant WHERE rank = (SELECT min(rank) FROM meant) ORDER BY 2 LIMIT 2`,
);
const BY_NUMBER = statement(
  'matcher-by-number',
  `SELECT a.id AS "accountId", array_agg(i.id ORDER BY array_position($2::text[], i.number)) AS "invoiceIds"
     FROM ${ENTRY} JOIN invoices i ON i.account_id = a.id
    WHERE e.id = $1 AND i.number = ANY ($2) AND i.document = 'invoice' AND i.status NOT IN ('draft', 'void') GROUP BY a.id LIMIT 2`,
);
const BY_PORTAL_ID = statement(
  'matcher-by-portal-id',
  `SELECT DISTINCT ON (a.customer_id) a.id AS "accountId" FROM ${ENTRY} JOIN customers c ON c.id = a.customer_id
    WHERE e.id = $1 AND c.portal_id::text = ANY ($2) ORDER BY a.customer_id, a.id LIMIT 2`,
);
const BY_PAYER = statement(
  'matcher-by-payer',
  `SELECT DISTINCT p.account_id AS "accountId" FROM bank_entries e
     JOIN bank_entries o ON o.partner_id = e.partner_id AND o.payer_account = e.payer_account AND o.status = 'matched'
     JOIN payments p ON p.id = o.payment_id AND p.status = 'received' AND p.currency = e.currency WHERE e.id = $1 LIMIT 2`,
);
const NAME = (column: string) => `regexp_replace(lower(${column}), '[^[:alnum:]]+', ' ', 'g')`;
const BY_AMOUNT = statement(
  'matcher-by-amount',
  `SELECT a.id AS "accountId", ARRAY[i.id] AS "invoiceIds" FROM ${ENTRY} JOIN customers c ON c.id = a.customer_id
     JOIN invoices i ON i.account_id = a.id AND i.status IN ('pending', 'partially_paid', 'overdue')
    WHERE e.id = $1 AND i.total_amount - i.settled_amount = e.amount AND ${NAME('c.name')} = ${NAME('e.payer_name')} LIMIT 2`,
);

/** The numbers of invoices that a text names. */
function numbersIn(text: string): string[] {
  const found = (text.match(REFERENCE) ?? []).map((one) => one.replace(/\s/g, '').toUpperCase());
  // Digits that follow it may be somebody else's.
  const named = found.flatMap((one) => {
    const ends = Array.from({ length: one.length - SHORTEST_REFERENCE + 1 }, (_, n) => one.slice(0, one.length - n));
    return ends.find(hasCheckDigits)?.slice(4) ?? [];
  });
  return [text, ...named].flatMap((one) =>
    [...one.matchAll(NUMBER)].map(([, year, digits]) => `INV-${year}-${digits}`),
  );
}

interface Target {
  readonly accountId: number;
  readonly invoiceIds?: readonly number[];
}
/** What an entry that went out may have taken back. */
export interface Returned {
  /** Null: an entry that is nobody's payment. */
  readonly paymentId: number | null;
  readonly status: 'received' | 'reversed' | null;
  /** The bank took what it was, and nothing of it was refunded. */
  readonly isWhole: boolean | null;
  /** Another entry took it back. */
  readonly isReturned: boolean;
}
export type Match = { readonly rule: string } & (Target | { readonly paymentId: number });

/**
 * Finds whose payment a bank entry is: what is recorded already, an invoice's number, a customer's number, an account
 * that has paid before, or the one open invoice of this amount and payer. Where a rule finds two, it finds none.
 */
@Injectable()
export class Matcher {
  constructor(private readonly uow: UnitOfWork) {}

  async find(entry: BankEntryView): Promise<Match | undefined> {
    const recorded = await this.only<{ id: number }>(RECORDED, [entry.id]);
    if (recorded) return { rule: 'recorded_before', paymentId: recorded.id };
    const text = `${entry.remittance} ${entry.endToEndId ?? ''}`;
    const numbers = numbersIn(text);
    const invoiced = numbers.length > 0 && (await this.only<Target>(BY_NUMBER, [entry.id, numbers]));
    if (invoiced) return { rule: 'invoice_number', ...invoiced };
    const ids = text.match(PORTAL_ID) ?? [];
    const named = ids.length > 0 && (await this.only<Target>(BY_PORTAL_ID, [entry.id, ids]));
    if (named) return { rule: 'payment_reference', ...named };
    const known = await this.only<Target>(BY_PAYER, [entry.id]);
    if (known) return { rule: 'known_payer', ...known };
    const open = await this.only<Target>(BY_AMOUNT, [entry.id]);
    return open && { rule: 'amount_and_name', ...open };
  }

  /** What an entry that went out may have taken back, of more than two the first two. */
  returned({ id, remittance, endToEndId }: BankEntryView): Promise<Returned[]> {
    return this.uow.tx.query(RETURNED, [id, numbersIn(`${remittance} ${endToEndId ?? ''}`)]);
  }

  private async only<R>(sql: typeof RECORDED, values: readonly unknown[]): Promise<R | undefined> {
    const rows = await this.uow.tx.query<R>(sql, values);
    return rows.length === 1 ? rows[0] : undefined;
  }
}
