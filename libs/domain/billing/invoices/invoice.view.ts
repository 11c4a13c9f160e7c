import { defineStates } from '@isp/kernel';
import type { LineInputs, LineKind, LineTax } from '../engine/engine.types.js';

export type DocumentKind = 'invoice' | 'credit_note';
export type InvoiceKind = 'recurring' | 'one_off' | 'adjustment';
export type InvoiceStatus =
  'draft' | 'pending' | 'partially_paid' | 'paid' | 'overdue' | 'uncollectible' | 'issued' | 'void';

/**
 * The life of a document. An invoice is issued as pending, a credit note as issued; allocations move the rest. What is settled
 * is paid, or uncollectible when some of it was written off.
 */
export const invoiceStates = defineStates<InvoiceStatus>({
  initial: 'draft',
  transitions: {
    draft: ['pending', 'issued', 'paid', 'void'],
    pending: ['partially_paid', 'paid', 'overdue', 'uncollectible', 'void'],
    partially_paid: ['pending', 'paid', 'overdue', 'uncollectible'],
    overdue: ['paid', 'uncollectible', 'void'],
    // A payment that is reversed opens it again, and so does a write-off.
    paid: ['pending', 'partially_paid', 'overdue'],
    uncollectible: ['pending', 'partially_paid', 'overdue', 'paid'],
    issued: ['void'],
    void: [],
  },
});

/** An invoice or a credit note, without its lines. Amounts are decimal text; those of a credit note are negative. */
export interface InvoiceView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly document: DocumentKind;
  readonly kind: InvoiceKind;
  readonly origin: 'engine' | 'person';
  readonly correctsId: number | null;
  readonly status: InvoiceStatus;
  /** Null until it is issued. */
  readonly number: string | null;
  readonly currency: string;
  /** `YYYY-MM-DD`. */
  readonly periodFrom: string | null;
  /** Not included. */
  readonly periodUntil: string | null;
  readonly issuedOn: string | null;
  readonly dueOn: string | null;
  readonly subtotalAmount: string;
  readonly taxAmount: string;
  readonly totalAmount: string;
  /** All that is not to be paid any more: what payments, credit notes and write-offs settled. */
  readonly settledAmount: string;
  /** What payments settled of it. */
  readonly paidAmount: string;
  /** What is written off, and when something last was; null when nothing is. */
  readonly writtenOffAmount: string;
  readonly writtenOffAt: Date | null;
  readonly creditedAmount: string;
  readonly notes: string | null;
  /** Of a billing run's draft: until when it waits for a person. */
  readonly reviewUntil: Date | null;
  readonly createdAt: Date;
  readonly issuedAt: Date | null;
  readonly voidedAt: Date | null;
  readonly voidReason: string | null;
  readonly version: number;
}

export interface InvoiceLineView {
  readonly id: string;
  readonly position: number;
  readonly kind: LineKind;
  readonly key: string | null;
  readonly serviceId: number | null;
  /** The line that it corrects or takes back, and the invoice of that. */
  readonly correctsLineId: string | null;
  readonly correctsInvoiceId: number | null;
  readonly description: string;
  readonly from: string | null;
  readonly until: string | null;
  readonly amount: string;
  readonly taxAmount: string;
  readonly taxes: readonly LineTax[];
  readonly inputs: LineInputs;
}

export type InvoiceWithLines = InvoiceView & { readonly lines: readonly InvoiceLineView[] };

/** The columns of a view, for hand-written statements. */
export const INVOICE_COLUMNS = `i.id, i.partner_id AS "partnerId", i.customer_id AS "customerId", i.account_id AS "accountId", i.document, i.kind,
  i.origin, i.corrects_id AS "correctsId", i.status, i.number, i.currency, i.period_from::text AS "periodFrom",
  i.period_until::text AS "periodUntil", i.issued_on::text AS "issuedOn", i.due_on::text AS "dueOn",
  i.subtotal_amount::text AS "subtotalAmount", i.tax_amount::text AS "taxAmount", i.total_amount::text AS "totalAmount",
  i.settled_amount::text AS "settledAmount", i.paid_amount::text AS "paidAmount",
  i.written_off_amount::text AS "writtenOffAmount", i.written_off_at AS "writtenOffAt",
  i.credited_amount::text AS "creditedAmount", i.notes, i.review_until AS "reviewUntil", i.created_at AS "createdAt",
  i.issued_at AS "issuedAt", i.voided_at AS "voidedAt", i.void_reason AS "voidReason", i.version`;

export const LINE_COLUMNS = `l.id::text, l.position, l.kind, l.key, l.service_id AS "serviceId", l.corrects_line_id::text AS "correctsLineId",
  (SELECT o.invoice_id FROM invoice_lines o WHERE o.id = l.corrects_line_id) AS "correctsInvoiceId",
  l.description, l.from_on::text AS "from", l.until_on::text AS "until", l.amount::text AS amount, l.tax_amount::text AS "taxAmount",
  l.taxes, l.inputs`;
