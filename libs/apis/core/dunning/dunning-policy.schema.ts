import { bodyId, calendarDay, currencyCode, line, needle, unitAmount } from '@isp/apis/shared';
import { z } from 'zod';
import { listQuery, listShape } from '../lists.js';

const TIME = /^([01]\d|2[0-3]):[0-5]\d$|^24:00$/;
const time = z.string().regex(TIME, 'must be a time of the day, HH:MM');
const kbps = z.int().min(64).max(100_000_000);
const days = z.int().min(0).max(730);
const flat = { days, min_amount: unitAmount.default('0') };
const step = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('reminder'), ...flat }),
  z.strictObject({ action: z.literal('late_fee'), ...flat, amount: unitAmount }),
  z.strictObject({ action: z.literal('throttle'), ...flat, download_kbps: kbps, upload_kbps: kbps }),
  z.strictObject({ action: z.literal('suspend'), ...flat }),
  z.strictObject({ action: z.literal('terminate'), ...flat }),
]);
export type StepBody = z.infer<typeof step>;

const tag = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be a word of small letters, digits, - and _');
const calendar = line(40);
const terms = {
  name: line(120),
  grace_days: z.int().min(0).max(365),
  gap_days: z.int().min(0).max(90),
  working_days: z
    .array(z.int().min(1).max(7))
    .min(1)
    .max(7)
    .refine((all) => new Set(all).size === all.length, 'must name each day once'),
  from_time: time,
  until_time: time,
  holiday_calendar: calendar.nullable(),
  reconnection_fee: unitAmount,
  steps: z.array(step).min(1).max(30),
};
export const policyBody = z.strictObject({
  ...terms,
  grace_days: terms.grace_days.default(0),
  gap_days: terms.gap_days.default(1),
  working_days: terms.working_days.default([1, 2, 3, 4, 5]),
  from_time: time.default('09:00'),
  until_time: time.default('17:00'),
  holiday_calendar: terms.holiday_calendar.default(null),
  reconnection_fee: terms.reconnection_fee.default('0'),
  currency: currencyCode,
  partner_id: bodyId.nullable().default(null),
  plan_id: bodyId.nullable().default(null),
  customer_tag: tag.nullable().default(null),
});
export type PolicyBody = z.infer<typeof policyBody>;
export const changePolicyBody = z.strictObject(terms).partial();
export type ChangePolicyBody = z.infer<typeof changePolicyBody>;
export const policiesQuery = listQuery({
  state: z.enum(['active', 'retired']).optional(),
  currency: needle(3).optional(),
});
export type PoliciesQuery = z.infer<typeof policiesQuery>;

export const holidayBody = z.strictObject({ calendar, date: calendarDay, name: line(120) });
export type HolidayBody = z.infer<typeof holidayBody>;
export const holidaysQuery = listQuery({ calendar: needle(40).optional(), from: calendarDay.optional() });
export type HolidaysQuery = z.infer<typeof holidaysQuery>;
export const tagBody = z.strictObject({ tag: tag.nullable() });
export type TagBody = z.infer<typeof tagBody>;

export const ACTION = z.enum(['reminder', 'late_fee', 'throttle', 'suspend', 'terminate']);
export const policyShape = z.object({
  id: z.int(),
  version: z.int(),
  name: z.string(),
  currency: z.string(),
  partner_id: z.int().nullable(),
  plan_id: z.int().nullable(),
  customer_tag: z.string().nullable(),
  grace_days: z.int(),
  gap_days: z.int(),
  working_days: z.array(z.int()),
  from_time: z.string(),
  until_time: z.string(),
  holiday_calendar: z.string().nullable(),
  reconnection_fee: z.number(),
  steps: z.array(
    z.object({
      days: z.int(),
      action: ACTION,
      min_amount: z.number(),
      amount: z.number().nullable(),
      download_kbps: z.int().nullable(),
      upload_kbps: z.int().nullable(),
    }),
  ),
  created_at: z.string(),
  updated_at: z.string(),
  retired_at: z.string().nullable(),
});
export const policiesShape = listShape('policies', policyShape);
export const holidayShape = z.object({ id: z.int(), calendar: z.string(), date: z.string(), name: z.string() });
export const holidaysShape = listShape('holidays', holidayShape);
export const tagShape = z.object({ customer_id: z.int(), tag: z.string().nullable() });

const none = { amount: null, download_kbps: null, upload_kbps: null };
export const policyExample = {
  id: 1,
  version: 1,
  name: 'Default',
  currency: 'USD',
  partner_id: null,
  plan_id: null,
  customer_tag: null,
  grace_days: 5,
  gap_days: 1,
  working_days: [1, 2, 3, 4, 5],
  from_time: '09:00',
  until_time: '17:00',
  holiday_calendar: 'US',
  reconnection_fee: 10,
  steps: [
    { ...none, days: 5, action: 'reminder', min_amount: 0 },
    { ...none, days: 7, action: 'throttle', min_amount: 0, download_kbps: 2_000, upload_kbps: 2_000 },
    { ...none, days: 15, action: 'suspend', min_amount: 10 },
  ],
  created_at: '2025-01-29T10:30:00Z',
  updated_at: '2025-01-29T10:30:00Z',
  retired_at: null,
};
export const policyRequest = {
  name: 'Default',
  currency: 'USD',
  grace_days: 5,
  holiday_calendar: 'US',
  reconnection_fee: 10,
  steps: [
    { days: 5, action: 'reminder' },
    { days: 7, action: 'throttle', download_kbps: 2_000, upload_kbps: 2_000 },
    { days: 15, action: 'suspend', min_amount: 10 },
  ],
};
export const holidayExample = { id: 1, calendar: 'US', date: '2025-07-04', name: 'Independence Day' };
