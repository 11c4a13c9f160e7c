import type { AgeingRow } from '@isp/domain/billing';
import type {
  BadDebtRow,
  DeferredRow,
  RecurringRevenueRow,
  RevenueRow,
  TaxRow,
  TrialBalanceRow,
} from '@isp/domain/reporting';
import { Money } from '@isp/kernel';

const reader =
  (currency: string) =>
  (text: string): number =>
    Money.of(text, currency).toJsonNumber();

export function presentMrr(row: RecurringRevenueRow) {
  const amount = reader(row.currency);
  return {
    month: row.month,
    currency: row.currency,
    opening: amount(row.opening),
    new: amount(row.new),
    reactivation: amount(row.reactivation),
    expansion: amount(row.expansion),
    contraction: amount(row.contraction),
    churn: amount(row.churn),
    closing: amount(row.closing),
    customers: row.customers,
    new_customers: row.newCustomers,
    reactivated_customers: row.reactivatedCustomers,
    churned_customers: row.churnedCustomers,
    arpu: row.arpu === null ? null : amount(row.arpu),
  };
}

export function presentRevenue(row: RevenueRow) {
  const amount = reader(row.currency);
  return {
    month: row.month,
    currency: row.currency,
    plan_id: row.planId,
    plan_name: row.planName,
    partner_id: row.partnerId,
    partner_name: row.partnerName,
    invoiced: amount(row.invoiced),
    credited: amount(row.credited),
    net: amount(row.net),
    tax: amount(row.tax),
  };
}

export function presentTax(row: TaxRow) {
  const amount = reader(row.currency);
  const { month, currency, region, code, name, documents } = row;
  const percent = row.percent === null ? null : Number(row.percent);
  return {
    month,
    currency,
    region,
    code,
    name,
    percent,
    documents,
    base: amount(row.base),
    amount: amount(row.amount),
    reclaimed_tax: amount(row.reclaimed),
  };
}

export function presentDeferred(row: DeferredRow) {
  const amount = reader(row.currency);
  return {
    month: row.month,
    currency: row.currency,
    opening: amount(row.opening),
    invoiced: amount(row.invoiced),
    recognised: amount(row.recognised),
    closing: amount(row.closing),
  };
}

export function presentBadDebt(row: BadDebtRow) {
  const amount = reader(row.currency);
  return {
    month: row.month,
    currency: row.currency,
    reason: row.reason,
    written_off: amount(row.writtenOff),
    recovered: amount(row.recovered),
    reversed: amount(row.reversed),
    reclaimed_tax: amount(row.reclaimedTax),
    loss: amount(row.loss),
  };
}

export function presentTrialBalance({ currency, ledgerAccount, debit, credit, balance }: TrialBalanceRow) {
  const amount = reader(currency);
  const name = ledgerAccount ?? 'total';
  return { currency, ledger_account: name, debit: amount(debit), credit: amount(credit), balance: amount(balance) };
}

export function presentAgeing(row: AgeingRow) {
  const amount = reader(row.currency);
  return {
    currency: row.currency,
    partner_id: row.partnerId,
    partner_name: row.partnerName,
    customer_id: row.customerId,
    customer_name: row.customerName,
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
