import { z } from 'zod';

const FORMATS = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(timeZone);
  if (known) return known;
  const number = '2-digit';
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
    timeZoneName: 'longOffset',
  });
  FORMATS.set(timeZone, format);
  return format;
}

/** Lists say the same instants over and over, and to ask for the offset of one takes as long as all the rest of a row. */
const WRITTEN = new Map<string, string>();
const MOST_WRITTEN = 5_000;

/** An instant as the order flow writes it, `YYYY-MM-DD HH:MM:SS ±HHMM`, in an IANA time zone. */
export function toOrderFlowTime(instant: Date, timeZone: string): string {
  const key = `${instant.getTime()} ${timeZone}`;
  const known = WRITTEN.get(key);
  if (known !== undefined) return known;
  const text = written(instant, timeZone);
  if (WRITTEN.size >= MOST_WRITTEN) WRITTEN.clear();
  WRITTEN.set(key, text);
  return text;
}

function written(instant: Date, timeZone: string): string {
  const { date, time, offset } = partsOf(instant, timeZone);
  return `${date} ${time} ${offset.replace(':', '')}`;
}

/** An instant as the address register writes it, `YYYY-MM-DDTHH:MM:SS±HH:MM`, in an IANA time zone. */
export function toIsoOffset(instant: Date, timeZone: string): string {
  const { date, time, offset } = partsOf(instant, timeZone);
  return `${date}T${time}${offset}`;
}

function partsOf(instant: Date, timeZone: string) {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  return {
    date: `${parts['year']}-${parts['month']}-${parts['day']}`,
    time: `${parts['hour']}:${parts['minute']}:${parts['second']}`,
    // `GMT+02:00`; plain `GMT` stands for no offset at all.
    offset: (parts['timeZoneName'] ?? '').replace('GMT', '') || '+00:00',
  };
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) *(Z|[+ -]?\d{2}:?\d{2})?)?$/;

/**
 * An instant in a query: a date, or either notation of the documents. Without an offset it is UTC. A plus that was not
 * escaped arrives as a blank, and counts as a plus.
 */
export const momentQuery = z
  .string()
  .max(40)
  .transform((text) => momentOf(text.trim()))
  .refine((moment) => moment !== undefined, 'is not a date and time');

function momentOf(text: string): Date | undefined {
  const [, date, time = '00:00', zone = 'Z'] = MOMENT.exec(text) ?? [];
  if (date === undefined) return undefined;
  const [, sign = '+', hours, minutes] = /^([+ -]?)(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const offset = hours === undefined ? 'Z' : `${sign.trim() || '+'}${hours}:${minutes}`;
  const moment = new Date(`${date}T${time}${offset}`);
  const day = new Date(`${date}T00:00Z`);
  const real = !Number.isNaN(moment.getTime()) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
  return real && moment.getUTCFullYear() >= 1900 && moment.getUTCFullYear() < 2200 ? moment : undefined;
}
