import { currencyCode, emailAddress, line, phoneNumber, prose, searchText } from '@isp/apis/shared';
import { PARTNER_SORTING } from '@isp/domain/partners';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const timeZone = z.string().refine((zone) => {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}, 'must be an IANA time zone');
const tier = z.enum(['free', 'professional', 'enterprise']);
const optional = {
  email: emailAddress.nullable().optional(),
  phone: phoneNumber.nullable().optional(),
  tier: tier.optional(),
  currency: currencyCode.optional(),
  time_zone: timeZone.optional(),
};

export const createPartnerBody = z.strictObject({
  name: line(120),
  kind: z.enum(['reseller', 'isp']).default('reseller'),
  ...optional,
});
export type CreatePartnerBody = z.infer<typeof createPartnerBody>;

export const changePartnerBody = z.strictObject({ name: line(120).optional(), ...optional });
export type ChangePartnerBody = z.infer<typeof changePartnerBody>;

export const partnerReasonBody = z.strictObject({ reason: prose(500).optional() }).default({});
export type PartnerReasonBody = z.infer<typeof partnerReasonBody>;

export const partnersQuery = sortedQuery(
  {
    kind: z.enum(['operator', 'reseller', 'isp']).optional(),
    status: z.enum(['active', 'suspended']).optional(),
    search: searchText(120),
  },
  PARTNER_SORTING,
);
export type PartnersQuery = z.infer<typeof partnersQuery>;

export const partnerShape = z.object({
  id: z.int(),
  name: z.string(),
  kind: z.enum(['operator', 'reseller', 'isp']),
  status: z.enum(['active', 'suspended']),
  email: z.string().nullable(),
  phone: z.string().nullable(),
  tier,
  currency: z.string(),
  time_zone: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const partnersShape = listShape('partners', partnerShape);

export const partnerExample = {
  id: 2,
  name: 'Northwind Internet',
  kind: 'reseller',
  status: 'active',
  email: 'office@northwind.example',
  phone: '+12025550123',
  tier: 'professional',
  currency: 'USD',
  time_zone: 'America/New_York',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
