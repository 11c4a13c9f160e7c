import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '@isp/platform/database';
import fc from 'fast-check';
import {
  active,
  actor,
  clock,
  closeServices,
  openServices,
  read,
  sql,
  use,
} from '../../../test/support/services-world.js';
import { BandwidthQueries, SampleBandwidth, UsageModule, UsageQueries, UsageReport } from './index.js';

beforeAll(() => openServices(UsageModule), 120_000);
afterAll(closeServices);

/** Moves the clock of the program to an instant. */
const at = (instant: string): void => {
  clock.shift = 0;
  // Not a moment too early.
  clock.shift = Math.ceil((Date.parse(instant) - clock.now().getTime()) / 1000);
};
const zone = (name: string) => sql(`UPDATE partners SET time_zone = '${name}' WHERE id = 1`);
beforeEach(async () => {
  at('2026-05-20T12:00:00Z');
  await zone('America/New_York');
});

let serial = 0;
/** A session whose NAS tells its counters (upload, download) at instants; the first is the start. */
async function session(serviceId: number, told: readonly (readonly [instant: string, up: number, down: number])[]) {
  const id = `s${(serial += 1)}`;
  const begun = Date.parse(told[0]?.[0] ?? '') / 1000;
  for (const [index, [instant, up, down]] of told.entries()) {
    const time = Date.parse(instant) / 1000;
    const [status, klass] = [index === 0 ? 'Start' : 'Interim-Update', Buffer.from(`svc:${serviceId}`).toString('hex')];
    const counters = [up, down, Math.floor(up / 10), Math.floor(down / 10)].map((n) => [
      String(Math.floor(n / 2 ** 32)),
      String(n % 2 ** 32),
    ]);
    const fields = [
      ...[status, id, id, `${serviceId}@spec`, `0x${klass}`, '127.0.0.1', '', '', '', '', '', '', ''],
      ...[String(time), String(time + 1), '', String(time - begun), ...counters.flat(), ''],
    ];
    await sql(`SELECT radius.account(${fields.map((text) => `'${text}'`).join(', ')})`);
  }
}
const usageOf = (id: number, from: string, to: string, granularity: 'day' | 'month' = 'day') =>
  use(UsageQueries).ofService(actor, id, { from, to }, granularity);
const downloads = async (id: number, from: string, to: string) =>
  (await usageOf(id, from, to)).periods.map(({ period, download }) => [period.slice(5), download]);

describe('usage', () => {
  it.each([
    ['America/New_York', '2026-05-10T04:00:00Z'],
    ['Pacific/Auckland', '2026-05-09T12:00:00Z'],
    ['Asia/Kolkata', '2026-05-09T18:30:00Z'],
  ])('is split at midnight in %s, within a day and across several', async (name, midnight) => {
    await zone(name);
    const id = await active();
    const hours = (count: number) => new Date(Date.parse(midnight) + count * 3_600_000).toISOString();
    await session(id, [
      [hours(-3), 0, 0],
      [hours(-2), 50, 100],
      [hours(-1), 100, 300],
      // Half an hour before, a day and half an hour after.
      [hours(25), 2_700, 2_900],
      [hours(26), 2_700, 2_901],
    ]);
    expect(await downloads(id, '2026-05-08', '2026-05-12')).toEqual([
      ['05-08', 0],
      ['05-09', 400],
      ['05-10', 2_400],
      ['05-11', 101],
      ['05-12', 0],
    ]);
    expect((await usageOf(id, '2026-05-08', '2026-05-12')).total).toMatchObject({ download: 2_901, upload: 2_700 });
  });

  it('follows a partner into another time zone while a session is up', async () => {
    const id = await active();
    await session(id, [
      ['2026-05-10T01:00:00Z', 0, 0],
      ['2026-05-10T02:00:00Z', 0, 10],
    ]);
    await zone('UTC');
    // Still the 9th in New York, the 10th by now in London.
    const [last] = await sql<{ id: string }>(`SELECT acctuniqueid AS id FROM radius.radacct WHERE service_id = ${id}`);
    await sql(
      `UPDATE radius.radacct SET acctupdatetime = '2026-05-10T03:00:00Z', acctoutputoctets = 15 WHERE acctuniqueid = '${last?.id}'`,
    );
    expect(await downloads(id, '2026-05-09', '2026-05-10')).toEqual([
      ['05-09', 10],
      ['05-10', 5],
    ]);
  });

  it('has days of 23 and 25 hours where the clocks change', async () => {
    const id = await active();
    // 8 March 2026 begins at 05:00Z and ends at 04:00Z; 1 November 2026 begins at 04:00Z and ends at 05:00Z.
    await session(id, [
      ['2026-03-08T04:00:00Z', 0, 0],
      ['2026-03-09T05:00:00Z', 0, 25],
    ]);
    await session(id, [
      ['2026-11-01T03:00:00Z', 0, 0],
      ['2026-11-02T06:00:00Z', 0, 27],
    ]);
    expect(await downloads(id, '2026-03-07', '2026-03-09')).toEqual([
      ['03-07', 1],
      ['03-08', 23],
      ['03-09', 1],
    ]);
    expect(await downloads(id, '2026-10-31', '2026-11-02')).toEqual([
      ['10-31', 1],
      ['11-01', 25],
      ['11-02', 1],
    ]);
    const months = await usageOf(id, '2026-03-01', '2026-11-30', 'month');
    expect(months.periods.map(({ period, download }) => [period, download])).toEqual([
      ...[['2026-03', 25], ...['04', '05', '06', '07', '08', '09'].map((month) => [`2026-${month}`, 0])],
      ['2026-10', 1],
      ['2026-11', 26],
    ]);
  });

  it('is of this month when nothing is asked, and refuses what is backwards or endless', async () => {
    const id = await active();
    at('2026-06-01T03:59:00Z');
    const month = await use(UsageQueries).ofService(actor, id, {}, 'day');
    expect([month.from, month.to, month.periods.length]).toEqual(['2026-05-01', '2026-05-31', 31]);
    await expect(usageOf(id, '2026-05-02', '2026-05-01')).rejects.toMatchObject({ code: 'usage.period.backwards' });
    await expect(usageOf(id, '2025-01-01', '2026-02-05')).rejects.toMatchObject({ code: 'usage.period.too_long' });
    expect((await usageOf(id, '2025-01-01', '2026-02-04')).periods).toHaveLength(400);
  });

  it('adds up the services of a customer, and lists who carried most', async () => {
    const one = await active();
    const { customerId } = await read(one);
    const other = await active(customerId);
    for (const [id, bytes] of [
      [one, 1_000],
      [other, 5_000],
    ] as const)
      await session(id, [
        ['2026-05-10T12:00:00Z', 0, 0],
        ['2026-05-10T13:00:00Z', bytes / 10, bytes],
      ]);
    const asked = { from: '2026-05-10', to: '2026-05-11' };
    const sum = await use(UsageQueries).ofCustomer(actor, customerId, asked, 'day');
    expect(sum.periods.map(({ download }) => download)).toEqual([6_000, 0]);
    expect(sum.services.map(({ serviceId, download }) => [serviceId, download])).toEqual([
      [one, 1_000],
      [other, 5_000],
    ]);
    const page = { limit: 10, offset: 0 };
    const most = await use(UsageReport).list(actor, { month: '2026-05', customerId }, page);
    expect([most.total, most.rows.map(({ serviceId }) => serviceId)]).toEqual([2, [other, one]]);
    const big = await use(UsageReport).list(actor, { month: '2026-05', customerId, atLeastBytes: 5_000 }, page);
    expect(big.rows.map(({ serviceId, ipv6Download }) => [serviceId, ipv6Download])).toEqual([[other, 500]]);
    expect((await use(UsageReport).list(actor, { month: '2026-04', customerId }, page)).total).toBe(0);
  });
});

const samplesOf = (id: number) =>
  sql<{ at: string; up: number; down: number }>(
    `SELECT to_char(at AT TIME ZONE 'UTC', 'DD HH24:MI') AS at, input_octets::integer AS up, output_octets::integer AS down
       FROM bandwidth_samples WHERE service_id = ${id} ORDER BY bandwidth_samples.at`,
  );

describe('samples of bandwidth', () => {
  it('spread what passed over the five minutes that it passed in, and count it once with two workers', async () => {
    const id = await active();
    await session(id, [
      ['2026-05-20T11:00:00Z', 0, 0],
      ['2026-05-20T11:06:00Z', 60, 360],
    ]);
    const sample = () => Promise.all([use(SampleBandwidth).execute(), use(SampleBandwidth, 1).execute()]);
    await sample();
    await sample();
    expect(await samplesOf(id)).toEqual([
      { at: '20 11:00', up: 50, down: 300 },
      { at: '20 11:05', up: 10, down: 60 },
    ]);
    await sql(
      `UPDATE radius.radacct SET acctupdatetime = '2026-05-20T11:10:00Z', acctoutputoctets = 400 WHERE service_id = ${id}`,
    );
    await sample();
    expect((await samplesOf(id)).map(({ down }) => down)).toEqual([300, 100]);
  });

  it('have the same sum as the sessions, whatever their length', async () => {
    const id = await active();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4_000 }), fc.integer({ min: 0, max: 10 ** 12 })), {
          minLength: 1,
          maxLength: 5,
        }),
        async (steps) => {
          let [time, total] = [Date.parse('2026-05-19T13:37:11Z'), 0];
          const told: [string, number, number][] = [[new Date(time).toISOString(), 0, 0]];
          for (const [seconds, octets] of steps) {
            time += seconds * 1000;
            total += octets;
            told.push([new Date(time).toISOString(), 0, total]);
          }
          await sql(`DELETE FROM bandwidth_samples WHERE service_id = ${id}`);
          await session(id, told);
          await use(SampleBandwidth).execute();
          const [row] = await sql<{ sum: string }>(
            `SELECT coalesce(sum(output_octets), 0) AS sum FROM bandwidth_samples WHERE service_id = ${id}`,
          );
          expect(Number(row?.sum)).toBe(total);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('are forgotten after 90 days', async () => {
    const id = await active();
    await sql(`INSERT INTO bandwidth_samples SELECT 1, customer_id, id, at::timestamptz, 1, 1 FROM services,
      unnest(ARRAY['2026-02-01 11:00Z', '2026-02-19 11:55Z', '2026-02-19 12:05Z']) at WHERE id = ${id}`);
    await use(SampleBandwidth).forget();
    expect((await samplesOf(id)).map((row) => row.at)).toEqual(['19 12:05']);
  });
});

describe('figures of bandwidth', () => {
  const fill = (id: number, rows: readonly (readonly [slot: number, up: number, down: number])[]) =>
    use(UnitOfWork).run(actor, () =>
      sql(`DELETE FROM bandwidth_samples WHERE service_id = ${id};
        INSERT INTO bandwidth_samples SELECT 1, customer_id, services.id, timestamptz '2026-05-18 04:00Z' + slot * interval '5 minutes', up, down
          FROM services, (VALUES ${rows.map((row) => `(${row.map((n) => `${n}::bigint`).join(', ')})`).join(', ')}) v (slot, up, down) WHERE services.id = ${id}`),
    );
  const figures = (id: number) => use(BandwidthQueries).ofService(actor, id, { from: '2026-05-18', to: '2026-05-18' });
  const bits = (octets: number, samples = 1): number => Math.round((octets * 8) / (300 * samples));

  it('are those of a naive model', async () => {
    const id = await active();
    const slots = fc.uniqueArray(
      fc.tuple(
        fc.integer({ min: 0, max: 287 }),
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 0, max: 4 * 10 ** 9 }),
      ),
      { selector: ([slot]) => slot, minLength: 1, maxLength: 288 },
    );
    await fc.assert(
      fc.asyncProperty(slots, async (rows) => {
        await fill(id, rows);
        const all = Array.from(
          { length: 288 },
          (_, slot): [number, number, number] => rows.find(([one]) => one === slot) ?? [slot, 0, 0],
        );
        const [up, down] = [all.map((row) => row[1]), all.map((row) => row[2])];
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        const sorted = all.map((row) => Math.max(row[1], row[2])).sort((a, b) => a - b);
        const kept = sorted.slice(0, 288 - Math.floor(288 * 0.05));
        const found = await figures(id);
        expect(found).toMatchObject({
          samples: 288,
          percentile95: bits(kept.at(-1) ?? 0),
          bursts: all.filter((row) => bits(row[2]) > 90e6 || bits(row[1]) > 18e6).length,
          download: {
            peak: bits(Math.max(...down)),
            average: bits(sum(down), 288),
            offPeakAverage: bits(sum(down.slice(0, 72)), 72),
            rate: 100e6,
          },
          upload: {
            peak: bits(Math.max(...up)),
            average: bits(sum(up), 288),
            offPeakAverage: bits(sum(up.slice(0, 72)), 72),
            rate: 20e6,
          },
        });
      }),
      { numRuns: 20 },
    );
  }, 60_000);

  it('count only the part of a day that is over', async () => {
    const id = await active();
    at('2026-05-18T05:00:00Z');
    expect((await figures(id)).samples).toBe(12);
  });
});
