import type { CustomerKind, CustomerStatus, PostalAddress } from '@isp/domain/customers';
import type { CustomerReportRow } from '@isp/domain/reporting';

const TYPES: Readonly<Record<CustomerKind, string>> = {
  residential: 'Residential',
  sme: 'SME',
  enterprise: 'Enterprise',
};

const STATUSES: Readonly<Record<CustomerStatus, string>> = {
  trial: 'Trial',
  active: 'Active',
  suspended: 'Suspended',
  terminated: 'Churned',
};

export const customerTypes = Object.values(TYPES);
export const customerStatuses = Object.values(STATUSES);

/** The status that a word of this API stands for; undefined when it is none. */
export function statusOf(word: string): CustomerStatus | undefined {
  return (Object.keys(STATUSES) as CustomerStatus[]).find((status) => STATUSES[status] === word);
}

/** Never null: text that there is none of is empty, and what is not known is left out. */
export function presentCustomer(row: CustomerReportRow) {
  return {
    customer_id: row.displayId,
    account_name: row.name,
    customer_type: TYPES[row.kind],
    subscription_plan: row.planName ?? '',
    ...known('monthly_recurring_revenue', row.monthlyRevenueAmount === null ? null : Number(row.monthlyRevenueAmount)),
    ...known('contract_start_date', row.contractStartOn),
    ...known('contract_end_date', row.contractEndOn),
    status: STATUSES[row.status],
    // Plans are priced by the month, and there are no others.
    billing_cycle: row.planName === null ? '' : 'Monthly',
    payment_method: '',
    primary_contact: [row.firstName, row.lastName].filter(Boolean).join(' ') || row.name,
    contact_email: row.email,
    contact_phone: row.phone,
    service_address: row.serviceAddress ? oneLine(row.serviceAddress) : '',
    ...known('installation_date', row.installedOn),
    support_tier: row.supportTier,
  };
}

function known<N extends string, T>(name: N, value: T | null): { [key in N]?: T } {
  return (value === null ? {} : { [name]: value }) as { [key in N]?: T };
}

/** `123 Main St, Anytown, CA 12345, US`. */
function oneLine({ street, city, state, zip, country }: PostalAddress): string {
  const region = [state, zip].filter(Boolean).join(' ');
  return [street, city, region, country].filter(Boolean).join(', ');
}
