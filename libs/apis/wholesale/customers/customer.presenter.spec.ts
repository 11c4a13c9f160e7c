import { describe, expect, it } from '@jest/globals';
import type { CustomerView } from '@isp/domain/customers';
import { customerExample } from './customer.example.js';
import { presentCustomer } from './customer.presenter.js';
import { customerShape } from './customer.schema.js';

const owner = { guid: 'aeef38c0-f1e9-4e83-ad4f-3e35aab8dfcf', timeZone: 'Africa/Johannesburg' };
const customer: CustomerView = {
  id: 1,
  guid: 'fc65f24e-aadd-440e-af96-9cbbdfa50349',
  partnerId: 2,
  displayId: 'CUST-10001',
  kind: 'residential',
  name: 'Thandi Nkosi',
  firstName: 'Thandi',
  lastName: 'Nkosi',
  email: 'thandi@example.com',
  phone: '+27821234567',
  homePhone: '+27111234567',
  username: null,
  address: null,
  billingAddress: null,
  supportTier: 'Standard',
  status: 'active',
  statusReason: null,
  portalId: '10003456',
  portalUserGuid: 'aabde29f-b2b2-456f-916e-699d0bd28cfc',
  version: 1,
  createdAt: new Date('2024-10-17T11:42:49Z'),
  updatedAt: new Date('2024-10-17T11:42:49Z'),
  terminatedAt: null,
};

describe('presentCustomer', () => {
  it('writes the fields of the document in the order of the document', () => {
    const shown = presentCustomer(customer, owner);
    expect(shown).toEqual(customerExample);
    expect(Object.keys(shown)).toEqual(Object.keys(customerExample));
    expect(Object.keys(customerShape.shape)).toEqual(Object.keys(customerExample));
    expect(customerShape.parse(shown)).toEqual(customerExample);
  });

  it('fills the addresses that are held', () => {
    const billingAddress = {
      street: '1 Long St',
      city: 'Cape Town',
      state: 'Western Cape',
      zip: '8001',
      country: 'ZA',
    };
    const address = { street: '2 Short St', city: 'Durban', zip: '4001' };
    expect(presentCustomer({ ...customer, billingAddress, address }, owner)).toMatchObject({
      billing_address: '1 Long St',
      billing_suburb: null,
      billing_city: 'Cape Town',
      billing_postal_code: '8001',
      billing_province: 'Western Cape',
      billing_country: 'ZA',
      physical_address: '2 Short St',
      physical_city: 'Durban',
      physical_province: null,
      physical_country: null,
    });
  });

  it('names a business as a business and a person known by one name by that', () => {
    const names = { firstName: null, lastName: null };
    expect(presentCustomer({ ...customer, ...names, kind: 'sme' }, owner)).toMatchObject({
      first_name: null,
      business_name: 'Thandi Nkosi',
    });
    expect(presentCustomer({ ...customer, ...names }, owner)).toMatchObject({
      first_name: 'Thandi Nkosi',
      last_name: null,
    });
  });

  it.each([
    ['trial', true],
    ['active', true],
    ['suspended', false],
    ['terminated', false],
  ] as const)('calls a customer that is %s enabled: %p', (status, enabled) => {
    expect(presentCustomer({ ...customer, status }, owner).enabled).toBe(enabled);
  });
});
