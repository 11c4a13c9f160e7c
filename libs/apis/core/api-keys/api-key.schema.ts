import { PERMISSIONS } from '@isp/contracts';
import { API_KEY_MAX_OVERLAP_HOURS, API_KEY_OVERLAP_HOURS, API_KEY_SORTING } from '@isp/domain/access';
import { bodyId, instant, intId, line } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const scope = z.enum(PERMISSIONS);
const tier = z.enum(['free', 'professional', 'enterprise']);
const reach = z.enum(['all', 'partner']);

export const createApiKeyBody = z.strictObject({
  name: line(100),
  scopes: z.array(scope).min(1).max(PERMISSIONS.length),
  expires_at: instant.optional(),
  reach: reach.optional().describe('The operator only: every partner, or its own customers'),
  tier: tier.optional().describe("The operator only: other rate limits than the partner's"),
  partner_id: bodyId.optional().describe('The operator only: the partner that the key is for'),
});
export type CreateApiKeyBody = z.infer<typeof createApiKeyBody>;

export const rotateApiKeyBody = z
  .strictObject({
    overlap_hours: z
      .int()
      .min(0)
      .max(API_KEY_MAX_OVERLAP_HOURS)
      .default(API_KEY_OVERLAP_HOURS)
      .describe('How long the old key works beside the new one'),
  })
  .prefault({});
export type RotateApiKeyBody = z.infer<typeof rotateApiKeyBody>;

export const apiKeysQuery = sortedQuery({ partner_id: intId.optional() }, API_KEY_SORTING);
export type ApiKeysQuery = z.infer<typeof apiKeysQuery>;

const time = z.string().nullable();
export const apiKeyShape = z.object({
  id: z.int(),
  name: z.string(),
  public_id: z.string(),
  masked_key: z.string(),
  environment: z.enum(['live', 'sandbox']),
  scopes: z.array(z.string()),
  reach,
  tier: tier.nullable(),
  status: z.enum(['active', 'rotated', 'expired', 'revoked']),
  partner_id: z.int(),
  created_by: z.string(),
  expires_at: time,
  revoked_at: time,
  rotated_to: z.int().nullable(),
  overlap_until: time,
  last_used_at: time,
  created_at: z.string(),
  updated_at: z.string(),
});
export const issuedApiKeyShape = apiKeyShape.extend({
  api_key: z.string().describe('The whole key: in this answer only'),
});
export const apiKeysShape = listShape('api_keys', apiKeyShape);

export const apiKeyExample = {
  id: 7,
  name: 'CRM integration',
  public_id: 'AbCd1234',
  masked_key: 'test_isp_AbCd12...',
  environment: 'sandbox',
  scopes: ['customer.read', 'service.read'],
  reach: 'partner',
  tier: null,
  status: 'active',
  partner_id: 2,
  created_by: 'user:12',
  expires_at: null,
  revoked_at: null,
  rotated_to: null,
  overlap_until: null,
  last_used_at: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
export const issuedApiKeyExample = { ...apiKeyExample, api_key: 'test_isp_AbCd1234…' };
export const createApiKeyExample = { name: 'CRM integration', scopes: ['customer.read', 'service.read'] };
