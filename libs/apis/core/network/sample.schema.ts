import { SAMPLE_RESOLUTIONS } from '@isp/domain/network';
import { instant } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

export const samplesQuery = listQuery({
  from: instant.optional(),
  to: instant.optional(),
  resolution: z.enum(SAMPLE_RESOLUTIONS).default('raw'),
});
export type SamplesQuery = z.infer<typeof samplesQuery>;

const spread = z
  .object({ min: z.number(), average: z.number(), max: z.number() })
  .nullable()
  .describe('Null when no sample says');
export const samplesShape = listShape(
  'samples',
  z.object({
    at: z.string().describe('When it was taken, or when the time of the row begins; RFC 3339, to the millisecond'),
    samples: z.int().describe('How many samples the row is made of'),
    online: z.number().nullable().describe('The share of them, 0 to 1, that found the device online'),
    rx_power_dbm: spread,
    tx_power_dbm: spread,
    olt_rx_power_dbm: spread,
    temperature_celsius: spread,
  }),
);
export const sampleExample = {
  at: '2025-01-29T10:00:00.000Z',
  samples: 60,
  online: 1,
  rx_power_dbm: { min: -19.61, average: -19.438, max: -19.31 },
  tx_power_dbm: { min: 2.28, average: 2.31, max: 2.34 },
  olt_rx_power_dbm: null,
  temperature_celsius: { min: 41, average: 42.5, max: 44 },
};
