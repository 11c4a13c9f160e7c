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

/** An instant as the order flow writes it, `YYYY-MM-DD HH:MM:SS ±HHMM`, in an IANA time zone. */
export function toOrderFlowTime(instant: Date, timeZone: string): string {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]),
  );
  // `GMT+02:00`; plain `GMT` stands for no offset at all.
  const offset = (parts['timeZoneName'] ?? '').replace('GMT', '').replace(':', '') || '+0000';
  return `${parts['year']}-${parts['month']}-${parts['day']} ${parts['hour']}:${parts['minute']}:${parts['second']} ${offset}`;
}

/** An instant as the service documents write it: ISO 8601 in UTC with milliseconds and its offset. */
export function toIsoOffset(instant: Date): string {
  return instant.toISOString().replace('Z', '+00:00');
}
