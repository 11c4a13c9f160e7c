import type { Call } from './api-calls.js';
import { unique } from './api-fixtures.js';

const contract = () => ({
  supplier_id: 1,
  reference: `CALLED-${unique()}`,
  device_id: 1,
  valid_from: '2025-01-01',
  monthly_amount: 1,
  currency: 'USD',
  committed_percent: 99.9,
  credit_percent: 5,
  credit_minutes: 60,
});
const note = () => ({ note: 'Called' });

/** How to call the operations of suppliers, of what is bought from them, and of what they owe. */
export const SUPPLIER_CALLS: Readonly<Record<string, Call>> = {
  'GET /v1/suppliers': {},
  'POST /v1/suppliers': { body: () => ({ name: `Called ${unique()}` }) },
  'GET /v1/suppliers/:supplier_id': { thing: 'supplier' },
  'PATCH /v1/suppliers/:supplier_id': { thing: 'supplier', body: () => ({ phone: '+27 11 555 0100' }) },
  'GET /v1/supplier-contracts': {},
  'POST /v1/supplier-contracts': { body: contract },
  'GET /v1/supplier-contracts/:contract_id': { thing: 'supplier_contract' },
  'PATCH /v1/supplier-contracts/:contract_id': { thing: 'supplier_contract', body: () => ({ claim_days: 45 }) },
  'DELETE /v1/supplier-contracts/:contract_id': { thing: 'supplier_contract' },
  'GET /v1/supplier-claims': {},
  'GET /v1/supplier-claims/:claim_id': { thing: 'supplier_claim' },
  'PATCH /v1/supplier-claims/:claim_id': { thing: 'supplier_claim', body: note },
  'POST /v1/supplier-claims/:claim_id/submit': { thing: 'supplier_claim', body: note },
  'POST /v1/supplier-claims/:claim_id/accept': { thing: 'sent_claim', body: note },
  'POST /v1/supplier-claims/:claim_id/reject': { thing: 'sent_claim', body: note },
  'POST /v1/supplier-claims/:claim_id/withdraw': { thing: 'supplier_claim', body: note },
  'POST /v1/supplier-claims/:claim_id/reopen': { thing: 'withdrawn_claim' },
};
