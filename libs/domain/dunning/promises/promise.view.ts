export type PromiseStatus = 'open' | 'kept' | 'broken' | 'withdrawn';

/** What a customer promised to pay, and by when. Amounts are decimal text. */
export interface PromiseView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly caseId: number;
  readonly amount: string;
  readonly currency: string;
  /** Overdue when it was given; it is kept when so much less is. */
  readonly owedAmount: string;
  /** The last day, where the account is. */
  readonly promisedOn: string;
  readonly status: PromiseStatus;
  readonly notes: string | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly endedAt: Date | null;
}

export const PROMISE_COLUMNS = `r.id, r.partner_id AS "partnerId", r.customer_id AS "customerId", r.account_id AS "accountId", r.case_id AS "caseId",
  r.amount::text AS amount, (SELECT a.currency FROM billing_accounts a WHERE a.id = r.account_id) AS currency, r.owed_amount::text AS "owedAmount",
  r.promised_on::text AS "promisedOn", r.status, r.notes, r.created_by AS "createdBy", r.created_at AS "createdAt", r.ended_at AS "endedAt"`;
