import { PREMISE_STATUSES, PREMISE_SORTING } from '@isp/domain/premises';
import { identifier, instant, intId, line, needle } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const part = line(200).nullable().optional();
const parts = {
  name: part,
  street_number: part,
  street_name: part,
  intersection: part,
  plot_number: part,
  mdu_name: part,
  mdu_block: part,
  mdu_floor: part,
  mdu_unit: part,
  suburb: part,
  city: part,
  province: part,
  postal_code: part,
  country_code: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two capitals')
    .nullable()
    .optional(),
  reference: part,
  asset_reference: part,
  type_id: part,
};
const latitude = z.number().min(-90).max(90).describe('Degrees, WGS 84');
const longitude = z.number().min(-180).max(180);
const fullText = line(500).describe('The address in one line; written out of its parts when absent');

export const createPremiseBody = z
  .strictObject({
    external_key: identifier(200).optional().describe('By which an import knows the premise again'),
    full_text: fullText.optional(),
    ...parts,
    latitude,
    longitude,
  })
  .refine((body) => Boolean(body.full_text ?? body.street_name), {
    path: ['full_text'],
    message: 'is required without a street_name',
  });
export type CreatePremiseBody = z.infer<typeof createPremiseBody>;

export const changePremiseBody = z.strictObject({
  full_text: fullText.optional(),
  ...parts,
  latitude: latitude.optional(),
  longitude: longitude.optional(),
});
export type ChangePremiseBody = z.infer<typeof changePremiseBody>;

export const premisesQuery = sortedQuery(
  {
    status: z.enum(PREMISE_STATUSES).optional(),
    area_id: intId.optional(),
    updated_after: instant.optional(),
  },
  PREMISE_SORTING,
);
export type PremisesQuery = z.infer<typeof premisesQuery>;
export const searchQuery = listQuery({ q: needle(300) });
export type SearchQuery = z.infer<typeof searchQuery>;
export const historyQuery = listQuery({});
export type HistoryQuery = z.infer<typeof historyQuery>;

const maybe = z.string().nullable();
export const premiseShape = z.object({
  id: z.int(),
  guid: z.string(),
  predefined_premise_guid: z.string(),
  external_key: maybe,
  operator_id: z.string(),
  area_id: z.int().nullable(),
  full_text: z.string(),
  ...Object.fromEntries(Object.keys(parts).map((name) => [name, maybe])),
  latitude: z.number(),
  longitude: z.number(),
  status: z.enum(PREMISE_STATUSES),
  service_id: z.int().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});
export const premisesShape = listShape('premises', premiseShape);
export const hitsShape = z.object({
  premises: z.array(premiseShape.extend({ confidence: z.number().min(0).max(1) })),
  page: z.int(),
  per_page: z.int(),
});
export const historyShape = listShape(
  'changes',
  z.object({
    id: z.int(),
    version: z.int(),
    at: z.string(),
    actor: z.string(),
    changes: z.record(z.string(), z.unknown()),
  }),
);

export const premiseRequestExample = {
  external_key: 'ERF-1204',
  street_number: '12',
  street_name: 'Varing Street',
  suburb: 'Homelake',
  city: 'Randfontein',
  province: 'Gauteng',
  postal_code: '1759',
  country_code: 'ZA',
  latitude: -26.1813322,
  longitude: 27.6936082,
};
export const premiseExample = {
  id: 1,
  guid: '3fb9d64f-1c58-4439-9277-64757fbcc6bd',
  predefined_premise_guid: '6e865394-5b48-4403-8d80-741d1f7e43dd',
  external_key: 'ERF-1204',
  operator_id: 'aeef38c0-f1e9-4e83-ad4f-3e35aab8dfcf',
  area_id: 1,
  full_text: '12, Varing Street, Homelake, Randfontein, ZA, 1759, Gauteng',
  name: null,
  street_number: '12',
  street_name: 'Varing Street',
  intersection: null,
  plot_number: null,
  mdu_name: null,
  mdu_block: null,
  mdu_floor: null,
  mdu_unit: null,
  suburb: 'Homelake',
  city: 'Randfontein',
  province: 'Gauteng',
  postal_code: '1759',
  country_code: 'ZA',
  reference: null,
  asset_reference: null,
  type_id: null,
  latitude: -26.1813322,
  longitude: 27.6936082,
  status: 'vacant',
  service_id: null,
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
};
