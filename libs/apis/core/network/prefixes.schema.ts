import { bodyId, intId, prose } from '@isp/apis/shared';
import { PREFIX_SORTING } from '@isp/domain/network';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';
import { EDITED_EXAMPLE, NOT_EMPTY, edited, notEmpty, prefixText } from './ipam.schema.js';

const role = z.enum(['container', 'assignment']);

export const createPrefixBody = z.strictObject({
  vrf_id: bodyId.default(1).describe('1 is the default VRF'),
  prefix: prefixText,
  role: role.describe('A container holds other prefixes; pools give addresses of an assignment away'),
  device_id: bodyId.optional().describe('The router whose subscribers have addresses of it'),
  parent_id: bodyId.optional().describe('The container that must hold it; found by itself when absent'),
  description: prose(500).optional(),
});
export type CreatePrefixBody = z.infer<typeof createPrefixBody>;

export const changePrefixBody = z
  .strictObject({ device_id: bodyId.nullable().optional(), description: prose(500).optional() })
  .refine(notEmpty, NOT_EMPTY);
export type ChangePrefixBody = z.infer<typeof changePrefixBody>;

export const prefixesQuery = sortedQuery(
  {
    vrf_id: intId.optional(),
    within: prefixText.optional().describe('Prefixes inside this one, itself included'),
    device_id: intId.optional(),
    role: role.optional(),
  },
  PREFIX_SORTING,
);
export type PrefixesQuery = z.infer<typeof prefixesQuery>;

export const prefixShape = z.object({
  id: z.int(),
  vrf_id: z.int(),
  prefix: z.string(),
  role,
  parent_id: z.int().nullable(),
  device_id: z.int().nullable(),
  description: z.string(),
  ...edited,
});
export const prefixesShape = listShape('prefixes', prefixShape);

export const prefixExample = {
  id: 7,
  vrf_id: 1,
  prefix: '192.168.1.0/24',
  role: 'assignment',
  parent_id: null,
  device_id: 1,
  description: 'Subscribers of bng-1',
  ...EDITED_EXAMPLE,
};
export const createPrefixExample = { prefix: '203.0.113.0/24', role: 'container', description: 'Public addresses' };
