import { NODE_KINDS, NODE_SORTING } from '@isp/domain/network';
import { line } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const kind = z.enum(NODE_KINDS);
const facts = {
  address: line(300).nullable().optional(),
  latitude: z.number().min(-90).max(90).nullable().optional().describe('Degrees, WGS 84'),
  longitude: z.number().min(-180).max(180).nullable().optional(),
};
const bothOrNone = (node: { latitude?: number | null | undefined; longitude?: number | null | undefined }): boolean =>
  (node.latitude ?? null) === null ? (node.longitude ?? null) === null : (node.longitude ?? null) !== null;
const PLACE = { path: ['latitude'], message: 'Latitude and longitude come together' };

export const createNodeBody = z
  .strictObject({
    code: z.string().regex(/^[A-Z0-9][A-Z0-9-]{1,39}$/, 'must be 2 to 40 capitals, digits or hyphens'),
    name: line(120),
    kind,
    ...facts,
  })
  .refine(bothOrNone, PLACE);
export type CreateNodeBody = z.infer<typeof createNodeBody>;

export const changeNodeBody = z
  .strictObject({ name: line(120).optional(), kind: kind.optional(), ...facts })
  .refine(bothOrNone, PLACE);
export type ChangeNodeBody = z.infer<typeof changeNodeBody>;

export const nodesQuery = sortedQuery(
  { kind: kind.optional(), status: z.enum(['active', 'retired']).optional() },
  NODE_SORTING,
);
export type NodesQuery = z.infer<typeof nodesQuery>;
export const pageQuery = listQuery({});
export type PageQuery = z.infer<typeof pageQuery>;

export const nodeShape = z.object({
  id: z.int(),
  code: z.string(),
  name: z.string(),
  kind,
  address: z.string().nullable(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  status: z.enum(['active', 'retired']),
  created_at: z.string(),
  updated_at: z.string(),
});
export const nodesShape = listShape('nodes', nodeShape);

export const nodeRequestExample = {
  code: 'POP-NY-01',
  name: 'New York, Hudson Street',
  kind: 'pop',
  address: '60 Hudson Street, New York, NY 10013',
  latitude: 40.717545,
  longitude: -74.008597,
};
export const nodeExample = {
  id: 1,
  ...nodeRequestExample,
  status: 'active',
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
