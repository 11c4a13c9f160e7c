import type { AccountTerms, Exemption } from '../engine/engine.types.js';

export type AccountKind = 'postpaid' | 'prepaid';
/** Whether its invoices and credit notes go out by themselves when they are issued. */
export const INVOICE_DELIVERIES = ['none', 'email'] as const;
export type InvoiceDelivery = (typeof INVOICE_DELIVERIES)[number];
/** There is nothing to pay for; paid until a day; the balance did not cover the next period. */
export type PrepaidState = 'idle' | 'on' | 'off';

/** What an account has that pays ahead. */
export interface PrepaidView {
  readonly state: PrepaidState;
  /** The first day that is not paid; null before the first period. */
  readonly until: string | null;
  /** ISO 8601. */
  readonly offSince: string | null;
  /** The end of the period that a low balance was told of. */
  readonly warnedFor: string | null;
}

/** A billing account as others see it. Dates are in its time zone; amounts are decimal text. */
export interface AccountView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly name: string;
  readonly kind: AccountKind;
  /** Null for one that is invoiced and pays afterwards. */
  readonly prepaid: PrepaidView | null;
  /** So many days before the end of a period a prepaid account is told that its balance does not cover the next. */
  readonly warnDays: number;
  readonly currency: string;
  readonly timeZone: string;
  readonly paymentDays: number;
  readonly startsOn: string;
  readonly limitAmount: string | null;
  /** What it was parked for and let go with: so much is not nonsense until it is invoiced. */
  readonly acceptedAmount: string | null;
  /** What comes to less is not invoiced but carried forward. */
  readonly minimumAmount: string;
  /** BCP 47: the language of its documents. */
  readonly language: string;
  readonly invoiceDelivery: InvoiceDelivery;
  /** How long a billing run's drafts wait for a person; null: as the deployment has it. */
  readonly reviewHours: number | null;
  /** The day on which a billing run takes it next. */
  readonly nextRunOn: string;
  readonly exemptions: readonly Exemption[];
  /** In the order of their days; the last may lie ahead. */
  readonly terms: readonly AccountTerms[];
  /** The account that pays for it now or from a day on. */
  readonly payerAccountId: number | null;
  /** Why it waits for a person. */
  readonly parkedFor: string | null;
  /** What is open on its invoices and of payments of which a bank took back more than was left, and what it has paid ahead. */
  readonly openAmount: string;
  readonly creditAmount: string;
  /** What is due is charged by itself. */
  readonly autopay: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const OPEN_AMOUNT = `((SELECT coalesce(sum(i.total_amount - i.settled_amount), 0) FROM invoices i
    WHERE i.account_id = a.id AND i.status IN ('pending', 'partially_paid', 'overdue'))
  + (SELECT coalesce(sum(p.excess_amount - p.covered_amount), 0) FROM payments p
      WHERE p.account_id = a.id AND p.excess_amount > p.covered_amount))`;
export const CREDIT_AMOUNT = `((SELECT coalesce(sum(p.amount - p.allocated_amount - p.refunded_amount), 0) FROM payments p WHERE p.account_id = a.id AND p.status = 'received')
   + (SELECT coalesce(-sum(c.total_amount + c.settled_amount), 0) FROM invoices c WHERE c.account_id = a.id AND c.status = 'issued'))`;

// A person has looked at what it was parked for, and let it go: that holds until something of the engine is written.
const ACCEPTED_AMOUNT = `(SELECT k.total_amount FROM billing_parkings k WHERE k.partner_id = a.partner_id AND k.account_id = a.id
     AND k.ended_at IS NOT NULL AND NOT EXISTS (SELECT FROM invoices i WHERE i.account_id = a.id AND i.origin = 'engine' AND i.created_at > k.ended_at)
   ORDER BY k.ended_at DESC LIMIT 1)`;

/** What has to be known of an account in order to bill it: what others see without what it costs most to read. */
export type BilledAccount = Pick<
  AccountView,
  | 'id'
  | 'partnerId'
  | 'customerId'
  | 'currency'
  | 'timeZone'
  | 'paymentDays'
  | 'startsOn'
  | 'limitAmount'
  | 'acceptedAmount'
  | 'minimumAmount'
  | 'reviewHours'
  | 'nextRunOn'
  | 'exemptions'
  | 'terms'
  | 'creditAmount'
>;

/** The columns of a `BilledAccount`, for hand-written statements. */
export const BILLED_COLUMNS = `a.id, a.partner_id AS "partnerId", a.customer_id AS "customerId", a.currency, a.time_zone AS "timeZone",
  a.payment_days AS "paymentDays", a.starts_on::text AS "startsOn", a.limit_amount::text AS "limitAmount", ${ACCEPTED_AMOUNT}::text AS "acceptedAmount", a.minimum_amount::text AS "minimumAmount",
  a.review_hours AS "reviewHours", coalesce(a.next_run_on, a.starts_on)::text AS "nextRunOn", a.tax_exemptions AS exemptions,
  (SELECT json_agg(json_build_object('fromOn', t.from_on, 'cycleMonths', t.cycle_months, 'billingDay', t.billing_day,
          'timing', t.timing, 'proration', t.proration, 'taxRegion', t.tax_region) ORDER BY t.from_on)
     FROM billing_account_terms t WHERE t.account_id = a.id) AS terms, ${CREDIT_AMOUNT}::text AS "creditAmount"`;

/** The columns of a view, for hand-written statements. */
export const ACCOUNT_COLUMNS = `${BILLED_COLUMNS}, a.name, a.kind, a.warn_days AS "warnDays", a.language, a.invoice_delivery AS "invoiceDelivery",
  a.autopay, a.version, a.created_at AS "createdAt", a.updated_at AS "updatedAt", ${OPEN_AMOUNT}::text AS "openAmount",
  CASE WHEN a.kind = 'prepaid' THEN json_build_object('state', a.prepaid_state, 'until', a.prepaid_until, 'offSince', a.prepaid_off_since,
       'warnedFor', a.warned_for) END AS prepaid,
  (SELECT y.payer_account_id FROM billing_payers y WHERE y.account_id = a.id AND y.until_on IS NULL) AS "payerAccountId",
  (SELECT k.reason FROM billing_parkings k WHERE k.account_id = a.id AND k.ended_at IS NULL) AS "parkedFor"`;
