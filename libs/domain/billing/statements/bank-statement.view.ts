export const STATEMENT_FORMATS = ['camt.053', 'csv'] as const;
export const ENTRY_STATUSES = ['new', 'matched', 'unmatched', 'ignored'] as const;
export type EntryStatus = (typeof ENTRY_STATUSES)[number];

/** A file of the bank, and how far it is matched. */
export interface BankStatementView {
  readonly id: number;
  readonly format: (typeof STATEMENT_FORMATS)[number];
  readonly fileName: string;
  readonly status: 'matching' | 'done';
  /** In the file; of these, what earlier files had brought. */
  readonly entries: number;
  readonly duplicates: number;
  /** Of what it brought itself. */
  readonly waiting: number;
  readonly matched: number;
  readonly unmatched: number;
  readonly ignored: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
}

/** One movement on an account of the operator. The amount is decimal text, negative when it went out. */
export interface BankEntryView {
  readonly id: number;
  /** Whose account it is on: the operator's is also paid by customers of its partners. */
  readonly partnerId: number;
  readonly statementId: number;
  readonly bankAccount: string;
  readonly bookedOn: string;
  readonly currency: string;
  readonly amount: string;
  /** Whether the bank says that it takes an earlier entry back. */
  readonly isReturn: boolean;
  /** What of the amount is what it takes back, decimal text; the rest are charges of the bank. Null: nobody has said. */
  readonly returnedAmount: string | null;
  readonly payerName: string | null;
  readonly payerAccount: string | null;
  readonly remittance: string;
  readonly endToEndId: string | null;
  readonly status: EntryStatus;
  readonly rule: string | null;
  readonly matchedBy: string | null;
  readonly paymentId: number | null;
  /** The payment that it took back. */
  readonly returnedPaymentId: number | null;
  readonly reason: string | null;
  readonly version: number;
}

/** The columns of the views, for hand-written statements. */
export const STATEMENT_COLUMNS = `s.id, s.format, s.file_name AS "fileName", s.status, s.entries, s.duplicates, n.waiting, n.matched, n.unmatched,
  n.ignored, s.created_by AS "createdBy", s.created_at AS "createdAt", s.finished_at AS "finishedAt"`;
export const STATEMENT_COUNTS = `CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE e.status = 'new')::integer AS waiting,
    count(*) FILTER (WHERE e.status = 'matched')::integer AS matched, count(*) FILTER (WHERE e.status = 'unmatched')::integer AS unmatched,
    count(*) FILTER (WHERE e.status = 'ignored')::integer AS ignored FROM bank_entries e WHERE e.statement_id = s.id) n`;
export const ENTRY_COLUMNS = `e.id, e.partner_id AS "partnerId", e.statement_id AS "statementId", e.bank_account AS "bankAccount", e.booked_on::text AS "bookedOn", e.currency,
  e.amount::text AS amount, e.is_return AS "isReturn", e.returned_amount::text AS "returnedAmount", e.payer_name AS "payerName", e.payer_account AS "payerAccount", e.remittance, e.end_to_end_id AS "endToEndId",
  e.status, e.rule, e.matched_by AS "matchedBy", e.payment_id AS "paymentId", e.returned_payment_id AS "returnedPaymentId", e.reason, e.version`;
