import type { OpeningHours } from '@isp/kernel';
import { z } from 'zod';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time, HH:MM');
/** Hours by day of the week, on the clocks of whoever keeps them. */
export const openingHours = z
  .array(
    z
      .strictObject({ weekday: z.int().min(1).max(7), from: time, until: z.union([time, z.literal('24:00')]) })
      .refine(({ from, until }) => from < until, 'must end after it begins'),
  )
  .max(50)
  .refine((spans) => !overlap(spans), 'must not overlap');

/** As they are shown. */
export const openingHoursShape = z.array(z.object({ weekday: z.int(), from: z.string(), until: z.string() }));

function overlap(spans: readonly OpeningHours[]): boolean {
  const sorted = [...spans].sort((one, other) => one.weekday - other.weekday || (one.from < other.from ? -1 : 1));
  return sorted.some((span, n) => {
    const next = sorted[n + 1];
    return next !== undefined && next.weekday === span.weekday && next.from < span.until;
  });
}
