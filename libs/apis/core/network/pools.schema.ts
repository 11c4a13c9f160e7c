import { bodyId, intId, line } from '@isp/apis/shared';
import { POOL_SORTING } from '@isp/domain/network';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';
import { EDITED_EXAMPLE, NOT_EMPTY, addressText, edited, notEmpty, prefixText, time } from './ipam.schema.js';

const kind = z.enum(['ipv4', 'ipv6', 'delegated']);
const status = z.enum(['active', 'paused', 'retired']);
const state = z.enum(['assigned', 'reserved', 'quarantined', 'free']);
const ranges = z
  .array(z.strictObject({ first: addressText, last: addressText }))
  .max(100)
  .describe('IPv4 only: addresses that go only to those for whom they are reserved or who ask for them');

export const createPoolBody = z.strictObject({
  prefix_id: bodyId.describe('An assignment of a router; the pool is for that router’s subscribers'),
  name: line(80),
  kind: kind.describe('`ipv6`: Framed-IPv6-Prefix of a link or an address; `delegated`: Delegated-IPv6-Prefix'),
  prefix: prefixText.optional().describe('The part of the prefix that it gives away; all of it when absent'),
  unit_length: z
    .int()
    .min(0)
    .max(128)
    .optional()
    .describe('Prefix length of what one service gets; 32 of IPv4, when absent 64 (`ipv6`) or 56 (`delegated`)'),
  reserved_ranges: ranges.optional(),
});
export type CreatePoolBody = z.infer<typeof createPoolBody>;

export const changePoolBody = z
  .strictObject({
    name: line(80).optional(),
    status: z.enum(['active', 'paused']).optional(),
    reserved_ranges: ranges.optional(),
  })
  .refine(notEmpty, NOT_EMPTY);
export type ChangePoolBody = z.infer<typeof changePoolBody>;

export const poolsQuery = sortedQuery(
  {
    vrf_id: intId.optional(),
    device_id: intId.optional(),
    prefix_id: intId.optional(),
    kind: kind.optional(),
    status: status.optional(),
  },
  POOL_SORTING,
);
export type PoolsQuery = z.infer<typeof poolsQuery>;

export const poolAddressesQuery = listQuery({ state: state.optional() });
export type PoolAddressesQuery = z.infer<typeof poolAddressesQuery>;

export const poolShape = z.object({
  id: z.int(),
  name: z.string(),
  kind,
  vrf_id: z.int(),
  prefix_id: z.int(),
  device_id: z.int(),
  prefix: z.string(),
  unit_length: z.int(),
  status,
  reserved_ranges: z.array(z.object({ first: z.string(), last: z.string() })),
  ...edited,
});
export const poolsShape = listShape('pools', poolShape);
export const poolDetailShape = poolShape.extend({
  utilisation: z
    .object({ total: z.int(), used: z.int(), quarantined: z.int(), reserved: z.int(), free: z.int() })
    .describe('In addresses of IPv4, or prefixes of IPv6'),
});

export const pooledAddress = {
  address: z.string(),
  state,
  service_id: z.int().nullable(),
  customer_id: z.int().nullable(),
  reservation_id: z.int().nullable(),
  assigned_at: time.nullable(),
  quarantined_until: time.nullable(),
};
export const poolAddressesShape = listShape('addresses', z.object(pooledAddress));

export const poolExample = {
  id: 3,
  name: 'bng-1 192.168.1.0/24',
  kind: 'ipv4',
  vrf_id: 1,
  prefix_id: 7,
  device_id: 1,
  prefix: '192.168.1.0/24',
  unit_length: 32,
  status: 'active',
  reserved_ranges: [{ first: '192.168.1.2', last: '192.168.1.9' }],
  ...EDITED_EXAMPLE,
};
export const poolDetailExample = {
  ...poolExample,
  utilisation: { total: 253, used: 120, quarantined: 3, reserved: 8, free: 122 },
};
export const createPoolExample = { prefix_id: 7, name: 'bng-1 delegations', kind: 'delegated', unit_length: 56 };
export const pooledAddressExample = {
  address: '192.168.1.100',
  state: 'assigned',
  service_id: 456,
  customer_id: 123,
  reservation_id: null,
  assigned_at: '2025-01-29T10:30:00Z',
  quarantined_until: null,
};
