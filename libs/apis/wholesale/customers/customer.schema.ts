import { emailAddress, line, phoneNumber, prose } from '@isp/apis/shared';
import { z } from 'zod';
import { pageShape, pagingQuery } from '../lists.js';

export const signUpBody = z.strictObject({
  customer: z.strictObject({
    first_name: line(100),
    last_name: line(100),
    email: emailAddress,
    username: line(254).optional(),
    // How long and how good it must be is the access domain's to say; this only bounds what is looked at.
    password: z.string().min(1).max(1000),
    mobile_number: phoneNumber,
    home_number: phoneNumber.optional(),
  }),
});
export type SignUpBody = z.infer<typeof signUpBody>;

export const customersQuery = z.strictObject({ q: prose(254), ...pagingQuery });
export type CustomersQuery = z.infer<typeof customersQuery>;

/** Whether `q` is a whole e-mail address, which asks for one customer rather than for a page. */
export const isEmailAddress = (q: string): boolean => emailAddress.safeParse(q.trim()).success;

const text = z.string();
const maybe = z.string().nullable();

const addressShape = <P extends string>(prefix: P) =>
  Object.fromEntries(
    ['address', 'suburb', 'city', 'postal_code', 'province', 'country'].map((part) => [`${prefix}_${part}`, maybe]),
  );

export const customerShape = z.object({
  id: text,
  parent_id: text,
  portal_user_id: text,
  first_name: maybe,
  last_name: maybe,
  business_name: maybe,
  email: text,
  username: text,
  mobile_number: text,
  home_number: maybe,
  work_number: maybe,
  external_reference: maybe,
  fno_opt_in: z.boolean().nullable(),
  isp_opt_in: z.boolean().nullable(),
  opt_in_ip_address: maybe,
  vat_number: maybe,
  identity_number: maybe,
  registration_number: maybe,
  ...addressShape('billing'),
  ...addressShape('physical'),
  service_provider_flag: z.boolean(),
  fax_number: maybe,
  nationality: maybe,
  identification_type_id: maybe,
  created_at: text,
  updated_at: text,
  enabled: z.boolean(),
  alternative_number: maybe,
  preferred_contact_method: maybe,
  comments: maybe,
  preferred_contact_time: maybe,
});

export const customerOrPageShape = z.union([customerShape, pageShape(customerShape)]);
