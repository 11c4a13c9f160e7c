import type { AccountTerms, AccountView, AgeingRow, BalanceView, Discount, StatementRow } from '@isp/domain/billing';
import { type Money, toIsoSeconds } from '@isp/kernel';
import { amountOf } from './money.js';

const CYCLE: Readonly<Record<number, string>> = { 1: 'monthly', 3: 'quarterly', 12: 'annual' };

function presentTerms({ fromOn, cycleMonths, billingDay, timing, proration, taxRegion }: AccountTerms) {
  const cycle = CYCLE[cycleMonths];
  return { from: fromOn, cycle, billing_day: billingDay, timing, proration, tax_region: taxRegion };
}

function presentPrepaid({ state, until, offSince }: NonNullable<AccountView['prepaid']>) {
  return { state, paid_until: until, off_since: offSince === null ? null : toIsoSeconds(new Date(offSince)) };
}

export function presentBalance({ account, balance, next, missing }: BalanceView) {
  const { id, currency, prepaid } = account;
  const amount = (money: Money): number => amountOf(money.toText(), currency);
  return {
    account_id: id,
    currency,
    ...(prepaid && presentPrepaid(prepaid)),
    balance: amount(balance),
    next_period: next
      ? { from: next.period.billedFrom, until: next.period.billedUntil, total: amount(next.total) }
      : null,
    missing: missing ? amount(missing) : 0,
  };
}

export function presentAccount(account: AccountView) {
  const { currency, limitAmount } = account;
  return {
    id: account.id,
    customer_id: account.customerId,
    name: account.name,
    kind: account.kind,
    prepaid: account.prepaid && presentPrepaid(account.prepaid),
    warn_days: account.warnDays,
    currency,
    time_zone: account.timeZone,
    payment_days: account.paymentDays,
    billed_from: account.startsOn,
    limit_amount: limitAmount === null ? null : amountOf(limitAmount, currency),
    minimum_amount: amountOf(account.minimumAmount, currency),
    language: account.language,
    invoice_delivery: account.invoiceDelivery,
    review_hours: account.reviewHours,
    next_run_on: account.nextRunOn,
    tax_exemptions: account.exemptions,
    terms: account.terms.map(presentTerms),
    payer_account_id: account.payerAccountId,
    parked_for: account.parkedFor,
    autopay: account.autopay,
    open_amount: amountOf(account.openAmount, currency),
    credit_balance: amountOf(account.creditAmount, currency),
    created_at: toIsoSeconds(account.createdAt),
    updated_at: toIsoSeconds(account.updatedAt),
  };
}

export function presentEntry(row: StatementRow, currency: string) {
  return {
    at: toIsoSeconds(row.at),
    event: row.event,
    amount: amountOf(row.amount, currency),
    balance: amountOf(row.balance, currency),
    invoice_id: row.invoiceId,
    invoice_number: row.invoiceNumber,
    payment_id: row.paymentId,
    reference: row.reference,
  };
}

export function presentAgeing(row: AgeingRow) {
  const amount = (text: string): number => amountOf(text, row.currency);
  return {
    currency: row.currency,
    accounts: row.accounts,
    invoices: row.invoices,
    total: amount(row.total),
    not_due: amount(row.notDue),
    days_1_30: amount(row.days30),
    days_31_60: amount(row.days60),
    days_61_90: amount(row.days90),
    days_over_90: amount(row.older),
  };
}

export function presentDiscount({ id, name, serviceId, percent, monthlyAmount, from, until }: Discount) {
  return {
    id,
    name,
    service_id: serviceId,
    percent: percent === null ? null : Number(percent),
    monthly_amount: monthlyAmount === null ? null : Number(monthlyAmount),
    from,
    until,
  };
}
