import { PERMISSIONS } from '@isp/contracts';
import { instant, line } from '@isp/apis/shared';
import { API_KEY_SORTING } from '@isp/domain/access';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

export const createTokenBody = z.strictObject({
  name: line(100),
  scopes: z
    .array(z.enum(PERMISSIONS))
    .min(1)
    .max(PERMISSIONS.length)
    .optional()
    .describe('What an ISP may do, without keys of its own, when absent'),
  expires_at: instant.optional().describe('A year from now when absent'),
});
export type CreateTokenBody = z.infer<typeof createTokenBody>;

export const tokensQuery = sortedQuery({}, API_KEY_SORTING);
export type TokensQuery = z.infer<typeof tokensQuery>;

const time = z.string().nullable();
export const tokenShape = z.object({
  id: z.int(),
  partner_id: z.int(),
  name: z.string(),
  masked_token: z.string(),
  status: z.enum(['active', 'rotated', 'expired', 'revoked']),
  scopes: z.array(z.string()),
  expires_at: time,
  revoked_at: time,
  last_used_at: time,
  created_by: z.string(),
  created_at: z.string(),
});
export const issuedTokenShape = tokenShape.extend({
  token: z.string().describe('The whole token: in this answer only'),
});
export const tokensShape = listShape('tokens', tokenShape);

export const tokenExample = {
  id: 9,
  partner_id: 4,
  name: 'Ordering',
  masked_token: 'test_isp_AbCd12...',
  status: 'active',
  scopes: ['customer.create', 'customer.read', 'service.create', 'service.read'],
  expires_at: '2026-01-29T10:30:00Z',
  revoked_at: null,
  last_used_at: null,
  created_by: 'user:1',
  created_at: '2025-01-29T10:30:00Z',
};
export const issuedTokenExample = { ...tokenExample, token: 'test_isp_AbCd1234…' };
export const createTokenExample = { name: 'Ordering', expires_at: '2026-01-29T10:30:00Z' };
