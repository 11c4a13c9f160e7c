import { PERMISSIONS } from '@isp/contracts';
import { LOGIN_MAX_CHARACTERS, PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from '@isp/domain/access';
import { z } from 'zod';
import { userExample, userShape } from '../users/user.schema.js';

/** What somebody typed to get in: bounded, but not judged, so that every wrong one gets the same answer. */
const typed = (max: number) => z.string().min(1).max(max);

export const loginBody = z.strictObject({
  login: typed(LOGIN_MAX_CHARACTERS).describe('E-mail address, portal id or user name'),
  password: typed(1_024),
});
export type LoginBody = z.infer<typeof loginBody>;

export const refreshBody = z.strictObject({ refresh_token: typed(512) });
export type RefreshBody = z.infer<typeof refreshBody>;

export const passwordBody = z.strictObject({
  current_password: typed(1_024),
  new_password: z
    .string()
    .max(1_024)
    .describe(
      `${PASSWORD_MIN_CHARACTERS} to ${PASSWORD_MAX_CHARACTERS} characters; not the log-in name, e-mail address or old password`,
    ),
});
export type PasswordBody = z.infer<typeof passwordBody>;

export const tokenBody = z.strictObject({
  grant_type: z.literal('client_credentials'),
  client_id: typed(64).optional().describe("The API key's public id; may come by HTTP Basic instead"),
  client_secret: typed(128).optional().describe('The whole API key; may come by HTTP Basic instead'),
  scope: z.string().max(2_000).optional().describe('Scopes separated by spaces; all of the key when absent'),
});
export type TokenBody = z.infer<typeof tokenBody>;

export const tokensShape = z.object({
  access_token: z.string(),
  refresh_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds'),
});

export const clientTokenShape = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().describe('Seconds'),
  scope: z.string(),
});

export const callerShape = z.object({
  kind: z.enum(['user', 'api_key']),
  partner_id: z.int(),
  customer_id: z.int().nullable(),
  reach: z.enum(['all', 'partner', 'customer']),
  permissions: z.array(z.enum(PERMISSIONS)),
  user: userShape.nullable(),
  api_key: z.object({ id: z.int(), name: z.string(), public_id: z.string() }).nullable(),
});

export const loginExample = { login: 'john@example.com', password: 'correct horse battery staple' };
export const tokensExample = {
  access_token: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCIsImtpZCI6…',
  refresh_token: 'b3BhcXVlIHRleHQsIHVzZWQgb25jZSwgNDMgbG9uZyE',
  token_type: 'Bearer',
  expires_in: 600,
};
export const clientTokenExample = {
  access_token: tokensExample.access_token,
  token_type: 'Bearer',
  expires_in: 600,
  scope: 'customer.read service.read',
};
export const callerExample = {
  kind: 'user',
  partner_id: 1,
  customer_id: null,
  reach: 'all',
  permissions: ['customer.read', 'plan.read', 'service.read'],
  user: userExample,
  api_key: null,
};
