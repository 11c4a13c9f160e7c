import { z } from 'zod';
import { filter, sliceFilters, tolerantQuery } from '../filters.js';
import { customerStatuses, customerTypes } from './customer.presenter.js';

export const customersQuery = tolerantQuery({
  status: filter('Exactly this status, case-sensitive; one that does not exist finds nobody.', customerStatuses),
  ...sliceFilters('`customer_id`'),
});
export type CustomersQuery = z.infer<typeof customersQuery>;

const text = z.string();
const date = z.iso.date();

export const customersShape = z.array(
  z.object({
    customer_id: text,
    account_name: text,
    customer_type: z.enum(customerTypes),
    subscription_plan: text,
    monthly_recurring_revenue: z.number().optional(),
    contract_start_date: date.optional(),
    contract_end_date: date.optional(),
    status: z.enum(customerStatuses),
    billing_cycle: text,
    payment_method: text,
    primary_contact: text,
    contact_email: text,
    contact_phone: text,
    service_address: text,
    installation_date: date.optional(),
    bandwidth_usage_percent: z.number().optional(),
    support_tier: text,
  }),
);

export const customersExample = [
  {
    customer_id: 'CUST-10001',
    account_name: 'Harbour Logistics',
    customer_type: 'SME',
    subscription_plan: 'Business Fiber 500',
    monthly_recurring_revenue: 249.99,
    contract_start_date: '2025-01-15',
    contract_end_date: '2026-01-15',
    status: 'Active',
    billing_cycle: 'Monthly',
    payment_method: '',
    primary_contact: 'Dana Reyes',
    contact_email: 'dana@example.com',
    contact_phone: '+12125550142',
    service_address: '12 Pier St, New York, NY 10004, US',
    installation_date: '2025-01-15',
    support_tier: 'Standard',
  },
];
