import { bodyId, emailAddress, intId, line, phoneNumber, prose, searchText } from '@isp/apis/shared';
import { CUSTOMER_SORTING } from '@isp/domain/customers';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

export const address = z.strictObject({
  street: line(200),
  city: line(100),
  state: line(100).optional(),
  zip: line(20),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166-1 alpha-2 code')
    .optional(),
});

export const createCustomerBody = z.strictObject({
  name: line(200),
  email: emailAddress,
  phone: phoneNumber,
  address: address.optional(),
  billing_address: address.optional(),
  partner_id: bodyId.optional(),
  customer_type: z.enum(['residential', 'sme', 'enterprise']).optional(),
  trial: z.boolean().optional(),
});
export type CreateCustomerBody = z.infer<typeof createCustomerBody>;

export const changeCustomerBody = z
  .strictObject({
    name: line(200),
    email: emailAddress,
    phone: phoneNumber,
    address: address.nullable(),
    billing_address: address.nullable(),
    customer_type: z.enum(['residential', 'sme', 'enterprise']),
    support_tier: line(50),
  })
  .partial();
export type ChangeCustomerBody = z.infer<typeof changeCustomerBody>;

export const reasonBody = z.strictObject({ reason: prose(500).optional() }).default({});
export type ReasonBody = z.infer<typeof reasonBody>;

export const passwordBody = z.strictObject({ password: z.string().min(12).max(128) });
export type PasswordBody = z.infer<typeof passwordBody>;

export const customersQuery = sortedQuery(
  {
    status: z.enum(['trial', 'active', 'suspended', 'terminated']).optional(),
    search: searchText(200),
    partner_id: intId.optional(),
  },
  CUSTOMER_SORTING,
);
export type CustomersQuery = z.infer<typeof customersQuery>;

export const customerShape = z.object({
  id: z.int(),
  name: z.string(),
  email: z.string(),
  phone: z.string(),
  portal_id: z.string(),
  status: z.enum(['trial', 'active', 'suspended', 'terminated']),
  partner_id: z.int(),
  customer_type: z.string(),
  support_tier: z.string(),
  address: address.nullable(),
  billing_address: address.nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

export const customersShape = listShape('customers', customerShape);

export const customerExample = {
  id: 123,
  name: 'John Doe',
  email: 'john@example.com',
  phone: '+1234567890',
  portal_id: '10003456',
  status: 'active',
  partner_id: 1,
  customer_type: 'residential',
  support_tier: 'Standard',
  address: { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345', country: 'US' },
  billing_address: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};

export const createCustomerExample = {
  name: 'John Doe',
  email: 'john@example.com',
  phone: '+1234567890',
  address: { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345', country: 'US' },
  billing_address: { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345', country: 'US' },
};
