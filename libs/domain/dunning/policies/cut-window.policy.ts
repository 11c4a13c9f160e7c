import { addDays, instantAt, isoWeekday, localDate } from '@isp/kernel';
import type { DunningTerms } from './policy.types.js';

/** Why something waits. */
export type Wait = 'hours' | 'weekend' | 'holiday';

export interface Allowed {
  readonly at: Date;
  /** Null when it may happen at once. */
  readonly because: Wait | null;
}

type Window = Pick<DunningTerms, 'workingDays' | 'fromMinute' | 'untilMinute'> & {
  readonly holidays: ReadonlySet<string>;
};

/**
 * The first moment from an instant on at which a step may be taken where the account is: within hours, and where it cuts
 * somebody off, on a working day that is no holiday.
 */
export function nextAllowed(from: Date, timeZone: string, window: Window, cut: boolean): Allowed {
  const { workingDays, fromMinute, untilMinute, holidays } = window;
  let because: Wait | null = null;
  const today = localDate(from, timeZone);
  for (let ahead = 0; ahead < 730; ahead += 1) {
    const day = addDays(today, ahead);
    if (cut && !workingDays.includes(isoWeekday(day))) because ??= 'weekend';
    else if (cut && holidays.has(day)) because ??= 'holiday';
    else {
      const opens = instantAt(day, fromMinute, timeZone);
      if (from < opens) return { at: opens, because: because ?? 'hours' };
      if (from < instantAt(day, untilMinute, timeZone)) return { at: from, because };
      because ??= 'hours';
    }
  }
  throw new RangeError('two years without a working day');
}
