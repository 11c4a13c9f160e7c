export const WRITE_OFF_REASONS = [
  'uncollectable',
  'bankruptcy',
  'deceased',
  'small_balance',
  'settlement',
  'other',
] as const;
export type WriteOffReason = (typeof WRITE_OFF_REASONS)[number];

/** So much of a debt is there again: the money came after all, it was credited, or a person took the write-off back. */
export interface WriteOffReversalView {
  readonly amount: string;
  readonly reclaimedTaxAmount: string;
  readonly paymentId: number | null;
  readonly creditNoteId: number | null;
  /** Of a person; null for the other two. */
  readonly reason: string | null;
  readonly by: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What may be given up: what is open of an invoice, or of what a bank took back beyond a payment. */
export interface Debt {
  readonly invoiceId: number | null;
  /** The payment that was taken back. */
  readonly excessOfId: number | null;
}

/** So much of a debt was given up. Amounts are decimal text. */
export interface WriteOffView extends Debt {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly invoiceNumber: string | null;
  readonly currency: string;
  readonly amount: string;
  /** The share of the tax that is claimed back; the rest of the amount is the loss. */
  readonly reclaimedTaxAmount: string;
  readonly reversedAmount: string;
  readonly reversedTaxAmount: string;
  readonly reason: WriteOffReason;
  readonly note: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  /** The oldest first. */
  readonly reversals: readonly WriteOffReversalView[];
}

/** The columns of a view, for hand-written statements over `write_offs w` with `OF_INVOICE`. */
export const WRITE_OFF_COLUMNS = `w.id, w.partner_id AS "partnerId", w.customer_id AS "customerId", w.account_id AS "accountId",
  w.invoice_id AS "invoiceId", w.excess_of_id AS "excessOfId", i.number AS "invoiceNumber", w.currency, w.amount::text AS amount,
  w.reclaimed_tax_amount::text AS "reclaimedTaxAmount", w.reversed_amount::text AS "reversedAmount",
  w.reversed_tax_amount::text AS "reversedTaxAmount", w.reason, w.note, w.created_by AS "createdBy", w.created_at AS "createdAt",
  (SELECT coalesce(json_agg(json_build_object('amount', r.amount::text, 'reclaimedTaxAmount', r.tax_amount::text, 'paymentId', r.payment_id,
          'creditNoteId', r.credit_note_id, 'reason', r.reason, 'by', r.created_by,
          'at', to_char(r.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')) ORDER BY r.id), '[]')
     FROM write_off_reversals r WHERE r.partner_id = w.partner_id AND r.write_off_id = w.id) AS reversals`;

/** A write-off's invoice `i`, where it has one. */
export const OF_INVOICE = 'LEFT JOIN invoices i ON i.id = w.invoice_id';
