import { bodyId, identifier } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

const address = z.union([z.ipv4(), z.ipv6()], 'must be an IPv4 or IPv6 address');
const nasIdentifier = identifier(253).nullable();
/** Printable ASCII: what every NAS can be told. */
const secret = z.string().regex(/^[\x21-\x7e]{8,128}$/, 'must be 8 to 128 printable characters without spaces');

export const createNasBody = z.strictObject({
  device_id: bodyId,
  address,
  identifier: nasIdentifier.optional(),
  secret,
});
export type CreateNasBody = z.infer<typeof createNasBody>;

export const changeNasBody = z
  .strictObject({ address: address.optional(), identifier: nasIdentifier.optional(), secret: secret.optional() })
  .refine((body) => Object.keys(body).length > 0, 'must change something');
export type ChangeNasBody = z.infer<typeof changeNasBody>;

export const nasListQuery = listQuery({});
export type NasListQuery = z.infer<typeof nasListQuery>;

export const nasShape = z.object({
  device_id: z.int(),
  name: z.string(),
  address: z.string(),
  identifier: z.string().nullable(),
  updated_at: z.string(),
});
export const nasListShape = listShape('nas', nasShape);
export const nasWithSecretShape = nasShape.extend({ secret: z.string() });

export const nasExample = {
  device_id: 3,
  name: 'bng-1',
  address: '198.51.100.7',
  identifier: 'bng-1.pop-ny',
  updated_at: '2025-01-29T10:30:00Z',
};
