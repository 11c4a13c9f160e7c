import { needle } from '@isp/apis/shared';
import { normaliseUuid } from '@isp/kernel';
import { z } from 'zod';
import { momentQuery } from '../dates.js';
import { pageShape, pagingQuery } from '../lists.js';

export const predefinedPremisesQuery = z.strictObject({ q: needle(300), ...pagingQuery });
export type PredefinedPremisesQuery = z.infer<typeof predefinedPremisesQuery>;

/** A GUID of nobody finds nothing; text that is no GUID is a mistake. */
const guid = z
  .string()
  .transform((text) => normaliseUuid(text) ?? '')
  .refine((text) => text !== '', 'is not a GUID');

export const premisesQuery = z
  .strictObject({ updated_after: momentQuery.optional(), customer: guid.optional(), ...pagingQuery })
  .refine((query) => query.customer === undefined || query.updated_after === undefined, {
    path: ['updated_after'],
    message: 'does not go together with customer',
  });
export type PremisesQuery = z.infer<typeof premisesQuery>;

const text = z.string();
const maybe = text.nullable();

const predefinedPremiseShape = z.object({
  id: z.int(),
  guid: text,
  full_text: text,
  latitude: z.number(),
  longitude: z.number(),
  operator_id: text,
  premise_id: text,
  updated_at: text,
  created_at: text,
  deleted_at: maybe,
  area_id: maybe,
  confidence: z.number().min(0).max(1).describe('How well the address fits `q`; not in the original documents'),
});
export const predefinedPremisesShape = z.object({ items: z.array(predefinedPremiseShape) });

export const premiseShape = z.object({
  id: text,
  area_id: maybe,
  latitude: z.number(),
  longitude: z.number(),
  reference: maybe,
  external_reference: text,
  asset_reference: maybe,
  mdu_block: maybe,
  mdu_floor: maybe,
  plot_number: maybe,
  street_number: maybe,
  street_name: maybe,
  intersection: maybe,
  suburb: maybe,
  city: maybe,
  country_code: maybe,
  postal_code: maybe,
  province: maybe,
  mdu_name: maybe,
  mdu_unit: maybe,
  customer_id: maybe,
  name: maybe,
  type_id: maybe,
  created_at: text,
  updated_at: text,
  status: text,
});
export const premisesShape = pageShape(premiseShape);

export const predefinedPremiseExample = {
  id: 1616056,
  guid: '66E9BB4D-E360-4F40-A30E-AF27F52392B6',
  full_text: '12, Varing Street, Homelake, Randfontein, ZA, 1759, Gauteng',
  latitude: -26.1813322,
  longitude: 27.6936082,
  operator_id: 'AEEF38C0-F1E9-4E83-AD4F-3E35AAB8DFCF',
  premise_id: '783D71D3-B0A4-4C90-8392-C43294A976DC',
  updated_at: '2023-07-05T11:02:23+02:00',
  created_at: '2023-07-05T11:02:23+02:00',
  deleted_at: null,
  area_id: '9F961EB9-4D8D-4917-A9C5-56EA835E2C74',
  confidence: 0.97,
};

export const premiseExample = {
  id: '783D71D3-B0A4-4C90-8392-C43294A976DC',
  area_id: '9F961EB9-4D8D-4917-A9C5-56EA835E2C74',
  latitude: -26.1813322,
  longitude: 27.6936082,
  reference: null,
  external_reference: '66E9BB4D-E360-4F40-A30E-AF27F52392B6',
  asset_reference: null,
  mdu_block: null,
  mdu_floor: null,
  plot_number: null,
  street_number: '12',
  street_name: 'Varing Street',
  intersection: null,
  suburb: 'Homelake',
  city: 'Randfontein',
  country_code: 'ZA',
  postal_code: '1759',
  province: 'Gauteng',
  mdu_name: null,
  mdu_unit: null,
  customer_id: '4348AEF7-AD89-4309-AC29-DCB621C308CF',
  name: null,
  type_id: null,
  created_at: '2024-10-08 13:19:29 +0200',
  updated_at: '2024-10-08 13:19:29 +0200',
  status: 'Has Existing Service',
};
