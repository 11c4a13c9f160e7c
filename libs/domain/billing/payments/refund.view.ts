export const REFUND_STATUSES = ['processing', 'unknown', 'succeeded', 'failed'] as const;

/** Money of a payment that goes back. Amounts are decimal text. */
export interface RefundView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly paymentId: number;
  readonly currency: string;
  readonly amount: string;
  /** The gateway that took it gives it back, or people did. */
  readonly channel: 'gateway' | 'hand';
  readonly status: (typeof REFUND_STATUSES)[number];
  readonly reference: string | null;
  readonly reason: string;
  readonly code: string | null;
  /** The payment that it came back as, after what it is of was taken back. */
  readonly returnedAsId: number | null;
  readonly createdAt: Date;
  readonly finishedAt: Date | null;
  readonly version: number;
}

/** The columns of a view, for hand-written statements. */
export const REFUND_COLUMNS = `r.id, r.partner_id AS "partnerId", r.customer_id AS "customerId", r.account_id AS "accountId",
  r.payment_id AS "paymentId", r.currency, r.amount::text AS amount, r.channel, r.status, coalesce(r.gateway_reference, r.reference) AS reference,
  r.reason, r.code, r.returned_as_id AS "returnedAsId", r.created_at AS "createdAt", r.finished_at AS "finishedAt", r.version`;
