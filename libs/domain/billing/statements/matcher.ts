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
const RECORDED = statement(
  'matcher-recorded',
  `SELECT p.id FROM ${ENTRY} JOIN payments p ON p.account_id = a.id
    WHERE e.id = $1 AND p.status = 'received' AND p.method = 'bank_transfer' AND p.amount = e.amount
      AND p.reference IN (e.end_to_end_id, e.bank_reference) AND NOT EXISTS (SELECT FROM bank_entries o WHERE o.payment_id = p.id) LIMIT 2`,
);
// A payment that came over the bank, whole, and by what the entry says of it: the entry that it came with, its reference, or an
// invoice that it paid.
const RETURNED = statement(
  'matcher-returned',
  `SELECT p.id FROM ${ENTRY} JOIN payments p ON p.account_id = a.id
    WHERE e.id = $1 AND p.status = 'received' AND p.amount = -e.amount AND p.refunded_amount = 0 AND p.received_at < e.booked_on + interval '2 days'
      AND (EXISTS (SELECT FROM bank_entries o WHERE o.payment_id = p.id AND o.bank_account = e.bank_account
                    AND (o.end_to_end_id = e.end_to_end_id OR o.payer_account = e.payer_account))
           OR p.method IN ('bank_transfer', 'direct_debit') AND (p.reference IN (e.end_to_end_id, e.bank_reference)
             OR EXISTS (SELECT FROM allocations l JOIN invoices i ON i.id = l.invoice_id WHERE l.payment_id = p.id AND i.number = ANY ($2)))) LIMIT 2`,
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

  /** The payments, of two the first, that an entry which went out may take back. */
  returned({ id, remittance, endToEndId }: BankEntryView): Promise<{ readonly id: number }[]> {
    return this.uow.tx.query(RETURNED, [id, numbersIn(`${remittance} ${endToEndId ?? ''}`)]);
  }

  private async only<R>(sql: typeof RECORDED, values: readonly unknown[]): Promise<R | undefined> {
    const rows = await this.uow.tx.query<R>(sql, values);
    return rows.length === 1 ? rows[0] : undefined;
  }
}
