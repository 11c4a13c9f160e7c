import { PERMISSIONS } from '@isp/contracts';
import { PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS, USER_SORTING } from '@isp/domain/access';
import { bodyId, emailAddress, intId, line, searchText } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const roleName = z.string().regex(/^[a-z][a-z_]{1,63}$/, 'must be the name of a role; GET /v1/roles lists them');
const roles = z.array(roleName).min(1).max(20);
const password = z
  .string()
  .max(1_024)
  .describe(
    `${PASSWORD_MIN_CHARACTERS} to ${PASSWORD_MAX_CHARACTERS} characters; not the user name or the e-mail address`,
  );

export const createUserBody = z.strictObject({
  username: z
    .string()
    .regex(/^[A-Za-z0-9._-]{3,64}$/, 'must be 3 to 64 letters, digits, dots, underscores and hyphens'),
  email: emailAddress,
  full_name: line(200),
  password,
  roles,
  partner_id: bodyId.optional().describe('The operator only: the partner that the user works for'),
});
export type CreateUserBody = z.infer<typeof createUserBody>;

export const updateUserBody = z
  .strictObject({
    email: emailAddress.optional(),
    full_name: line(200).optional(),
    roles: roles.optional().describe('The complete new set'),
  })
  .refine((body) => Object.keys(body).length > 0, 'name at least one field to change');
export type UpdateUserBody = z.infer<typeof updateUserBody>;

export const setPasswordBody = z.strictObject({ password });
export type SetPasswordBody = z.infer<typeof setPasswordBody>;

export const usersQuery = sortedQuery(
  {
    status: z.enum(['active', 'disabled']).optional(),
    role: roleName.optional(),
    partner_id: intId.optional(),
    search: searchText(200).describe('Part of a user name, e-mail address or full name'),
    customers: z
      .enum(['true', 'false'])
      .transform((value) => value === 'true')
      .optional()
      .describe('Also the log-ins of customers'),
  },
  USER_SORTING,
);
export type UsersQuery = z.infer<typeof usersQuery>;

export const userShape = z.object({
  id: z.int(),
  username: z.string(),
  email: z.string(),
  full_name: z.string(),
  roles: z.array(z.string()),
  status: z.enum(['active', 'disabled']),
  partner_id: z.int(),
  customer_id: z.int().nullable(),
  last_login_at: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const usersShape = listShape('users', userShape);

const roleShape = z.object({
  name: z.string(),
  title: z.string(),
  reach: z.enum(['all', 'partner', 'customer']),
  permissions: z.array(z.enum(PERMISSIONS)),
});
export const rolesShape = z.object({ roles: z.array(roleShape) });

export const userExample = {
  id: 12,
  username: 'jane.roe',
  email: 'jane.roe@example.com',
  full_name: 'Jane Roe',
  roles: ['support'],
  status: 'active',
  partner_id: 1,
  customer_id: null,
  last_login_at: '2025-01-29T10:30:00Z',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
export const createUserExample = {
  username: 'jane.roe',
  email: 'jane.roe@example.com',
  full_name: 'Jane Roe',
  password: 'correct horse battery staple',
  roles: ['support'],
};
export const roleExample = {
  name: 'noc',
  title: 'Network operations',
  reach: 'all',
  permissions: ['customer.read', 'service.provision'],
};
