const DIGEST = '5d41402abc4b2a76b9719d911017c592ae1c5d1f6c6a7c2b7a0f9a1e6f0c3b9d';

export const lineExample = {
  service_id: 98,
  service_guid: '533ee0a6-7279-415b-9ed1-191bc406ab9d',
  kind: 'monthly',
  plan_id: 2,
  plan_version: 1,
  sku: 'HOME-50',
  static_ip: false,
  periods: [{ from: '2025-01-20', to: '2025-01-31' }],
  days: 12,
  unit_amount: 477.3913,
  percent: 100,
  currency: 'ZAR',
  net: 184.8,
  tax_percent: 15,
  tax: 27.72,
  gross: 212.52,
};

const basis = {
  partner_id: 4,
  month: '2025-01',
  time_zone: 'Africa/Johannesburg',
  suspended_percent: 100,
  totals: [{ currency: 'ZAR', net: 184.8, tax: 27.72, gross: 212.52 }],
  line_count: 1,
  digest: DIGEST,
};

export const settlementExample = {
  id: 1,
  guid: '0b8f2f0e-5a3d-4f4f-9a55-0d8c5d2f7e11',
  ...basis,
  issued_by: 'user:2',
  issued_at: '2025-02-01T06:00:00Z',
};

export const previewExample = { ...basis, lines: [lineExample] };

export const proofExample = {
  matches: true,
  issued_digest: DIGEST,
  stored_digest: DIGEST,
  computed_digest: DIGEST,
  totals_match: true,
  only_stored: [],
  only_computed: [],
};

export const csvExample =
  'service_id,service_guid,kind,sku,plan_version,static_ip,periods,days,unit_amount,percent,currency,net,tax_percent,tax,gross\r\n' +
  '98,533ee0a6-7279-415b-9ed1-191bc406ab9d,monthly,HOME-50,1,false,2025-01-20/2025-01-31,12,477.3913,100.000,ZAR,184.80,15.000,27.72,212.52\r\n';
