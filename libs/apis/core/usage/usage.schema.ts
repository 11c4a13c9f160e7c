import { calendarDay as day, intId, prose, wholeNumber } from '@isp/apis/shared';
import { USAGE_SORTING } from '@isp/domain/usage';
import { z } from 'zod';
import { listQuery, listShape, sortedQuery } from '../lists.js';

const days = { from: day.optional(), to: day.optional() };

export const usageQuery = z.strictObject({ ...days, granularity: z.enum(['day', 'month']).default('day') });
export type UsageQuery = z.infer<typeof usageQuery>;

export const chartQuery = usageQuery.extend({ theme: z.enum(['auto', 'light', 'dark']).default('auto') });
export type ChartQuery = z.infer<typeof chartQuery>;

export const daysQuery = z.strictObject(days);
export type DaysQuery = z.infer<typeof daysQuery>;

export const throttlingQuery = listQuery({ state: z.enum(['open', 'restored']).optional() });
export type ThrottlingQuery = z.infer<typeof throttlingQuery>;

export const reportQuery = sortedQuery(
  {
    month: z
      .string()
      .regex(/^(19|20|21)\d\d-(0[1-9]|1[0-2])$/, 'must be a month, YYYY-MM')
      .optional(),
    partner_id: intId.optional(),
    customer_id: intId.optional(),
    service_id: intId.optional(),
    min_gb: wholeNumber(100_000_000).optional(),
  },
  USAGE_SORTING,
);
export type ReportQuery = z.infer<typeof reportQuery>;

export const restoreBody = z.strictObject({ reason: prose(500).optional() });
export type RestoreBody = z.infer<typeof restoreBody>;

const figures = {
  bytes_downloaded: z.number(),
  bytes_uploaded: z.number(),
  ipv4_bytes_downloaded: z.number(),
  ipv4_bytes_uploaded: z.number(),
  ipv6_bytes_downloaded: z.number(),
  ipv6_bytes_uploaded: z.number(),
  bytes_total: z.number(),
};
const ofPeriods = {
  from: z.string(),
  to: z.string(),
  time_zone: z.string(),
  granularity: z.enum(['day', 'month']),
  usage: z.array(z.object({ period: z.string(), ...figures })),
  total: z.object(figures),
};
export const serviceUsageShape = z.object({ service_id: z.int(), ...ofPeriods });
export const customerUsageShape = z.object({
  customer_id: z.int(),
  ...ofPeriods,
  services: z.array(z.object({ service_id: z.int(), ...figures })),
});
export const reportShape = listShape(
  'usage',
  z.object({ month: z.string(), partner_id: z.int(), customer_id: z.int(), service_id: z.int(), ...figures }),
);

const rates = z.object({
  peak_bps: z.number(),
  average_bps: z.number(),
  off_peak_average_bps: z.number(),
  rate_bps: z.number().nullable(),
  average_utilisation_percent: z.number().nullable(),
  peak_utilisation_percent: z.number().nullable(),
});
export const bandwidthShape = z.object({
  service_id: z.int(),
  from: z.string(),
  to: z.string(),
  time_zone: z.string(),
  sample_seconds: z.int(),
  samples: z.int(),
  download: rates,
  upload: rates,
  percentile_95_bps: z.number(),
  bursts: z.int(),
  throttlings: z.int(),
});

const throttlingShape = z.object({
  id: z.int(),
  service_id: z.int(),
  cause: z.enum(['fair_use', 'data_limit', 'payment']),
  action: z.enum(['throttle', 'walled_garden', 'none']),
  period: z.string().nullable(),
  at: z.string(),
  usage_bytes: z.number().nullable(),
  limit_bytes: z.number().nullable(),
  download_kbps: z.int().nullable(),
  upload_kbps: z.int().nullable(),
  restored_at: z.string().nullable(),
  restored_by: z.enum(['new_period', 'plan_change', 'manual', 'ended', 'payment']).nullable(),
  reason: z.string().nullable(),
});
export const throttlingsShape = listShape('throttling', throttlingShape);
export const restoredShape = z.object({ service_id: z.int(), restored: z.array(throttlingShape) });
