import type { CustomerView, PostalAddress } from '@isp/domain/customers';
import type { PartnerView } from '@isp/domain/partners';
import { upperUuid } from '@isp/kernel';
import { toOrderFlowTime } from '../dates.js';

type Owner = Pick<PartnerView, 'guid' | 'timeZone'>;

/** The customer of the order flow, fields in the order of its document; null for what is not held here. */
export function presentCustomer(customer: CustomerView, owner: Owner) {
  return {
    id: upperUuid(customer.guid),
    parent_id: upperUuid(owner.guid),
    portal_user_id: upperUuid(customer.portalUserGuid),
    ...namesOf(customer),
    email: customer.email,
    // A customer without a user name of its own signs in with the e-mail address.
    username: customer.username ?? customer.email,
    mobile_number: customer.phone,
    home_number: customer.homePhone,
    work_number: null,
    external_reference: null,
    fno_opt_in: null,
    isp_opt_in: null,
    opt_in_ip_address: null,
    vat_number: null,
    identity_number: null,
    registration_number: null,
    ...addressOf('billing', customer.billingAddress),
    ...addressOf('physical', customer.address),
    service_provider_flag: false,
    fax_number: null,
    nationality: null,
    identification_type_id: null,
    created_at: toOrderFlowTime(customer.createdAt, owner.timeZone),
    updated_at: toOrderFlowTime(customer.updatedAt, owner.timeZone),
    enabled: customer.status === 'active' || customer.status === 'trial',
    alternative_number: null,
    preferred_contact_method: null,
    comments: null,
    preferred_contact_time: null,
  };
}

/** A person who signed up elsewhere is known by one name only, which then stands as the first name. */
function namesOf({ kind, name, firstName, lastName }: CustomerView) {
  const business = kind !== 'residential';
  const first = firstName ?? (business ? null : name);
  return { first_name: first, last_name: lastName, business_name: business ? name : null };
}

function addressOf<P extends 'billing' | 'physical'>(prefix: P, address: PostalAddress | null) {
  return {
    [`${prefix}_address`]: address?.street ?? null,
    [`${prefix}_suburb`]: null,
    [`${prefix}_city`]: address?.city ?? null,
    [`${prefix}_postal_code`]: address?.zip ?? null,
    [`${prefix}_province`]: address?.state ?? null,
    [`${prefix}_country`]: address?.country ?? null,
  } as Record<`${P}_${'address' | 'suburb' | 'city' | 'postal_code' | 'province' | 'country'}`, string | null>;
}
