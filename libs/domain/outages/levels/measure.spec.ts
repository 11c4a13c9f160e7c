import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LevelFacts } from './level.types.js';
import { measure } from './measure.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;
/** A month of 30 days that is over, seen by the poller all the time. */
const month = (given: Partial<LevelFacts> = {}): LevelFacts => ({
  from: 0,
  until: 30 * DAY,
  now: 30 * DAY,
  agreed: [{ from: 0, until: 30 * DAY }],
  maintenance: [],
  outages: [],
  sessions: [],
  observed: [{ from: 0, until: 30 * DAY }],
  probes: { asked: 0, answered: 0, elapsedMs: 0 },
  promise: { percent: '99.5', latencyMs: null, packetLossPercent: null },
  credit: { percent: '10', capPercent: '100', minutes: 60, unit: 'started', when: 'month_end' },
  monthlyAmount: '100.00',
  currency: 'USD',
  ...given,
});
const outage = (from: number, until: number, outageId = 1) => ({ outageId, lasts: false, from, until });

describe('a month in figures', () => {
  it('without an outage is as promised', () => {
    expect(measure(month())).toMatchObject({
      actualPercent: 100,
      downSeconds: 0,
      met: true,
      incidents: 0,
      creditAmount: '0.00',
    });
  });

  it('counts what an outage took, and credits each hour below what was promised', () => {
    // 0.5 % of 720 hours are 3.6 hours: of 6 hours 2.4 are below, which is three that began.
    const level = measure(month({ outages: [outage(DAY, DAY + 6 * HOUR)] }));
    expect(level).toMatchObject({ downSeconds: 6 * HOUR, incidents: 1, repairSeconds: 6 * HOUR, met: false });
    expect(level.actualPercent).toBe(99.166667);
    expect([level.creditAmount, level.arithmetic]).toEqual([
      '30.00',
      '144 minutes below 99.5 %: 3 started × 60 minutes × 10 % = 30 % of 100.00 = 30.00',
    ]);
    const full = { percent: '10', capPercent: '100', minutes: 60, unit: 'full', when: 'month_end' } as const;
    expect(measure(month({ credit: full, outages: [outage(DAY, DAY + 6 * HOUR)] })).creditAmount).toBe('20.00');
  });

  it('never credits more than the cap', () => {
    const level = measure(month({ outages: [outage(DAY, 4 * DAY)] }));
    expect(level.creditAmount).toBe('100.00');
    expect(level.arithmetic).toContain('at most 100 %');
  });

  it('leaves announced work out, and the time of a suspension', () => {
    const level = measure(
      month({
        agreed: [
          { from: 0, until: 10 * DAY },
          { from: 20 * DAY, until: 30 * DAY },
        ],
        maintenance: [{ from: DAY, until: DAY + 2 * HOUR }],
        outages: [outage(DAY, DAY + 3 * HOUR), outage(12 * DAY, 13 * DAY, 2)],
      }),
    );
    expect(level).toMatchObject({
      agreedSeconds: 20 * DAY - 2 * HOUR,
      maintenanceSeconds: 2 * HOUR,
      downSeconds: HOUR,
      incidents: 1,
    });
  });

  it('counts a minute once, however many outages hold it', () => {
    const outages = [outage(DAY, DAY + 2 * HOUR), outage(DAY + HOUR, DAY + 3 * HOUR, 2)];
    expect(measure(month({ outages }))).toMatchObject({ downSeconds: 3 * HOUR, incidents: 2 });
  });

  it('believes a session that worked through an outage', () => {
    const outages = [outage(DAY, DAY + 4 * HOUR)];
    const sessions = [
      { from: 0, until: DAY + HOUR },
      { from: DAY + 3 * HOUR, until: 2 * DAY },
    ];
    expect(measure(month({ outages, sessions }))).toMatchObject({ downSeconds: 2 * HOUR });
    expect(measure(month({ outages, sessions: [{ from: 0, until: 30 * DAY }] }))).toMatchObject({
      downSeconds: 0,
      incidents: 0,
      met: true,
    });
  });

  it('says what nobody measured', () => {
    expect(measure(month({ observed: [] }))).toMatchObject({
      measuredSeconds: 0,
      actualPercent: null,
      met: null,
      latencyMs: null,
      packetLossPercent: null,
      creditAmount: '0.00',
    });
    const half = measure(month({ observed: [{ from: 0, until: 15 * DAY }], outages: [outage(DAY, DAY + 9 * HOUR)] }));
    expect([half.measuredSeconds, half.actualPercent]).toEqual([15 * DAY, 97.5]);
  });

  it('takes latency and loss from the questions of the poller', () => {
    const level = measure(month({ probes: { asked: 1000, answered: 998, elapsedMs: 9980 } }));
    expect([level.latencyMs, level.packetLossPercent]).toEqual([10, 0.2]);
  });

  it('of a month that lasts promises what is left of it too', () => {
    // By the 10th an outage of 3 hours is 1.25 % of what was measured, and less than what a month allows.
    const level = measure(month({ now: 10 * DAY, outages: [outage(DAY, DAY + 3 * HOUR)] }));
    expect([level.met, level.creditAmount]).toEqual([false, '0.00']);
  });
});

describe('of any month', () => {
  const spans = (max: number) =>
    fc
      .array(fc.tuple(fc.nat(30 * 24 - 1), fc.integer({ min: 1, max: 48 })), { maxLength: max })
      .map((list) => list.map(([at, hours]) => ({ from: at * HOUR, until: (at + hours) * HOUR })));
  const facts = fc.record({
    agreed: spans(3),
    maintenance: spans(3),
    outages: spans(4),
    sessions: spans(4),
    observed: spans(4),
    now: fc.integer({ min: 1, max: 30 * 24 }),
  });
  /** The same, hour by hour. */
  const modelOf = (
    f: Record<'agreed' | 'maintenance' | 'outages' | 'sessions' | 'observed', { from: number; until: number }[]>,
    now: number,
  ) => {
    const holds = (list: readonly { from: number; until: number }[], at: number) =>
      list.some(({ from, until }) => from <= at && at < until);
    const hours = Array.from({ length: 30 * 24 }, (_, n) => n * HOUR);
    const counted = hours.filter((at) => holds(f.agreed, at) && !holds(f.maintenance, at));
    const past = counted.filter((at) => at < now);
    const known = past.filter((at) => holds(f.observed, at) || holds(f.sessions, at) || holds(f.outages, at));
    const down = past.filter((at) => holds(f.outages, at) && !holds(f.sessions, at));
    return [counted, known, down].map((list) => list.length * HOUR);
  };

  it('figures are those of a model that goes hour by hour', () => {
    fc.assert(
      fc.property(facts, ({ now, outages, ...rest }) => {
        const numbered = outages.map((span, n) => ({ ...span, outageId: n, lasts: false }));
        const level = measure(month({ ...rest, now: now * HOUR, outages: numbered }));
        expect([level.agreedSeconds, level.measuredSeconds, level.downSeconds]).toEqual(
          modelOf({ outages, ...rest }, now * HOUR),
        );
        expect(Number(level.creditAmount)).toBeLessThanOrEqual(100);
        expect(level.met === false || Number(level.creditAmount) === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
