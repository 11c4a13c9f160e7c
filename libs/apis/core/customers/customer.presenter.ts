import type { CustomerView } from '@isp/domain/customers';
import { toIsoSeconds } from '@isp/kernel';

export function presentCustomer(customer: CustomerView) {
  return {
    id: customer.id,
    name: customer.name,
    email: customer.email,
    phone: customer.phone,
    portal_id: customer.portalId,
    status: customer.status,
    partner_id: customer.partnerId,
    customer_type: customer.kind,
    support_tier: customer.supportTier,
    address: customer.address,
    billing_address: customer.billingAddress,
    created_at: toIsoSeconds(customer.createdAt),
    updated_at: toIsoSeconds(customer.updatedAt),
  };
}
