import { z } from 'zod';
import { pageShape, pagingQuery } from '../lists.js';

export const month = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM');

export const settlementsQuery = z.strictObject(pagingQuery);
export type SettlementsQuery = z.infer<typeof settlementsQuery>;

const settlement = {
  id: z.string(),
  month: z.string(),
  time_zone: z.string(),
  suspended_percent: z.number(),
  totals: z.array(z.object({ currency_code: z.string(), value: z.number(), tax: z.number(), value_incl: z.number() })),
  issued_at: z.string(),
};
export const settlementsShape = pageShape(z.object(settlement));

export const settlementShape = z.object({
  ...settlement,
  items: z.array(
    z.object({
      service_id: z.string(),
      kind: z.enum(['Monthly', 'Suspended', 'Activation']),
      sku: z.string(),
      static_ip: z.boolean(),
      periods: z.array(z.object({ from: z.string(), to: z.string() })),
      days: z.int(),
      unit_value: z.number(),
      percent: z.number(),
      currency_code: z.string(),
      value: z.number(),
      tax_percent: z.number(),
      tax: z.number(),
      value_incl: z.number(),
    }),
  ),
  page: z.int(),
  count: z.int(),
  total: z.int(),
});

export const settlementExample = {
  id: '0B8F2F0E-5A3D-4F4F-9A55-0D8C5D2F7E11',
  month: '2025-01',
  time_zone: 'Africa/Johannesburg',
  suspended_percent: 100,
  totals: [{ currency_code: 'ZAR', value: 184.8, tax: 27.72, value_incl: 212.52 }],
  issued_at: '2025-02-01 08:00:00 +0200',
};

export const settlementWithLinesExample = {
  ...settlementExample,
  items: [
    {
      service_id: '533EE0A6-7279-415B-9ED1-191BC406AB9D',
      kind: 'Monthly',
      sku: 'HOME-50',
      static_ip: false,
      periods: [{ from: '2025-01-20', to: '2025-01-31' }],
      days: 12,
      unit_value: 477.3913,
      percent: 100,
      currency_code: 'ZAR',
      value: 184.8,
      tax_percent: 15,
      tax: 27.72,
      value_incl: 212.52,
    },
  ],
  page: 1,
  count: 1,
  total: 1,
};
