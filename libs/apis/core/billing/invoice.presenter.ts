import {
  type EngineLine,
  type InvoiceLineView,
  type InvoicePreview,
  type InvoiceProof,
  type InvoiceView,
  type InvoiceWithLines,
  type LineTax,
  dueOf,
  taxSummary,
} from '@isp/domain/billing';
import { Money, addDays, toIsoSeconds } from '@isp/kernel';
import { amountOf } from './money.js';

const lastDay = (until: string | null): string | null => (until === null ? null : addDays(until, -1));

function periodOf(from: string | null, until: string | null) {
  return from === null || until === null ? null : { start_date: from, end_date: addDays(until, -1) };
}

export function presentInvoice(invoice: InvoiceView) {
  const { currency } = invoice;
  return {
    id: invoice.id,
    customer_id: invoice.customerId,
    invoice_number: invoice.number,
    subtotal: amountOf(invoice.subtotalAmount, currency),
    tax_amount: amountOf(invoice.taxAmount, currency),
    total_amount: amountOf(invoice.totalAmount, currency),
    due_date: invoice.dueOn,
    status: invoice.status,
    created_at: toIsoSeconds(invoice.createdAt),
    document: invoice.document,
    account_id: invoice.accountId,
    invoice_type: invoice.kind,
    corrects_invoice_id: invoice.correctsId,
    currency,
    billing_period: periodOf(invoice.periodFrom, invoice.periodUntil),
    issue_date: invoice.issuedOn,
    ...settledBy(invoice),
    amount_due: dueOf(invoice).toJsonNumber(),
    notes: invoice.notes,
  };
}

/** By what an invoice was settled; of a credit note, what was used of it. */
function settledBy(invoice: InvoiceView) {
  const { currency, document, settledAmount, paidAmount, writtenOffAmount, writtenOffAt } = invoice;
  const money = (text: string): Money => Money.of(text, currency);
  const applied = money(settledAmount).minus(money(paidAmount)).minus(money(writtenOffAmount));
  const isInvoice = document === 'invoice';
  return {
    paid_amount: amountOf(isInvoice ? paidAmount : settledAmount, currency),
    credited_amount: amountOf(invoice.creditedAmount, currency),
    applied_credit_amount: isInvoice ? applied.toJsonNumber() : 0,
    written_off_amount: amountOf(writtenOffAmount, currency),
    written_off_at: writtenOffAt && toIsoSeconds(writtenOffAt),
  };
}

function presentTax({ code, name, percent, inclusive, amount }: LineTax, currency: string) {
  return { code, name, percent: Number(percent), inclusive, amount: amountOf(amount, currency) };
}

function presentLine(line: Omit<InvoiceLineView, 'id' | 'key' | 'correctsLineId' | 'inputs'>, currency: string) {
  return {
    line: line.position,
    kind: line.kind,
    service_id: line.serviceId,
    corrects_invoice_id: line.correctsInvoiceId,
    description: line.description,
    from: line.from,
    to: lastDay(line.until) ?? line.from,
    amount: amountOf(line.amount, currency),
    tax_amount: amountOf(line.taxAmount, currency),
    taxes: line.taxes.map((tax) => presentTax(tax, currency)),
  };
}

export function presentInvoiceWithLines(invoice: InvoiceWithLines) {
  const { currency, lines } = invoice;
  return {
    ...presentInvoice(invoice),
    lines: lines.map((line) => presentLine(line, currency)),
    tax_summary: summaryOf(lines, currency),
  };
}

/** What each rate was applied to, and what it came to. */
function summaryOf(lines: readonly InvoiceLineView[], currency: string) {
  return taxSummary(lines, currency).map(({ code, name, percent, base, amount }) => ({
    code,
    name,
    percent: Number(percent),
    base: base.toJsonNumber(),
    amount: amount.toJsonNumber(),
  }));
}

function presentComputedLine(line: EngineLine, index: number, currency: string) {
  const tax = Money.sum(
    line.taxes.map(({ amount }) => Money.of(amount, currency)),
    currency,
  );
  const { correctsInvoiceId = null } = line;
  return presentLine({ ...line, correctsInvoiceId, position: index + 1, taxAmount: tax.toText() }, currency);
}

export function presentPreview({ account, on, period, computed }: InvoicePreview) {
  const { currency } = account;
  return {
    account_id: account.id,
    on,
    billing_period: { start_date: period.billedFrom, end_date: addDays(period.billedUntil, -1) },
    currency,
    subtotal: computed.net.toJsonNumber(),
    tax_amount: computed.tax.toJsonNumber(),
    total_amount: computed.total.toJsonNumber(),
    parks_for: computed.nonsense,
    lines: computed.lines.map((line, index) => presentComputedLine(line, index, currency)),
  };
}

export function presentProof({ invoice, lines, subtotal, tax, total, totalsMatch, unchanged, proven }: InvoiceProof) {
  const { currency } = invoice;
  return {
    invoice_id: invoice.id,
    invoice_number: invoice.number,
    proven,
    unchanged,
    totals_match: totalsMatch,
    derived: {
      subtotal: amountOf(subtotal, currency),
      tax_amount: amountOf(tax, currency),
      total_amount: amountOf(total, currency),
    },
    lines: lines.map(({ line, arithmetic, derivedAmount, matches, taxes }) => ({
      ...presentLine(line, currency),
      rule: line.inputs.rule,
      inputs: line.inputs,
      arithmetic,
      derived_amount: amountOf(derivedAmount, currency),
      derived_taxes: taxes.map((one) => amountOf(one.derivedAmount, currency)),
      matches,
    })),
  };
}
