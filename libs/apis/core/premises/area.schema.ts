import { CONNECTIVITIES, AREA_SORTING } from '@isp/domain/premises';
import { identifier, line, searchText } from '@isp/apis/shared';
import { z } from 'zod';
import { listShape, sortedQuery } from '../lists.js';

const connectivity = z.enum(CONNECTIVITIES);
const day = z.iso.date('must be a date, YYYY-MM-DD');
/** What the domain checks, ring by ring; here only that it looks like a geometry. */
const geometry = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('Polygon'), coordinates: z.array(z.unknown()) }),
    z.strictObject({ type: z.literal('MultiPolygon'), coordinates: z.array(z.unknown()) }),
    z.strictObject({ type: z.literal('GeometryCollection'), geometries: z.array(z.unknown()) }),
  ])
  .describe('GeoJSON (RFC 7946) in WGS 84 degrees, longitude first. Larger outlines than a body holds are imported.');
const guid = z.guid().transform((text) => text.toLowerCase());
const facts = {
  live_on: day.nullable().optional().describe('Since when, or from when on, lines work there'),
  planned_on: day.nullable().optional(),
  external_key: identifier(200).nullable().optional().describe('By which an import knows the area again'),
  operator_id: guid.optional().describe('Whose network it is; your own when absent'),
};

export const createAreaBody = z.strictObject({ name: line(200), connectivity, geometry, ...facts });
export type CreateAreaBody = z.infer<typeof createAreaBody>;

export const changeAreaBody = z.strictObject({
  name: line(200).optional(),
  connectivity: connectivity.optional(),
  geometry: geometry.optional(),
  ...facts,
});
export type ChangeAreaBody = z.infer<typeof changeAreaBody>;

/** A coordinate in a query: plain decimals. */
const degrees = (limit: number) =>
  z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,15})?$/, 'must be decimal degrees')
    .transform(Number)
    .refine((value) => Math.abs(value) <= limit, `must be between -${limit} and ${limit}`);

export const areasQuery = sortedQuery(
  {
    connectivity: connectivity.optional(),
    search: searchText(100),
  },
  AREA_SORTING,
);
export type AreasQuery = z.infer<typeof areasQuery>;

export const coveringQuery = z.strictObject({ latitude: degrees(90), longitude: degrees(180) });
export type CoveringQuery = z.infer<typeof coveringQuery>;

export const areaShape = z.object({
  id: z.int(),
  guid: z.string(),
  operator_id: z.string(),
  external_key: z.string().nullable(),
  name: z.string(),
  connectivity,
  live_on: z.string().nullable(),
  planned_on: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const drawnAreaShape = areaShape.extend({
  geometry: z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.unknown()) }),
});
export const areasShape = listShape('areas', areaShape);
export const coveringShape = z.object({ areas: z.array(areaShape) });

const polygon = {
  type: 'Polygon',
  coordinates: [
    [
      [27.69, -26.185],
      [27.7, -26.185],
      [27.7, -26.175],
      [27.69, -26.175],
      [27.69, -26.185],
    ],
  ],
};
export const areaRequestExample = {
  name: 'Homelake',
  connectivity: 'live',
  live_on: '2025-01-15',
  external_key: 'RF-HOMELAKE',
  geometry: polygon,
};
export const areaExample = {
  id: 1,
  guid: '5941f0be-2a6e-4329-8338-547f161816c2',
  operator_id: 'aeef38c0-f1e9-4e83-ad4f-3e35aab8dfcf',
  external_key: 'RF-HOMELAKE',
  name: 'Homelake',
  connectivity: 'live',
  live_on: '2025-01-15',
  planned_on: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
export const drawnAreaExample = {
  ...areaExample,
  geometry: { type: 'MultiPolygon', coordinates: [polygon.coordinates] },
};
