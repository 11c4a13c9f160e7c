import type { Customer, CustomerKind, CustomerStatus, PostalAddress } from './customer.entity.js';

export interface CustomerView {
  readonly id: number;
  readonly guid: string;
  readonly partnerId: number;
  readonly displayId: string;
  readonly kind: CustomerKind;
  readonly name: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string;
  readonly phone: string;
  readonly homePhone: string | null;
  readonly username: string | null;
  readonly address: PostalAddress | null;
  readonly billingAddress: PostalAddress | null;
  readonly supportTier: string;
  readonly status: CustomerStatus;
  readonly statusReason: string | null;
  readonly portalId: string;
  readonly portalUserGuid: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly terminatedAt: Date | null;
}

/** The columns of a view, for hand-written statements. */
export const CUSTOMER_COLUMNS = `c.id, c.guid, c.partner_id AS "partnerId", c.display_id AS "displayId", c.kind, c.name,
  c.first_name AS "firstName", c.last_name AS "lastName", c.email, c.phone, c.home_phone AS "homePhone", c.username,
  c.address, c.billing_address AS "billingAddress", c.support_tier AS "supportTier", c.status,
  c.status_reason AS "statusReason", c.portal_id AS "portalId", c.portal_user_guid AS "portalUserGuid", c.version,
  c.created_at AS "createdAt", c.updated_at AS "updatedAt", c.terminated_at AS "terminatedAt"`;

export function customerView(customer: Customer): CustomerView {
  return { ...customer, displayId: `CUST-${10_000 + customer.id}` };
}
