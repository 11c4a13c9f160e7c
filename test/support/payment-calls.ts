import type { Call } from './api-calls.js';
import { unique } from './api-fixtures.js';
import { freshToken, lastPayer, lastReturnable } from './payment-fixtures.js';

/** How to call the operations of payments, gateways and bank statements. */
export const PAYMENT_CALLS: Readonly<Record<string, Call>> = {
  'POST /v1/billing/payments/:payment_id/refunds': { thing: 'payment', body: () => ({ amount: 1, reason: 'Called' }) },
  'GET /v1/billing/refunds': {},
  'GET /v1/billing/refunds/:refund_id': { thing: 'refund' },
  'POST /v1/billing/payment-methods': {
    body: () => ({ customer_id: 1, gateway: 'sandbox', token: freshToken() }),
  },
  'GET /v1/billing/payment-methods': {},
  'GET /v1/billing/payment-methods/:payment_method_id': { thing: 'payment_method' },
  'POST /v1/billing/payment-methods/:payment_method_id/make-default': { thing: 'payment_method' },
  'DELETE /v1/billing/payment-methods/:payment_method_id': { thing: 'payment_method' },
  // One of the sandbox's customers who has paid half of an invoice.
  'POST /v1/billing/charges': { body: () => ({ customer_id: 14, amount: 0.01 }) },
  'POST /v1/billing/top-ups': { body: () => ({ customer_id: 1, amount: 1 }) },
  'GET /v1/billing/charges': {},
  'GET /v1/billing/charges/:charge_id': { thing: 'charge' },
  'POST /v1/billing/accounts/:account_id/autopay': { thing: 'billing_account', body: () => ({ enabled: true }) },
  'POST /v1/payments/gateways/:gateway/webhook': { thing: 'gateway', body: () => ({ id: 'evt_called' }) },
  'GET /v1/billing/sandbox-actions/:reference': { thing: 'gateway_action' },
  'POST /v1/billing/sandbox-actions/:reference': { thing: 'gateway_action', body: () => ({ approve: true }) },
  'GET /v1/billing/decline-codes': {},
  'PUT /v1/billing/decline-codes/:code': {
    thing: 'decline_code',
    body: () => ({ description: 'Called', retry_hours: [72, 168], refuses_method: false }),
  },
  'POST /v1/billing/bank-statements': {
    query: '?format=csv&bank_account=CALLED&currency=USD',
    body: () => `date,amount\n2025-02-01,${unique()}.00\n`,
  },
  'GET /v1/billing/bank-statements': {},
  'GET /v1/billing/bank-statements/:statement_id': { thing: 'bank_statement' },
  'GET /v1/billing/bank-entries': {},
  'GET /v1/billing/bank-entries/:entry_id': { thing: 'bank_entry' },
  'POST /v1/billing/bank-entries/:entry_id/match': {
    thing: 'bank_entry',
    // The body names the customer that was made last.
    once: 'body',
    body: () => ({ customer_id: lastPayer() }),
  },
  'POST /v1/billing/bank-entries/:entry_id/return': {
    thing: 'returning_bank_entry',
    once: 'body',
    body: () => ({ payment_id: lastReturnable() }),
  },
  'POST /v1/billing/bank-entries/:entry_id/ignore': { thing: 'bank_entry', body: () => ({ reason: 'Called' }) },
  'POST /v1/billing/bank-entries/:entry_id/reopen': { thing: 'matched_bank_entry', body: () => ({ reason: 'Called' }) },
};
