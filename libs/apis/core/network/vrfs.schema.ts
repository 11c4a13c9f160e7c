import { line, prose } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';
import { EDITED_EXAMPLE, NOT_EMPTY, edited, notEmpty } from './ipam.schema.js';

const routeDistinguisher = z
  .string()
  .max(21)
  .regex(/^(\d{1,10}|(\d{1,3}\.){3}\d{1,3}):\d{1,10}$/, 'must be <AS number or IPv4 address>:<number>')
  .nullable();

export const createVrfBody = z.strictObject({
  name: line(60),
  route_distinguisher: routeDistinguisher.optional(),
  description: prose(500).optional(),
});
export type CreateVrfBody = z.infer<typeof createVrfBody>;

export const changeVrfBody = createVrfBody.partial().strict().refine(notEmpty, NOT_EMPTY);
export type ChangeVrfBody = z.infer<typeof changeVrfBody>;

export const vrfsQuery = listQuery({});
export type VrfsQuery = z.infer<typeof vrfsQuery>;

export const vrfShape = z.object({
  id: z.int(),
  name: z.string(),
  route_distinguisher: z.string().nullable(),
  description: z.string(),
  is_default: z.boolean(),
  ...edited,
});
export const vrfsShape = listShape('vrfs', vrfShape);

export const vrfExample = {
  id: 2,
  name: 'business-vpn',
  route_distinguisher: '65000:2',
  description: 'Customers with private networks',
  is_default: false,
  ...EDITED_EXAMPLE,
};
