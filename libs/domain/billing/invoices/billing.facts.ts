import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { Outbox } from '@isp/platform/work';
import { toIsoSeconds } from '@isp/kernel';
import type { ChargeView } from '../collection/charge.view.js';
import type { RefundView } from '../payments/refund.view.js';
import { dueOf } from './amount-due.js';
import type { PaymentView } from '../payments/payment.view.js';
import type { InvoiceView } from './invoice.view.js';

/** A payment that a bank took back, and more with it than was left. */
export type TakenBackPayment = Pick<
  PaymentView,
  'id' | 'partnerId' | 'customerId' | 'accountId' | 'currency' | 'version'
>;

/** Says what happened to money: once to the audit trail, once to whoever listens. */
@Injectable()
export class BillingFacts {
  constructor(
    private readonly outbox: Outbox,
    private readonly audit: AuditTrail,
  ) {}

  note(
    actor: Actor,
    action: string,
    subject: { readonly partnerId: number; readonly id: number },
    changes: Readonly<Record<string, unknown>>,
  ): void {
    const [type = ''] = action.split('.');
    this.audit.record({ actor, partnerId: subject.partnerId, action, subject: { type, id: subject.id }, changes });
  }

  issued(invoice: InvoiceView): void {
    const name = invoice.document === 'invoice' ? 'billing.invoice.issued.v1' : 'billing.credit_note.issued.v1';
    this.outbox.add(name, payloadOf(invoice));
  }

  /** Of documents whose events `issue_at_once` writes itself. */
  issuedAtOnce(): void {
    this.outbox.written();
  }

  happened(what: 'paid' | 'voided' | 'overdue', invoice: InvoiceView): void {
    this.outbox.add(`billing.invoice.${what}.v1`, payloadOf(invoice));
  }

  /** @param of what was written off or taken back of that, decimal text, and why */
  writeOff(
    what: 'written_off' | 'write_off_reversed',
    invoice: InvoiceView,
    of: { readonly amount: string; readonly reason: string },
  ): void {
    this.outbox.add(`billing.invoice.${what}.v1`, { ...payloadOf(invoice), ...of });
  }

  /** @param of what was written off of an excess, or taken back of that, decimal text, and why */
  excess(
    what: 'written_off' | 'write_off_reversed',
    payment: TakenBackPayment,
    { amount, reason }: { readonly amount: string; readonly reason: string },
  ): void {
    const { partnerId, customerId, accountId, id, currency, version } = payment;
    const of = { partner_id: partnerId, customer_id: customerId, account_id: accountId, payment_id: id };
    this.outbox.add(`billing.payment.excess_${what}.v1`, { ...of, amount, currency, reason, sequence: version });
  }

  payment(what: 'received' | 'reversed', payment: PaymentView): void {
    this.outbox.add(`billing.payment.${what}.v1`, {
      partner_id: payment.partnerId,
      customer_id: payment.customerId,
      payment_id: payment.id,
      account_id: payment.accountId,
      amount: payment.amount,
      currency: payment.currency,
      method: payment.method,
      reference: payment.reference ?? '',
      reason: payment.reversalReason ?? '',
      sequence: payment.version,
    });
  }

  charge(what: 'failed' | 'action_required', charge: ChargeView): void {
    this.outbox.add(`billing.charge.${what}.v1`, {
      partner_id: charge.partnerId,
      customer_id: charge.customerId,
      charge_id: charge.id,
      account_id: charge.accountId,
      amount: charge.amount,
      currency: charge.currency,
      code: charge.code ?? '',
      attempt: charge.attempt,
      retry_at: charge.retryAt ? toIsoSeconds(charge.retryAt) : '',
      action_url: charge.actionUrl ?? '',
      sequence: charge.version,
    });
  }

  refund(what: 'succeeded' | 'failed', refund: RefundView): void {
    this.outbox.add(`billing.refund.${what}.v1`, {
      partner_id: refund.partnerId,
      customer_id: refund.customerId,
      refund_id: refund.id,
      payment_id: refund.paymentId,
      account_id: refund.accountId,
      amount: refund.amount,
      currency: refund.currency,
      reason: refund.reason,
      code: refund.code ?? '',
      sequence: refund.version,
    });
  }
}

function payloadOf(invoice: InvoiceView) {
  return {
    partner_id: invoice.partnerId,
    customer_id: invoice.customerId,
    invoice_id: invoice.id,
    account_id: invoice.accountId,
    invoice_number: invoice.number ?? '',
    status: invoice.status,
    total_amount: invoice.totalAmount,
    amount_due: dueOf(invoice).toText(),
    currency: invoice.currency,
    due_date: invoice.dueOn ?? '',
    sequence: invoice.version,
  };
}
