import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActorFor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import pointInPolygon from 'point-in-polygon-hao';
import { active, actor, closeServices, openServices, sql, use } from '../../../test/support/services-world.js';
import { chance } from '../../../test/bench/premise-corpus.js';
import {
  AreaQueries,
  type GeoJsonGeometry,
  LocatePremises,
  ManageAreas,
  ManagePremises,
  PremiseOccupancy,
  PremiseQueries,
  PremiseSearch,
  PremisesModule,
} from './index.js';

beforeAll(() => openServices(PremisesModule), 120_000);
afterAll(closeServices);

type Ring = (readonly [number, number])[];
const PAGE = { limit: 10, offset: 0 };

/** An irregular ring around a point, the same for the same seed. */
function blob(seed: number, [x, y]: readonly [number, number], radius: number, corners: number): Ring {
  const ring = Array.from({ length: corners }, (_, n) => {
    const far = radius * (0.4 + 0.6 * chance(seed, n));
    const angle = (n / corners) * 2 * Math.PI;
    const at = (value: number): number => Math.round(value * 1e7) / 1e7;
    return [at(x + far * Math.cos(angle)), at(y + far * Math.sin(angle))] as const;
  });
  return [...ring, ring[0] as readonly [number, number]];
}
const draw = (name: string, geometry: GeoJsonGeometry, connectivity: 'live' | 'building' | 'planned' = 'live') =>
  use(ManageAreas).create({ actor, name, connectivity, geometry });
const box = (west: number, south: number, size: number): GeoJsonGeometry => ({
  type: 'Polygon',
  coordinates: [
    [
      [west, south],
      [west + size, south],
      [west + size, south + size],
      [west, south + size],
      [west, south],
    ],
  ],
});
const add = (full_text: string, latitude: number, longitude: number) =>
  use(ManagePremises).create({ actor, values: { full_text, latitude, longitude } });

describe('areas', () => {
  it('cover the points that an independent library says they cover, holes and all', async () => {
    const drawn = new Map<number, Ring[]>();
    for (let n = 0; n < 150; n += 1) {
      const centre = [40 + chance(n, 100) * 0.3, 10 + chance(n, 101) * 0.3] as const;
      const rings = [blob(n, centre, 0.05, 8 + (n % 50))];
      if (n % 3 === 0) rings.push(blob(n + 1000, centre, 0.015, 7));
      drawn.set((await draw(`Blob ${n}`, { type: 'Polygon', coordinates: rings })).id, rings);
    }
    let hits = 0;
    for (let n = 0; n < 400; n += 1) {
      const point = [40 + Math.round(chance(n, 102) * 3e6) / 1e7, 10 + Math.round(chance(n, 103) * 3e6) / 1e7] as const;
      const covering = await use(AreaQueries).covering(actor, point[1], point[0]);
      const expected = [...drawn].filter(([, rings]) => pointInPolygon([...point], rings as never) === true);
      expect([point, covering.map(({ id }) => id).sort((a, b) => a - b)]).toEqual([point, expected.map(([id]) => id)]);
      hits += expected.length;
    }
    expect(hits).toBeGreaterThan(400);
  }, 60_000);

  it('come with those that are live first, and not at all once they are gone', async () => {
    const planned = await draw('Planned', box(50, 50, 1), 'planned');
    const live = await draw('Live', box(50, 50, 1));
    const found = () =>
      use(AreaQueries)
        .covering(actor, 50.5, 50.5)
        .then((areas) => areas.map(({ id }) => id));
    expect(await found()).toEqual([live.id, planned.id]);
    await use(ManageAreas).remove({ actor, id: live.id });
    expect(await found()).toEqual([planned.id]);
    await expect(use(AreaQueries).draw(actor, live.id)).rejects.toMatchObject({ code: 'premises.area.not_found' });
  });

  it('tell their premises when they move', async () => {
    const area = await draw('Moving', box(60, 10, 1));
    const { id } = await add('1, Moved Street', 10.5, 60.5);
    const areaOf = async () => (await use(PremiseQueries).getById(actor, id)).areaId;
    expect(await areaOf()).toBe(area.id);
    await use(ManageAreas).change({ actor, id: area.id, changes: {}, geometry: box(61, 10, 1) });
    await use(LocatePremises).execute(area.id);
    expect(await areaOf()).toBeNull();
    await use(ManageAreas).change({ actor, id: area.id, changes: {}, geometry: box(60, 10, 1) });
    expect(await use(LocatePremises).execute(area.id)).toBe(1);
    expect(await areaOf()).toBe(area.id);
    const { rows } = await use(PremiseQueries).history(actor, id, PAGE);
    expect(rows.map(({ changes }) => changes)).toEqual([{ area_id: [null, area.id] }, { area_id: [area.id, null] }]);
  });

  it('are nobody’s to change but the operator’s, whatever the program does', async () => {
    const isp = systemActorFor('spec', 1);
    await expect(
      use(ManageAreas).create({ actor: isp, name: 'Foreign', connectivity: 'live', geometry: box(1, 1, 1) }),
    ).rejects.toMatchObject({ code: '42501' });
    await expect(
      use(ManagePremises).create({ actor: isp, values: { full_text: '1 X', latitude: 1, longitude: 1 } }),
    ).rejects.toMatchObject({ code: '42501' });
  });
});

describe('an address', () => {
  it('keeps every change, and is refused under a key that is taken', async () => {
    const made = await use(ManagePremises).create({
      actor,
      externalKey: 'K-1',
      values: { street_number: '7', street_name: 'Kept Road', city: 'Keptown', latitude: 1, longitude: 1 },
    });
    expect(made.fullText).toBe('7, Kept Road, Keptown');
    const changed = await use(ManagePremises).change({ actor, id: made.id, changes: { city: 'Otherton' }, ifMatch: 1 });
    expect([changed.fullText, changed.version]).toEqual(['7, Kept Road, Otherton', 2]);
    await expect(
      use(ManagePremises).change({ actor, id: made.id, changes: { city: 'X' }, ifMatch: 1 }),
    ).rejects.toMatchObject({ code: 'premises.premise.version_mismatch' });
    const { rows } = await use(PremiseQueries).history(actor, made.id, PAGE);
    expect(rows).toMatchObject([
      { version: 2, changes: { city: ['Keptown', 'Otherton'], full_text: [made.fullText, changed.fullText] } },
    ]);
    await expect(
      use(ManagePremises).create({ actor, externalKey: 'K-1', values: { full_text: 'x', latitude: 1, longitude: 1 } }),
    ).rejects.toMatchObject({ code: 'premises.premise.key_taken' });
  });

  it('is found as people type it, and not by what is no address', async () => {
    const line = '38 (Cottage), Railway Street, Hectorton, Randfontein, ZA, 1765, Gauteng';
    await add(line, 2, 2);
    await add('83, Railway Street, Hectorton, Randfontein, ZA, 1765, Gauteng', 2, 2);
    await add('38, Raleigh Street, Homelake, Randfontein, ZA, 1759, Gauteng', 2, 2);
    const first = async (q: string) => (await use(PremiseSearch).find(actor, q, PAGE))[0]?.fullText;
    const typed = [
      line,
      '38 cottage railway',
      'hectorton 38 railway',
      '38 Railway St, Hector',
      '38 ralway street hectorton',
      'gauteng 1765 railway 38',
    ];
    for (const q of typed) expect([q, await first(q)]).toEqual([q, line]);
    expect((await use(PremiseSearch).find(actor, line, PAGE))[0]?.confidence).toBe(1);
    for (const hostile of [`' | 'a':* & !`, '%_\\', '\ud800', '((((', 'zzzzqqqq', ''])
      expect([hostile, await first(hostile)]).toEqual([hostile, undefined]);
  });

  it('looks for what a short word with two letters missing resembles, not for the other words alone', async () => {
    for (const street of ['Mill Street', 'Beacon Street', 'Harbour Street']) await add(`7, ${street}, Ripple`, 4, 4);
    const [found, next] = await use(PremiseSearch).find(actor, '7 Harbr Street', PAGE);
    expect([found?.fullText, next]).toEqual(['7, Harbour Street, Ripple', undefined]);
  });

  it('is gone from searches when it is taken away', async () => {
    const { id } = await add('99, Vanishing Lane', 3, 3);
    expect(await use(PremiseSearch).find(actor, 'vanishing', PAGE)).toHaveLength(1);
    await use(ManagePremises).remove({ actor, id });
    expect(await use(PremiseSearch).find(actor, 'vanishing', PAGE)).toEqual([]);
  });
});

describe('who is on a premise', () => {
  const occupancy = (process = 0) => use(PremiseOccupancy, process);
  const within = <T>(work: () => Promise<T>, process = 0) => use(UnitOfWork, process).run(actor, work);

  it('is one service at a time, however many come at once', async () => {
    await draw('Served', box(70, 10, 1));
    const premise = await add('1, Contested Street', 10.5, 70.5);
    const services = [await active(), await active(), await active(), await active()];
    const [customer] = await sql<{ id: number; guid: string }>('SELECT id, guid FROM customers ORDER BY id LIMIT 1');
    const order = (serviceId: number, process: number) =>
      within(async () => {
        const { premise: locked, areas } = await occupancy(process).lockForOrder({
          registerGuid: premise.registerGuid,
        });
        expect(areas).toHaveLength(1);
        const who = { partnerId: 1, customerId: customer?.id ?? 0, customerGuid: customer?.guid ?? '', serviceId };
        await occupancy(process).occupy({ premiseId: locked.id, ...who });
      }, process).then(
        () => 'won',
        (error: { code: string }) => error.code,
      );
    const outcomes = await Promise.all(services.map((id, n) => order(id, n % 2)));
    expect([...outcomes].sort()).toEqual([...Array<string>(3).fill('premises.premise.occupied'), 'won']);
    const winner = services[outcomes.indexOf('won')] as number;
    const seen = () => use(PremiseQueries).get(actor, premise.guid);
    expect(await seen()).toMatchObject({ status: 'ordered', serviceId: winner, customerGuid: customer?.guid });
    await occupancy().connect(actor, winner);
    expect((await seen()).status).toBe('in_service');
    const foreign = await use(PremiseQueries).get(systemActorFor('spec', 999), premise.guid);
    expect(foreign).toMatchObject({ status: 'in_service', serviceId: null, customerGuid: null });
    await occupancy().release(actor, winner);
    await occupancy().release(actor, winner);
    expect(await seen()).toMatchObject({ status: 'vacant', serviceId: null });
    const { rows } = await use(PremiseQueries).history(actor, premise.id, PAGE);
    expect(rows.map(({ changes }) => changes['status']?.[1])).toEqual(['vacant', 'in_service', 'ordered']);
  }, 30_000);

  it('is refused with the reason where nothing can be ordered', async () => {
    await draw('Soon', box(80, 10, 1), 'building');
    const [soon, nowhere] = [await add('1, Soon Street', 10.5, 80.5), await add('1, Far Street', -60, -60)];
    const dated = (name: string, dates: Readonly<Record<string, string>>) =>
      sql(
        Object.entries(dates)
          .map(([column, day]) => `UPDATE areas SET ${column} = '${day}' WHERE name = '${name}'`)
          .join(';'),
      );
    const refusal = (guid: string) => expect(within(() => occupancy().lockForOrder({ guid }))).rejects;
    await refusal(soon.guid).toMatchObject({ code: 'premises.premise.not_live' });
    await refusal(soon.guid).toThrow('The network at the premise is not live yet: building.');
    await dated('Soon', { planned_on: '2099-05-01' });
    await refusal(soon.guid).toThrow('The network at the premise is not live yet: building, expected from 2099-05-01.');
    await dated('Soon', { live_on: '2099-06-01' });
    await refusal(soon.guid).toThrow('The network at the premise is not live yet: building, expected from 2099-06-01.');
    await draw('Sooner', box(80, 10, 1), 'building');
    await dated('Sooner', { planned_on: '2099-04-01' });
    await refusal(soon.guid).toThrow('The network at the premise is not live yet: building, expected from 2099-04-01.');
    await refusal(nowhere.guid).toMatchObject({ code: 'premises.premise.not_covered' });
    await refusal('00000000-0000-4000-8000-000000000000').toMatchObject({ code: 'premises.premise.not_found' });
  });
});
