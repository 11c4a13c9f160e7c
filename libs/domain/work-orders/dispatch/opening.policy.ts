import type { Place } from '@isp/domain/workforce';
import { type Span, intersect } from '@isp/kernel';

/** What a visit needs. Times are milliseconds since 1970. */
export interface Visit {
  readonly minutes: number;
  readonly skills: readonly string[];
  /** Null where nobody knows where the customer lives. */
  readonly place: Place | null;
  readonly areaId: number | null;
  readonly from: number;
  readonly until: number;
}

/** Where somebody is already expected. */
export interface Engagement extends Span {
  readonly place: Place | null;
}

/** Who could go. */
export interface Person {
  readonly id: number;
  readonly name: string;
  readonly status: 'active' | 'inactive';
  readonly skills: readonly string[];
  readonly areaIds: readonly number[];
  readonly home: Place | null;
  /** In order. */
  readonly shifts: readonly Span[];
  /** In order. */
  readonly engagements: readonly Engagement[];
}

/** One thing that speaks for or against somebody, and what it is worth: less is better. */
export interface Reason {
  readonly factor: 'skill' | 'distance' | 'load' | 'wait';
  readonly detail: string;
  readonly cost: number;
}

/** A time at which somebody can go. */
export interface Opening {
  readonly technicianId: number;
  readonly technician: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** On the road there, from where they are before; null when either place is unknown. */
  readonly distanceKm: number | null;
  /** There, and on to where they go next. */
  readonly travelMinutes: number;
  /** How much of that shift is booked already, in per cent. */
  readonly loadPercent: number;
  /** The sum of the reasons' costs. */
  readonly cost: number;
  readonly reasons: readonly Reason[];
}

const MINUTE_MS = 60_000;
const GRID_MS = 15 * MINUTE_MS;
const STEP_MS = 30 * MINUTE_MS;
const EARTH_KM = 6371.0088;
/** Roads are longer than the crow flies. */
const DETOUR = 1.3;
const KM_PER_HOUR = 40;
/** What a way takes of which one end is unknown. */
const UNKNOWN_WAY_MINUTES = 20;
/** Costs are minutes on the road: what else counts is worth so many of them. */
const COST = { perDayOfWaiting: 30, perPercentBooked: 0.5, perSkillNotNeeded: 5 } as const;

/** Kilometres on the road, to a tenth: the great circle (haversine, mean radius of IUGG) with a detour. */
export function roadKm(from: Place, to: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [north, east] = [radians(to.latitude - from.latitude), radians(to.longitude - from.longitude)];
  const chord =
    Math.sin(north / 2) ** 2 +
    Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * Math.sin(east / 2) ** 2;
  return Math.round(2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(chord))) * DETOUR * 10) / 10;
}

const kmBetween = (from: Place | null, to: Place | null): number | null => (from && to ? roadKm(from, to) : null);
const minutesFor = (km: number | null): number =>
  km === null ? UNKNOWN_WAY_MINUTES : Math.ceil((km / KM_PER_HOUR) * 60);

/** Why somebody cannot do such a visit at all. */
export function unfitFor({ skills, areaId }: Visit, person: Person): string[] {
  const lacking = skills.filter((skill) => !person.skills.includes(skill)).map((skill) => `does not have ${skill}`);
  const gone = person.status === 'inactive' ? ['is not active'] : [];
  const elsewhere = areaId !== null && person.areaIds.length > 0 && !person.areaIds.includes(areaId);
  return [...gone, ...lacking, ...(elsewhere ? ['does not go to that area'] : [])];
}

/** The opening of somebody at a time, or why there is none. */
export function openingAt(visit: Visit, person: Person, start: number): Opening | readonly string[] {
  const unfit = unfitFor(visit, person);
  if (unfit.length > 0) return unfit;
  const end = start + visit.minutes * MINUTE_MS;
  const shift = person.shifts.find(({ from, until }) => from <= start && end <= until);
  if (!shift) return ['does not work then'];
  const way = (to: Place | null) => minutesFor(kmBetween(visit.place, to)) * MINUTE_MS;
  const clear = ({ from, until, place }: Engagement) => end + way(place) <= from || until + way(place) <= start;
  const { before, after } = neighbours(person, shift, start);
  const fromHome = before === undefined && person.home !== null;
  if (!person.engagements.every(clear) || (fromHome && shift.from + way(person.home) > start))
    return ['is somewhere else then, or on the way'];
  const kmThere = kmBetween(before ? before.place : person.home, visit.place);
  const minutes = minutesFor(kmThere) + (after ? minutesFor(kmBetween(visit.place, after.place)) : 0);
  const booked = intersect(person.engagements, [shift]).reduce((sum, { from, until }) => sum + until - from, 0);
  const loadPercent = Math.round((booked / (shift.until - shift.from)) * 100);
  const spare = sparesOf(visit, person);
  const reasons: Reason[] = [
    { factor: 'skill', detail: skillWords(visit, spare), cost: spare * COST.perSkillNotNeeded },
    { factor: 'distance', detail: distanceWords(kmThere, minutes), cost: minutes },
    { factor: 'load', detail: `${loadPercent} % of the shift is booked`, cost: loadPercent * COST.perPercentBooked },
    {
      factor: 'wait',
      detail: `${daysUntil(visit, start).toFixed(1)} days from the first possible time`,
      cost: waitCost(visit, start),
    },
  ];
  return {
    technicianId: person.id,
    technician: person.name,
    startsAt: start,
    endsAt: end,
    distanceKm: kmThere,
    travelMinutes: minutes,
    loadPercent,
    cost: reasons.reduce((sum, { cost }) => sum + cost, 0),
    reasons,
  };
}

/** Which openings come first: those that cost least, or the soonest. */
export type Preference = 'best' | 'soonest';

/** Every opening of somebody in the time of a visit, on quarters of an hour, half an hour apart. */
export function openingsOf(visit: Visit, person: Person): Opening[] {
  if (unfitFor(visit, person).length > 0) return [];
  return person.shifts.flatMap((shift) => [...openingsIn(visit, person, shift)]);
}

/**
 * The first openings of all these people, without working out the others: what an opening can be at least grows with
 * time, and whoever has enough that are better looks no further.
 */
export function firstOpenings(
  visit: Visit,
  people: readonly Person[],
  preference: Preference,
  limit: number,
): Opening[] {
  const best = preference === 'best';
  const inOrder = best ? byCost : bySoonest;
  const leastAt = (person: Person, start: number) =>
    best ? sparesOf(visit, person) * COST.perSkillNotNeeded + waitCost(visit, start) : start;
  const shifts = people
    .filter((person) => unfitFor(visit, person).length === 0)
    .flatMap((person) => person.shifts.map((shift) => ({ person, shift, least: leastAt(person, shift.from) })))
    .sort((one, other) => one.least - other.least);
  const found: Opening[] = [];
  const isTooLate = (least: number) => {
    const last = found[limit - 1];
    return last !== undefined && least > (best ? last.cost : last.startsAt);
  };
  for (const { person, shift, least } of shifts) {
    if (isTooLate(least)) break;
    for (const opening of openingsIn(visit, person, shift)) {
      if (isTooLate(leastAt(person, opening.startsAt))) break;
      found.push(opening);
      found.sort(inOrder).splice(limit);
    }
  }
  return found;
}

function* openingsIn(visit: Visit, person: Person, shift: Span): Generator<Opening> {
  // What is too far from a shift for any way is not looked at again at each of its times.
  const reaches = ({ from, until, place }: Engagement) => {
    const way = minutesFor(kmBetween(visit.place, place)) * MINUTE_MS;
    return until + way > shift.from && from - way < shift.until;
  };
  let near: Person | undefined;
  let start = quarterAfter(Math.max(shift.from, visit.from));
  const last = Math.min(shift.until, visit.until) - visit.minutes * MINUTE_MS;
  while (start <= last) {
    near ??= { ...person, shifts: [shift], engagements: person.engagements.filter(reaches) };
    const opening = openingAt(visit, near, start);
    if ('cost' in opening) yield opening;
    start += 'cost' in opening ? STEP_MS : GRID_MS;
  }
}

/** The better one first: by cost, then the earlier, then whoever is there longer. */
export const byCost = (one: Opening, other: Opening): number =>
  one.cost - other.cost || one.startsAt - other.startsAt || one.technicianId - other.technicianId;

const bySoonest = (one: Opening, other: Opening): number => one.startsAt - other.startsAt || byCost(one, other);

const sparesOf = (visit: Visit, person: Person): number => person.skills.length - visit.skills.length;
const daysUntil = (visit: Visit, start: number): number => Math.max(0, start - visit.from) / 86_400_000;
const waitCost = (visit: Visit, start: number): number => Math.round(daysUntil(visit, start) * COST.perDayOfWaiting);

const quarterAfter = (at: number): number => Math.ceil(at / GRID_MS) * GRID_MS;

/** The visits of a shift before and after a time. */
function neighbours({ engagements }: Person, shift: Span, start: number) {
  const within = engagements.filter(({ from, until }) => until > shift.from && from < shift.until);
  return { before: within.filter(({ from }) => from <= start).at(-1), after: within.find(({ from }) => from > start) };
}

function skillWords({ skills }: Visit, spare: number): string {
  const has = skills.length === 0 ? 'no skill is needed' : `has ${skills.join(', ')}`;
  return spare === 0 ? has : `${has}, and ${spare} that others may need`;
}

function distanceWords(km: number | null, minutes: number): string {
  return `${km === null ? 'an unknown way' : `${km} km`}, ${minutes} minutes on the road`;
}
