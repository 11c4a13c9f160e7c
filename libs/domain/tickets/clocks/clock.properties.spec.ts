import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { casesOf } from '../../../../test/support/cases.js';
import { readClock, spentSeconds } from './clock.policy.js';
import type { WorkingCalendar } from './working-time.policy.js';

const CASES = casesOf(500);
const MINUTE = 60_000;
const MINUTES = 18 * 1_440;

/** Zones with the days around which their clocks leap: by an hour, by half of one, over midnight, over a whole day. */
const PLACES = [
  ['UTC', '2025-03-25'],
  ['America/New_York', '2025-03-05'],
  ['America/New_York', '2025-10-28'],
  ['Europe/London', '2026-03-24'],
  ['Europe/Berlin', '2025-10-20'],
  ['Africa/Johannesburg', '2025-01-29'],
  ['Africa/Casablanca', '2025-02-18'],
  ['Asia/Kathmandu', '2025-06-01'],
  ['Asia/Beirut', '2025-03-25'],
  ['Africa/Cairo', '2025-10-25'],
  ['America/St_Johns', '2010-10-31'],
  ['America/Havana', '2025-10-28'],
  ['America/Santiago', '2025-09-01'],
  ['Australia/Lord_Howe', '2025-03-31'],
  ['Australia/Lord_Howe', '2025-09-29'],
  ['Pacific/Apia', '2011-12-24'],
  ['Pacific/Chatham', '2025-09-21'],
  ['Asia/Pyongyang', '2018-04-28'],
] as const;

interface Wall {
  readonly weekday: number;
  readonly date: string;
  readonly minute: number;
}

/** What the clock on the wall shows in every minute of 18 days, asked of the platform itself: the model's only source. */
function wallOf([timeZone, day]: (typeof PLACES)[number]) {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const weekdays = ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const start = Date.parse(`${day}T00:00:00Z`);
  const walls = Array.from({ length: MINUTES }, (_, n): Wall => {
    const part = Object.fromEntries(
      format.formatToParts(new Date(start + n * MINUTE)).map(({ type, value }) => [type, value]),
    );
    return {
      weekday: weekdays.indexOf(part['weekday'] ?? ''),
      date: `${part['year']}-${part['month']}-${part['day']}`,
      minute: Number(part['hour']) * 60 + Number(part['minute']),
    };
  });
  return { timeZone, start, walls };
}

const known = new Map<number, ReturnType<typeof wallOf>>();
const placeAt = (index: number): ReturnType<typeof wallOf> => {
  const place = known.get(index) ?? wallOf(PLACES[index] as (typeof PLACES)[number]);
  known.set(index, place);
  return place;
};

const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Up to two spans a day, not overlapping, as minutes of the day. */
const opening = fc
  .uniqueArray(fc.oneof(fc.integer({ min: 0, max: 1_440 }), fc.constantFrom(0, 60, 90, 120, 180, 480, 1_020, 1_440)), {
    minLength: 2,
    maxLength: 4,
  })
  .map((cuts) => cuts.sort((one, other) => one - other));
const week = fc.array(opening, { minLength: 1, maxLength: 7 });

const scenario = fc.record({
  place: fc.integer({ min: 0, max: PLACES.length - 1 }),
  week: fc.option(week, { nil: null, freq: 8 }),
  holidays: fc.array(fc.integer({ min: 0, max: 17 }), { maxLength: 3 }),
  opened: fc.integer({ min: 0, max: 6 * 1_440 }),
  stops: fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 1, max: 1_500 })), { maxLength: 4 }),
  stands: fc.boolean(),
  target: fc.integer({ min: 1, max: 4_000 }),
  asked: fc.integer({ min: 0, max: MINUTES - 1 }),
});

/** Newfoundland's clocks were put back at 00:01. */
const A_MINUTE_PAST_MIDNIGHT: Scenario = {
  ...{ place: 10, opened: 0, stops: [], stands: false, target: 1, asked: 10_231, holidays: [] },
  week: [
    [0, 480],
    [0, 1],
    [0, 433],
    [0, 1],
    [0, 1],
    [0, 1_440],
  ],
};

type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

/** From a scenario: what the program is given, and what the model walks over. */
function setting({ place, week: days, holidays, opened, stops, stands }: Scenario) {
  const { timeZone, start, walls } = placeAt(place);
  const hours =
    days?.flatMap((cuts, weekday) =>
      [0, 2].flatMap((n) =>
        cuts[n + 1] === undefined
          ? []
          : [{ weekday: weekday + 1, from: timeOf(cuts[n] ?? 0), until: timeOf(cuts[n + 1] ?? 0) }],
      ),
    ) ?? [];
  const off = holidays.map((day) => walls[day * 1_440]?.date ?? '');
  const calendar: WorkingCalendar | null = days ? { timeZone, hours, holidays: off } : null;
  const edges: number[] = [opened];
  for (const [ran, stood] of stops) edges.push((edges.at(-1) ?? 0) + ran, (edges.at(-1) ?? 0) + ran + stood);
  const until = edges.slice(1).filter((_, n) => n % 2 === 1);
  const at = (minute: number) => new Date(start + minute * MINUTE);
  const run = {
    openedAt: at(opened),
    stoppedFrom: edges
      .slice(1)
      .filter((_, n) => n % 2 === 0)
      .map(at),
    stoppedUntil: (stands ? until.slice(0, -1) : until).map(at),
  };
  const lastRun = stands && stops.length > 0 ? (edges.at(-2) ?? 0) : Infinity;
  const counts = (minute: number): boolean => {
    if (minute < opened || minute >= lastRun) return false;
    for (let n = 1; n + 1 < edges.length; n += 2)
      if (minute >= (edges[n] ?? 0) && minute < (edges[n + 1] ?? 0)) return false;
    const wall = walls[minute];
    if (!days || !wall) return wall !== undefined;
    if (off.includes(wall.date)) return false;
    const cuts = days[wall.weekday - 1] ?? [];
    return [0, 2].some(
      (n) => cuts[n + 1] !== undefined && wall.minute >= (cuts[n] ?? 0) && wall.minute < (cuts[n + 1] ?? 0),
    );
  };
  return { calendar, run, counts, at };
}

describe('the clock of a ticket', () => {
  it(`is due, warns and has spent what counting minute by minute says (${CASES} cases)`, () => {
    fc.assert(
      fc.property(scenario, (drawn) => {
        const { calendar, run, counts, at } = setting(drawn);
        let [counted, spent] = [0, 0];
        let [due, warn]: (Date | null)[] = [null, null];
        const warnAfter = Math.floor((drawn.target * 80) / 100);
        if (warnAfter === 0) warn = run.openedAt;
        for (let minute = 0; minute < MINUTES; minute += 1) {
          if (!counts(minute)) continue;
          counted += 1;
          if (minute < drawn.asked) spent += 1;
          if (counted === warnAfter) warn = at(minute + 1);
          if (counted === drawn.target) due = at(minute + 1);
        }
        // The minutes of a target are whole, those of its warning are cut to the second: the model asks for whole ones.
        const targetSeconds = drawn.target * 60;
        const reading = readClock({ calendar, targetSeconds, warnPercent: 80 }, run);
        const end = at(MINUTES);
        const inWindow = (when: Date | null | undefined) => (when && when <= end ? when.toISOString() : null);
        expect(inWindow(reading.dueAt)).toBe(inWindow(due));
        if ((drawn.target * 80) % 100 === 0) expect(inWindow(reading.warnAt)).toBe(inWindow(warn));
        expect(spentSeconds(calendar, run, at(drawn.asked))).toBe(spent * 60);
      }),
      { numRuns: CASES, examples: [[A_MINUTE_PAST_MIDNIGHT]] },
    );
  }, 1_800_000);

  it('never comes due where nobody works any more', () => {
    const calendar = { timeZone: 'UTC', hours: [], holidays: [] };
    const run = { openedAt: new Date('2025-01-29T10:30:00Z'), stoppedFrom: [], stoppedUntil: [] };
    expect(readClock({ calendar, targetSeconds: 60, warnPercent: 80 }, run)).toEqual({ dueAt: null, warnAt: null });
  });

  it('counts the hour that comes twice twice, and not the one that never comes', () => {
    const nights = [6, 7, 1].map((weekday) => ({ weekday, from: '00:00', until: '04:00' }));
    const calendar = { timeZone: 'America/New_York', hours: nights, holidays: ['2025-03-10', '2025-11-03'] };
    const dueOf = (openedAt: string, hours: number) =>
      readClock(
        { calendar, targetSeconds: hours * 3_600, warnPercent: 80 },
        { openedAt: new Date(openedAt), stoppedFrom: [], stoppedUntil: [] },
      ).dueAt?.toISOString();
    expect(dueOf('2025-11-02T04:00:00Z', 5)).toBe('2025-11-02T09:00:00.000Z');
    expect(dueOf('2025-03-09T05:00:00Z', 3)).toBe('2025-03-09T08:00:00.000Z');
  });
});
