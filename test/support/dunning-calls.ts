import type { Call } from './api-calls.js';
import { unique } from './api-fixtures.js';
import { promiseDay } from './dunning-fixtures.js';

const policy = () => ({
  name: 'Called',
  currency: 'USD',
  customer_tag: `called-${unique()}`,
  steps: [
    { days: 5, action: 'reminder' },
    { days: 7, action: 'throttle', download_kbps: 2_000, upload_kbps: 2_000 },
  ],
});

/** How to call the operations of dunning. */
export const DUNNING_CALLS: Readonly<Record<string, Call>> = {
  'GET /v1/dunning/policies': {},
  'POST /v1/dunning/policies': { body: policy },
  'GET /v1/dunning/policies/:policy_id': { thing: 'dunning_policy' },
  'PATCH /v1/dunning/policies/:policy_id': { thing: 'dunning_policy', body: () => ({ grace_days: 3 }) },
  'POST /v1/dunning/policies/:policy_id/retire': { thing: 'dunning_policy' },
  'GET /v1/dunning/holidays': {},
  'POST /v1/dunning/holidays': { body: () => ({ calendar: `C${unique()}`, date: '2030-01-01', name: 'Called' }) },
  'DELETE /v1/dunning/holidays/:holiday_id': { thing: 'dunning_holiday' },
  'GET /v1/dunning/customers/:customer_id/tag': { thing: 'customer' },
  'PUT /v1/dunning/customers/:customer_id/tag': { thing: 'customer', body: () => ({ tag: 'called' }) },
  'GET /v1/dunning/cases': {},
  'GET /v1/dunning/cases/:case_id': { thing: 'dunning_case' },
  'POST /v1/dunning/cases/:case_id/promises': { thing: 'dunning_case', body: () => ({ promised_on: promiseDay() }) },
  'GET /v1/dunning/promises': {},
  'POST /v1/dunning/promises/:promise_id/withdraw': { thing: 'promise' },
  'POST /v1/billing/invoices/:invoice_id/disputes': { thing: 'invoice', body: () => ({ reason: 'Called' }) },
  'GET /v1/dunning/disputes': {},
  'POST /v1/dunning/disputes/:dispute_id/close': { thing: 'dispute', body: () => ({ outcome: 'rejected' }) },
};
