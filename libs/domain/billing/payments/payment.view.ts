export type PaymentMethod = 'cash' | 'bank_transfer' | 'cheque' | 'card' | 'direct_debit' | 'other';

export interface AllocationView {
  readonly invoiceId: number;
  readonly amount: string;
}

/** Money for what a bank took back beyond another payment. */
export interface ExcessAllocationView {
  readonly paymentId: number;
  readonly amount: string;
}

/** Money that came in. Amounts are decimal text. */
export interface PaymentView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly currency: string;
  readonly amount: string;
  readonly allocatedAmount: string;
  /** What refunds took of it, those under way included. */
  readonly refundedAmount: string;
  /** What the bank took back beyond what was left of it: the customer owes it; what other money has paid of that, and what was given up. */
  readonly excessAmount: string;
  readonly excessPaidAmount: string;
  readonly excessWrittenOffAmount: string;
  readonly method: PaymentMethod;
  readonly reference: string | null;
  readonly status: 'received' | 'reversed';
  readonly receivedAt: Date;
  readonly notes: string | null;
  readonly reversedAt: Date | null;
  readonly reversalReason: string | null;
  readonly version: number;
  readonly createdAt: Date;
  /** What it pays now: together all of `allocatedAmount`. */
  readonly allocations: readonly AllocationView[];
  readonly excessAllocations: readonly ExcessAllocationView[];
}

/** What a payment pays of one kind, as JSON: net of what was taken back. */
const paidOf = (column: string, name: string): string =>
  `(SELECT coalesce(json_agg(json_build_object('${name}', s.id, 'amount', s.amount::text) ORDER BY s.id), '[]')
     FROM (SELECT a.${column} AS id, sum(a.amount) AS amount FROM allocations a
            WHERE a.payment_id = p.id AND a.${column} IS NOT NULL GROUP BY 1 HAVING sum(a.amount) <> 0) s)`;

/** The columns of a view, for hand-written statements. */
export const PAYMENT_COLUMNS = `p.id, p.partner_id AS "partnerId", p.customer_id AS "customerId", p.account_id AS "accountId", p.currency,
  p.amount::text AS amount, p.allocated_amount::text AS "allocatedAmount",
  p.refunded_amount::text AS "refundedAmount", p.excess_amount::text AS "excessAmount", (p.covered_amount - p.excess_written_off_amount)::text AS "excessPaidAmount", p.excess_written_off_amount::text AS "excessWrittenOffAmount", p.method, p.reference, p.status, p.received_at AS "receivedAt",
  p.notes, p.reversed_at AS "reversedAt", p.reversal_reason AS "reversalReason", p.version, p.created_at AS "createdAt",
  ${paidOf('invoice_id', 'invoiceId')} AS allocations, ${paidOf('excess_of_id', 'paymentId')} AS "excessAllocations"`;
