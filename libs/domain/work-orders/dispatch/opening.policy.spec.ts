import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Opening,
  type Person,
  type Visit,
  byCost,
  firstOpenings,
  openingAt,
  openingsOf,
  roadKm,
} from './opening.policy.js';

const hour = 3_600_000;
const day0 = Date.parse('2026-03-02T00:00:00Z');
const at = (hours: number) => day0 + hours * hour;
const center = { latitude: 52.52, longitude: 13.405 };
/** 0.1 degrees of latitude: 11.12 km as the crow flies, 14.5 on the road, 22 minutes. */
const north = { latitude: 52.62, longitude: 13.405 };

const visit = (more: Partial<Visit> = {}): Visit => ({
  minutes: 90,
  skills: ['fault_finding'],
  place: center,
  areaId: null,
  from: at(0),
  until: at(48),
  ...more,
});
const person = (more: Partial<Person> = {}): Person => ({
  id: 1,
  name: 'Ada',
  status: 'active',
  skills: ['fault_finding'],
  areaIds: [],
  home: center,
  shifts: [{ from: at(8), until: at(16) }],
  engagements: [],
  ...more,
});
const starts = (openings: readonly Opening[]) => openings.map(({ startsAt }) => (startsAt - day0) / hour);

describe('openings', () => {
  it('are the times of a shift in which the visit fits, half an hour apart', () => {
    expect(starts(openingsOf(visit(), person()))).toEqual([
      8, 8.5, 9, 9.5, 10, 10.5, 11, 11.5, 12, 12.5, 13, 13.5, 14, 14.5,
    ]);
  });

  it('leave time for the way there and on', () => {
    const engagements = [{ from: at(10), until: at(11), place: north }, { from: at(14), until: at(15), place: north }]; // prettier-ignore
    // 22 minutes there and on: until 9:38 at the latest, from 11:22 until 13:38; and no 90 minutes after 15:22.
    expect(starts(openingsOf(visit(), person({ engagements })))).toEqual([8, 11.5, 12]);
    expect(openingAt(visit(), person({ engagements }), at(8.25))).toEqual(['is somewhere else then, or on the way']);
    expect(openingAt(visit({ place: north }), person({ engagements }), at(8.5))).toMatchObject({ travelMinutes: 22 });
  });

  it('begin after the way from home, and at once where nobody knows where home is', () => {
    expect(starts(openingsOf(visit({ place: north, until: at(11) }), person()))).toEqual([8.5, 9, 9.5]);
    expect(starts(openingsOf(visit({ place: north, until: at(11) }), person({ home: null })))).toEqual([
      8, 8.5, 9, 9.5,
    ]);
  });

  it('are nobody’s who cannot do it, does not go there, or does not work', () => {
    expect(openingAt(visit(), person({ skills: ['survey'] }), at(9))).toEqual(['does not have fault_finding']);
    expect(openingAt(visit({ areaId: 7 }), person({ areaIds: [3] }), at(9))).toEqual(['does not go to that area']);
    expect(openingAt(visit({ areaId: 7 }), person({ areaIds: [3, 7] }), at(9))).toHaveProperty('cost');
    expect(openingAt(visit({ areaId: 7 }), person(), at(9))).toHaveProperty('cost');
    expect(openingAt(visit(), person(), at(15))).toEqual(['does not work then']);
    expect(openingAt(visit(), person({ status: 'inactive' }), at(9))).toEqual(['is not active']);
    expect(openingsOf(visit(), person({ skills: [] }))).toEqual([]);
  });

  it('say what they cost, and why', () => {
    const engagements = [{ from: at(12), until: at(16), place: north }];
    const found = openingAt(
      visit({ place: north }),
      person({ skills: ['fault_finding', 'survey'], engagements }),
      at(10),
    );
    // 5 for a skill not needed, 22 from home and 0 on, half of 50 %, 10 hours of 30 a day.
    expect(found).toMatchObject({ cost: 5 + 22 + 25 + 13, distanceKm: 14.5, travelMinutes: 22, loadPercent: 50 });
    expect((found as Opening).reasons).toEqual([
      { factor: 'skill', detail: 'has fault_finding, and 1 that others may need', cost: 5 },
      { factor: 'distance', detail: '14.5 km, 22 minutes on the road', cost: 22 },
      { factor: 'load', detail: '50 % of the shift is booked', cost: 25 },
      { factor: 'wait', detail: '0.4 days from the first possible time', cost: 13 },
    ]);
  });

  it('come in an order: who is near before who is far, who is free before who is full', () => {
    const far = person({ id: 2, name: 'Ben', home: north });
    const full = person({ id: 3, name: 'Cem', engagements: [{ from: at(12), until: at(16), place: center }] });
    const best = [far, full, person()].flatMap((one) => openingsOf(visit(), one)).sort(byCost);
    expect(best[0]).toMatchObject({ technician: 'Ada', startsAt: at(8) });
    expect(best.findIndex(({ technician }) => technician === 'Ben')).toBeGreaterThan(0);
  });

  it('that come first are those of all that there are, however many are asked for', () => {
    const hours = fc.integer({ min: 0, max: 24 * 12 });
    const spans = fc
      .uniqueArray(hours, { maxLength: 10 })
      .map((all) => all.sort((one, other) => one - other))
      .map((all) => all.flatMap((from, n) => (n % 2 === 0 && all[n + 1] ? [{ from: at(from), until: at(all[n + 1] as number) }] : []))); // prettier-ignore
    const someone = fc.record({
      id: fc.integer({ min: 1, max: 5 }),
      skills: fc.constantFrom(['fault_finding'], ['fault_finding', 'survey'], ['survey']),
      home: fc.constantFrom(center, north, null),
      shifts: spans,
      engagements: spans.map((all) => all.map((span, n) => ({ ...span, place: n % 2 ? center : north }))),
    });
    const wanted = fc.record({ first: fc.constantFrom('best', 'soonest'), limit: fc.integer({ min: 1, max: 40 }) });
    // Each time of each shift, with everything that is known of a person.
    const everyOpening = (of: Visit, one: Person) =>
      one.shifts.flatMap((shift) => {
        const found: Opening[] = [];
        const quarter = hour / 4;
        let start = Math.ceil(Math.max(shift.from, of.from) / quarter) * quarter;
        while (start + of.minutes * 60_000 <= Math.min(shift.until, of.until)) {
          const opening = openingAt(of, one, start);
          if ('cost' in opening) found.push(opening);
          start += 'cost' in opening ? 2 * quarter : quarter;
        }
        return found;
      });
    fc.assert(
      fc.property(fc.array(someone, { maxLength: 6 }), wanted, (all, { first, limit }) => {
        const people = all.map((more, n) => person({ ...more, id: n }));
        const of = visit({ from: at(5), until: at(24 * 10), minutes: 60 });
        const soonest = (one: Opening, other: Opening) => one.startsAt - other.startsAt || byCost(one, other);
        const every = people.flatMap((one) => everyOpening(of, one)).sort(first === 'best' ? byCost : soonest);
        expect(firstOpenings(of, people, first, limit)).toEqual(every.slice(0, limit));
      }),
    );
  });

  it('never overlap what somebody is expected at, with the ways between', () => {
    const place = fc.constantFrom(center, north, null);
    const engagement = fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 8 }), place);
    fc.assert(
      fc.property(
        fc.array(engagement, { maxLength: 5 }),
        place,
        fc.integer({ min: 15, max: 180 }),
        (all, where, minutes) => {
          let free = at(8);
          const engagements = all.map(([gap, quarters, spot]) => {
            const from = free + gap * 900_000;
            free = from + quarters * 900_000;
            return { from, until: free, place: spot };
          });
          for (const { startsAt, endsAt } of openingsOf(visit({ place: where, minutes }), person({ engagements }))) {
            expect(startsAt >= at(8) && endsAt <= at(16)).toBe(true);
            for (const { from, until, place: spot } of engagements) {
              const way = where && spot ? (roadKm(where, spot) / 40) * hour : 0;
              expect(endsAt + way <= from || startsAt >= until + way).toBe(true);
            }
          }
        },
      ),
    );
  });
});

describe('the road', () => {
  it('is a third longer than the great circle', () => {
    expect(roadKm(center, center)).toBe(0);
    // Berlin to Paris: 878 km as the crow flies.
    expect(roadKm(center, { latitude: 48.8566, longitude: 2.3522 })).toBeCloseTo(878 * 1.3, -1);
    expect(roadKm({ latitude: 0, longitude: 179.9 }, { latitude: 0, longitude: -179.9 })).toBeCloseTo(28.9, 0);
  });
});
