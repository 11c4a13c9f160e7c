import { addSeconds, localDate, systemClock } from '@isp/kernel';
import type { Call } from './api-calls.js';
import { unique } from './api-fixtures.js';
import { lastCode, lastService } from './billing-fixtures.js';
import { DUNNING_CALLS } from './dunning-calls.js';
import { PAYMENT_CALLS } from './payment-calls.js';

/** How to call the operations of billing. */
export const BILLING_CALLS: Readonly<Record<string, Call>> = {
  'GET /v1/billing/accounts': {},
  'POST /v1/billing/accounts': { body: () => ({ customer_id: 1, name: `Called ${unique()}` }) },
  'GET /v1/billing/accounts/:account_id': { thing: 'billing_account' },
  'PATCH /v1/billing/accounts/:account_id': { thing: 'billing_account', body: () => ({ payment_days: 30 }) },
  'POST /v1/billing/accounts/:account_id/services': {
    thing: 'account_with_service',
    // The body names the service that was made last.
    once: 'body',
    body: () => ({ service_id: lastService() }),
  },
  'POST /v1/billing/accounts/:account_id/unpark': { thing: 'parked_account' },
  'POST /v1/billing/accounts/:account_id/convert': { thing: 'billing_account', body: () => ({ kind: 'prepaid' }) },
  'GET /v1/billing/accounts/:account_id/balance': { thing: 'prepaid_account' },
  'GET /v1/billing/accounts/:account_id/preview': { thing: 'billing_account' },
  'GET /v1/billing/accounts/:account_id/statement': { thing: 'billing_account' },
  'GET /v1/billing/ageing': {},
  'GET /v1/billing/accounts/:account_id/discounts': { thing: 'billing_account' },
  'POST /v1/billing/accounts/:account_id/discounts': {
    thing: 'billing_account',
    body: () => ({ name: 'Called', percent: 10, from: '2025-02-01' }),
  },
  'POST /v1/billing/invoices': {
    body: () => ({ customer_id: 1, invoice_type: 'one_off', line_items: [{ description: 'Called', amount: 1 }] }),
  },
  'GET /v1/billing/invoices': {},
  'GET /v1/billing/credit-notes': {},
  'GET /v1/billing/invoices/:invoice_id': { thing: 'invoice' },
  'GET /v1/billing/invoices/:invoice_id/proof': { thing: 'invoice' },
  'GET /v1/billing/invoices/:invoice_id/document.pdf': { thing: 'invoice' },
  'GET /v1/billing/invoices/:invoice_id/document.xml': { thing: 'invoice' },
  'GET /v1/billing/invoices/:invoice_id/documents/verify': { thing: 'invoice' },
  'GET /v1/billing/issuer': {},
  'PATCH /v1/billing/issuer': { body: () => ({ phone: '+31 20 555 0100' }) },
  'PATCH /v1/billing/invoices/:invoice_id': { thing: 'draft_invoice', body: () => ({ notes: 'Called' }) },
  'POST /v1/billing/invoices/:invoice_id/issue': { thing: 'draft_invoice' },
  'POST /v1/billing/invoices/:invoice_id/void': { thing: 'invoice', body: () => ({}) },
  'POST /v1/billing/invoices/:invoice_id/credit-notes': { thing: 'invoice', body: () => ({ reason: 'Called' }) },
  'POST /v1/billing/invoices/:invoice_id/write-offs': { thing: 'invoice', body: () => ({ reason: 'uncollectable' }) },
  'POST /v1/billing/payments/:payment_id/write-offs': {
    thing: 'taken_back_payment',
    body: () => ({ reason: 'settlement' }),
  },
  'POST /v1/billing/accounts/:account_id/write-offs': { thing: 'owing_account', body: () => ({ reason: 'deceased' }) },
  'POST /v1/billing/write-offs/small-balances': { body: () => ({ currency: 'USD', below: 0.01, older_than_days: 1 }) },
  'GET /v1/billing/write-offs': {},
  'GET /v1/billing/write-offs/:write_off_id': { thing: 'write_off' },
  'POST /v1/billing/write-offs/:write_off_id/reverse': {
    thing: 'write_off',
    body: () => ({ reversal_reason: 'Called' }),
  },
  'POST /v1/billing/payments': { body: () => ({ customer_id: 1, amount: 1, method: 'cash' }) },
  'GET /v1/billing/payments': {},
  'GET /v1/billing/payments/:payment_id': { thing: 'payment' },
  'POST /v1/billing/payments/:payment_id/reverse': { thing: 'payment', body: () => ({ reason: 'Called' }) },
  'GET /v1/billing/runs': {},
  'POST /v1/billing/runs': { body: () => ({ dry_run: true }) },
  'GET /v1/billing/runs/:run_id': { thing: 'billing_run' },
  'GET /v1/billing/runs/:run_id/findings': { thing: 'billing_run' },
  'POST /v1/billing/runs/:run_id/issue-drafts': { thing: 'reviewed_run' },
  'POST /v1/billing/runs/:run_id/cancel': { thing: 'billing_run' },
  'GET /v1/billing/accounts/:account_id/charges': { thing: 'billing_account' },
  'POST /v1/billing/accounts/:account_id/charges': {
    thing: 'billing_account',
    body: () => ({ description: 'Called', unit_amount: 1 }),
  },
  'POST /v1/billing/accounts/:account_id/charges/:charge_id/cancel': { thing: 'billing_charge' },
  'POST /v1/billing/accounts/:account_id/what-if': {
    thing: 'billing_account',
    body: () => ({ change: { kind: 'add', plan_id: 1 } }),
  },
  'POST /v1/billing/accounts/:account_id/promotions': {
    thing: 'account_and_promotion',
    // The body names the code that was made last.
    once: 'body',
    body: () => ({ code: lastCode() }),
  },
  'POST /v1/billing/accounts/:account_id/discounts/:discount_id/end': {
    thing: 'billing_discount',
    // It holds for three months.
    body: () => ({ on: localDate(addSeconds(systemClock.now(), 10 * 86_400), 'UTC') }),
  },
  'GET /v1/billing/promotions': {},
  'POST /v1/billing/promotions': {
    body: () => ({ code: `CALLED-${unique()}`, name: 'Called', percent: 10, months: 3, from: '2025-01-01' }),
  },
  'POST /v1/billing/promotions/:promotion_id/end': { thing: 'billing_promotion', body: () => ({ on: '2198-01-01' }) },
  'GET /v1/billing/tax-rates': {},
  'POST /v1/billing/tax-rates': {
    body: () => ({ region: `CALLED-${unique()}`, code: 'vat', name: 'VAT', percent: 15, from: '2025-01-01' }),
  },
  'POST /v1/billing/tax-rates/:tax_rate_id/end': { thing: 'tax_rate', body: () => ({ on: '2026-01-01' }) },
  'GET /v1/plans/:plan_id/billing-policy': { thing: 'plan' },
  'PATCH /v1/plans/:plan_id/billing-policy': { thing: 'plan', body: () => ({ pause: 'charge' }) },
  ...DUNNING_CALLS,
  'GET /v1/reports/mrr': {},
  'GET /v1/reports/revenue': {},
  'GET /v1/reports/tax': {},
  'GET /v1/reports/deferred-revenue': {},
  'GET /v1/reports/bad-debt': {},
  'GET /v1/reports/trial-balance': {},
  'GET /v1/reports/ageing': {},
  'GET /v1/reports/page': {},
  'POST /v1/billing/invoices/:invoice_id/send': { thing: 'invoice' },
  'GET /v1/messages': {},
  'GET /v1/messages/:message_id': { thing: 'message' },
  'POST /v1/messages/:message_id/retry': { thing: 'failed_message' },
  'POST /v1/messages/:message_id/cancel': { thing: 'message' },
  'GET /operations/v1/invoices': {},
  ...PAYMENT_CALLS,
};
