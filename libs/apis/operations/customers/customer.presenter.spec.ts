import { describe, expect, it } from '@jest/globals';
import type { CustomerReportRow } from '@isp/domain/reporting';
import { presentCustomer, statusOf } from './customer.presenter.js';
import { customersExample, customersShape } from './customer.schema.js';

const row: CustomerReportRow = {
  displayId: 'CUST-10001',
  name: 'Harbour Logistics',
  firstName: 'Dana',
  lastName: 'Reyes',
  kind: 'sme',
  status: 'active',
  email: 'dana@example.com',
  phone: '+12125550142',
  supportTier: 'Standard',
  planName: 'Business Fiber 500',
  monthlyRevenueAmount: '249.9900',
  contractStartOn: '2025-01-15',
  contractEndOn: '2026-01-15',
  installedOn: '2025-01-15',
  serviceAddress: { street: '12 Pier St', city: 'New York', state: 'NY', zip: '10004', country: 'US' },
};
const bare: CustomerReportRow = {
  ...row,
  firstName: null,
  lastName: null,
  kind: 'residential',
  status: 'terminated',
  planName: null,
  monthlyRevenueAmount: '0',
  contractStartOn: null,
  contractEndOn: null,
  installedOn: null,
  serviceAddress: null,
};

describe('presentCustomer', () => {
  it('words a customer as the document does', () => {
    expect([presentCustomer(row)]).toEqual(customersExample);
  });

  it('writes neither nulls nor figures that nobody measured', () => {
    const shown = presentCustomer(bare);
    expect(Object.values(shown)).not.toContain(null);
    expect(shown).toMatchObject({
      customer_type: 'Residential',
      status: 'Churned',
      subscription_plan: '',
      monthly_recurring_revenue: 0,
      billing_cycle: '',
      primary_contact: 'Harbour Logistics',
      service_address: '',
    });
    for (const field of ['contract_start_date', 'contract_end_date', 'installation_date', 'bandwidth_usage_percent']) {
      expect(shown).not.toHaveProperty(field);
    }
  });

  it('leaves out revenue that cannot be added up', () => {
    expect(presentCustomer({ ...row, monthlyRevenueAmount: null })).not.toHaveProperty('monthly_recurring_revenue');
  });

  it('fits the documented shape', () => expect(customersShape.parse([row, bare].map(presentCustomer))).toHaveLength(2));
});

describe('statusOf', () => {
  it('knows the words of this API, exactly', () => {
    expect(['Trial', 'Active', 'Suspended', 'Churned'].map(statusOf)).toEqual([
      'trial',
      'active',
      'suspended',
      'terminated',
    ]);
    expect(['active', 'ACTIVE', 'Terminated', ' Active', 'constructor'].map(statusOf)).toEqual(
      Array(5).fill(undefined),
    );
  });
});
