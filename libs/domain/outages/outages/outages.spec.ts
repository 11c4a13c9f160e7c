import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemActorFor } from '@isp/contracts';
import { addSeconds } from '@isp/kernel';
import {
  active,
  actor,
  clock,
  closeServices,
  openServices,
  read,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import {
  CorrectOutage,
  FollowDevice,
  MeasureLevels,
  NoticeQueries,
  OpenOutage,
  OutageQueries,
  OutagesModule,
  PlanMaintenance,
  ServiceHealth,
  TendOutages,
} from '../index.js';

let serial = 0;
let at: Date;
beforeAll(() => openServices(OutagesModule), 120_000);
afterAll(closeServices, 60_000);
beforeEach(() => {
  clock.shift += 3_600;
  at = clock.now();
});

const PAGE = { limit: 100, offset: 0 };
const later = (seconds: number) => addSeconds(at, seconds);
async function device(kind: string, columns: Readonly<Record<string, unknown>> = {}): Promise<number> {
  const names = Object.keys(columns);
  const [row] = await sql<{ id: number }>(
    `INSERT INTO devices (${['name', 'kind', ...names].join(', ')}) VALUES ('d${(serial += 1)}', '${kind}'${names
      .map((name) => `, ${String(columns[name])}`)
      .join('')}) RETURNING id`,
  );
  return row?.id ?? 0;
}
const ontOf = async (olt: number) => {
  const service = await active();
  await device('ont', { olt_id: olt, service_id: service });
  return service;
};
const news = (deviceId: number, nowIs: 'down' | 'up', sequence: number, seconds = 0, process = 0) =>
  use(FollowDevice, process).execute({ deviceId, nowIs, at: later(seconds), sequence });
const outagesOf = async (serviceId: number) => (await use(OutageQueries).list(actor, { serviceId }, PAGE)).rows;
const noticesOf = async (serviceId: number) => {
  const { customerId } = await read(serviceId);
  const { rows } = await use(NoticeQueries).list(actor, { customerId }, PAGE);
  return rows.map(({ kind, subjectId, serviceIds }) => [kind, subjectId, serviceIds]);
};
const tendAt = async (seconds: number) => {
  const was = clock.shift;
  clock.shift += seconds;
  await use(TendOutages).execute();
  clock.shift = was;
};

describe('a device that falls', () => {
  it('opens one outage with what hangs behind it, tells each customer once, and closes itself', async () => {
    const olt = await device('olt');
    const [one, two] = [await ontOf(olt), await ontOf(olt)];
    const other = await ontOf(await device('olt'));
    // The same news in two processes at once, and once more.
    await Promise.all([news(olt, 'down', 1), news(olt, 'down', 1, 0, 1)]);
    await news(olt, 'down', 1);
    const [outage, ...more] = await outagesOf(one);
    expect(more).toEqual([]);
    expect(outage).toMatchObject({ status: 'open', deviceId: olt, affectedServices: 2, affectedCustomers: 2 });
    const tickets = await sql(`SELECT id, subject, priority FROM tickets WHERE id IN (SELECT ticket_id FROM ticket_links
      WHERE type = 'outage' AND target_id = ${outage?.id})`);
    expect(tickets).toEqual([{ id: outage?.ticketId, subject: outage?.title, priority: 'critical' }]);
    expect((await outagesOf(two)).map(({ id }) => id)).toEqual([outage?.id]);
    expect(await outagesOf(other)).toEqual([]);
    expect(await use(ServiceHealth).of(actor, one)).toMatchObject({ verdict: 'outage' });
    await news(olt, 'up', 2, 600);
    expect(await outagesOf(one)).toMatchObject([{ status: 'recovering', endedAt: later(600) }]);
    await tendAt(60);
    expect(await outagesOf(one)).toMatchObject([{ status: 'recovering' }]);
    await tendAt(3_000);
    expect(await outagesOf(one)).toMatchObject([{ status: 'resolved', endedAt: later(600) }]);
    expect(await sql(`SELECT status FROM tickets WHERE id = ${outage?.ticketId}`)).toEqual([{ status: 'resolved' }]);
    expect(await noticesOf(one)).toEqual([
      ['resolved', outage?.id, [one]],
      ['opened', outage?.id, [one]],
    ]);
    expect(await noticesOf(other)).toEqual([]);
  });

  it('that flaps is one outage, and tells once', async () => {
    const olt = await device('olt');
    const service = await ontOf(olt);
    for (let n = 0; n < 4; n += 1) {
      await news(olt, 'down', 2 * n + 1, 60 * n);
      await news(olt, 'up', 2 * n + 2, 60 * n + 30);
    }
    await tendAt(3_000);
    expect(await outagesOf(service)).toMatchObject([
      { status: 'resolved', flaps: 3, startedAt: at, endedAt: later(210) },
    ]);
    expect(await noticesOf(service)).toHaveLength(2);
  });

  it('whose news comes in the wrong order still has its outage, with its end', async () => {
    const olt = await device('olt');
    const service = await ontOf(olt);
    await sql(`INSERT INTO device_status (device_id, next_poll_at, reachability, transitions, changed_at)
      VALUES (${olt}, now(), 'up', 2, '${later(300).toISOString()}'::timestamptz - interval '2 days')`);
    await news(olt, 'up', 2, 300);
    expect(await outagesOf(service)).toEqual([]);
    await news(olt, 'down', 1);
    expect(await outagesOf(service)).toMatchObject([{ status: 'open' }]);
    await use(TendOutages).execute();
    expect(await outagesOf(service)).toMatchObject([{ status: 'recovering' }]);
  });

  it('is no outage when it is the ONT of one customer', async () => {
    const service = await active();
    await news(await device('ont', { service_id: service }), 'down', 1);
    expect(await outagesOf(service)).toEqual([]);
  });
});

describe('what explains what', () => {
  it('a switch takes the outages of the OLTs below it', async () => {
    const root = await device('switch');
    const [left, right] = [await device('olt', { parent_id: root }), await device('olt', { parent_id: root })];
    const [one, two] = [await ontOf(left), await ontOf(right)];
    await news(left, 'down', 1);
    await news(right, 'down', 1, 5);
    const [first, second] = [(await outagesOf(one))[0], (await outagesOf(two))[0]];
    expect(first?.id).not.toBe(second?.id);
    await news(root, 'down', 1, 10);
    expect(await use(OutageQueries).get(actor, first?.id ?? 0)).toMatchObject({
      status: 'open',
      deviceId: root,
      affectedServices: 2,
      startedAt: at,
    });
    expect(await use(OutageQueries).get(actor, second?.id ?? 0)).toMatchObject({
      status: 'merged',
      mergedIntoId: first?.id,
    });
    // Told once, although the outage is another one now.
    expect((await noticesOf(two)).map(([kind]) => kind)).toEqual(['opened']);
    for (const [id, seconds] of [
      [root, 100],
      [left, 110],
      [right, 120],
    ] as const)
      await news(id, 'up', 2, seconds);
    expect(await outagesOf(two)).toMatchObject([{ status: 'merged' }, { status: 'recovering', endedAt: later(120) }]);
  });

  it('who is reached by it later was told, and is measured, from then on, unless a person says when it began', async () => {
    const root = await device('switch');
    const [left, right] = [await device('olt', { parent_id: root }), await device('olt', { parent_id: root })];
    const [one, two] = [await ontOf(left), await ontOf(right)];
    await news(left, 'down', 1);
    clock.shift += 900;
    await news(root, 'down', 1, 600);
    const [outage] = await outagesOf(two);
    expect(outage).toMatchObject({ deviceId: root, startedAt: at });
    const began = async (serviceId: number) => {
      await use(MeasureLevels).execute();
      const rows = await sql<{
        from: number;
      }>(`SELECT o->'from' AS from FROM service_levels l, jsonb_array_elements(l.facts->'outages') o
        WHERE l.service_id = ${serviceId} ORDER BY l.period`);
      return rows.map(({ from }) => from - Math.floor(at.getTime() / 1_000));
    };
    const told = await sql<{ at: Date }>(
      `SELECT starts_at AS at FROM service_notices WHERE ${two} = ANY (service_ids)`,
    );
    expect(told).toEqual([{ at: later(600) }]);
    expect([await began(one), await began(two)]).toEqual([[0], [600]]);
    const startedAt = later(-60);
    await use(CorrectOutage).execute({ actor, outageId: outage?.id ?? 0, startedAt, reason: 'Log of the field team' });
    await sql(`UPDATE service_levels SET due_at = '2000-01-01'`);
    expect([await began(one), await began(two)]).toEqual([[-60], [-60]]);
  });

  it('what falls below something that is down is the same outage', async () => {
    const root = await device('switch');
    const olt = await device('olt', { parent_id: root });
    const service = await ontOf(olt);
    await news(root, 'down', 1);
    await news(olt, 'down', 1, 20);
    expect(await outagesOf(service)).toHaveLength(1);
  });

  it('a node of which nothing answers is one outage', async () => {
    const [node] = await sql<{ id: number }>(
      `INSERT INTO network_nodes (code, name, kind) VALUES ('POP-SPEC', 'Spec Street', 'pop') RETURNING id`,
    );
    const nodeId = node?.id ?? 0;
    const [left, right] = [await device('olt', { node_id: nodeId }), await device('olt', { node_id: nodeId })];
    const [one, two] = [await ontOf(left), await ontOf(right)];
    await sql(`INSERT INTO device_status (device_id, next_poll_at, reachability, changed_at) VALUES
      (${left}, now(), 'down', now()), (${right}, now(), 'up', now())`);
    await news(left, 'down', 1);
    await sql(`UPDATE device_status SET reachability = 'down', transitions = 1 WHERE device_id IN (${left}, ${right})`);
    await news(right, 'down', 1, 5);
    expect(await outagesOf(one)).toMatchObject([{ nodeId, deviceId: null, title: 'No service behind Spec Street' }]);
    expect((await outagesOf(one))[0]?.id).toBe((await outagesOf(two))[0]?.id);
    // The switch at another place, behind which all of that is, explains it.
    const root = await device('switch');
    await sql(`UPDATE devices SET parent_id = ${root} WHERE id IN (${left}, ${right})`);
    const [before] = await outagesOf(one);
    await news(root, 'down', 1, 10);
    expect(await outagesOf(one)).toMatchObject([{ id: before?.id, nodeId: null, deviceId: root, status: 'open' }]);
  });
});

describe('people', () => {
  it('open outages, correct them with who and why, and the record stays', async () => {
    const olt = await device('olt');
    const service = await ontOf(olt);
    const place = { deviceId: olt, nodeId: null };
    const opened = await use(OpenOutage).execute({
      actor,
      place,
      title: 'A digger cut the fibre',
      startedAt: later(-600),
    });
    await expect(use(OpenOutage).execute({ actor, place })).rejects.toMatchObject({ code: 'outages.outage.exists' });
    const correct = (values: object) =>
      use(CorrectOutage).execute({ actor, outageId: opened.id, reason: 'Log of the field team', ...values });
    await expect(correct({ endedAt: later(-700) })).rejects.toMatchObject({ code: 'outages.outage.backwards' });
    await expect(correct({ endedAt: later(7_200) })).rejects.toMatchObject({ code: 'outages.outage.ahead' });
    await expect(correct({})).rejects.toMatchObject({ code: 'outages.outage.unchanged' });
    await correct({ endedAt: at });
    await correct({ startedAt: later(-900) });
    await correct({ cancel: true });
    await expect(correct({ startedAt: later(-100) })).rejects.toMatchObject({ code: 'outages.outage.illegal_move' });
    const { rows } = await use(OutageQueries).corrections(actor, opened.id, PAGE);
    expect(rows.map(({ wasStatus, status, correctedBy }) => [wasStatus, status, correctedBy])).toEqual([
      ['open', 'resolved', actor.name],
      ['resolved', 'resolved', actor.name],
      ['resolved', 'cancelled', actor.name],
    ]);
    expect((await noticesOf(service)).map(([kind]) => kind)).toEqual(['corrected', 'corrected', 'corrected', 'opened']);
  });

  it('end what they opened, also when everything answers again', async () => {
    const root = await device('switch');
    const olt = await device('olt', { parent_id: root });
    const service = await ontOf(olt);
    await use(OpenOutage).execute({ actor, place: { deviceId: olt, nodeId: null } });
    await news(olt, 'down', 1);
    // What is above falls and comes back by itself.
    await news(root, 'down', 1, 10);
    await news(root, 'up', 2, 20);
    await news(olt, 'up', 2, 30);
    await tendAt(3_000);
    expect(await outagesOf(service)).toMatchObject([
      { status: 'resolved', origin: 'monitoring', deviceId: root },
      { status: 'open', origin: 'person', deviceId: olt },
    ]);
  });

  it('see what reaches services of theirs, and no more', async () => {
    const olt = await device('olt');
    const service = await ontOf(olt);
    await ontOf(olt);
    await news(olt, 'down', 1);
    const { customerId } = await read(service);
    const customer = { ...systemActorFor('spec', 1), reach: 'customer', customerId } as const;
    const { rows } = await use(OutageQueries).list(customer, {}, PAGE);
    expect(rows.map(({ deviceId, affectedServices }) => [deviceId, affectedServices])).toEqual([[olt, 1]]);
    const stranger = systemActorFor('spec', 999);
    expect((await use(OutageQueries).list(stranger, {}, PAGE)).total).toBe(0);
    await expect(use(OutageQueries).get(stranger, rows[0]?.id ?? 0)).rejects.toMatchObject({
      code: 'outages.outage.not_found',
    });
  });
});

describe('announced work', () => {
  it('is told, opens no outage while it lasts, and does when something is still down afterwards', async () => {
    const olt = await device('olt');
    const service = await ontOf(olt);
    const plan = (from: number, until: number) =>
      use(PlanMaintenance).execute({
        actor,
        place: { deviceId: olt, nodeId: null },
        title: 'New software',
        startsAt: later(from),
        endsAt: later(until),
      });
    await expect(plan(-60, 600)).rejects.toMatchObject({ code: 'outages.maintenance.past' });
    const window = await plan(60, 1_200);
    expect(window).toMatchObject({ affectedServices: 1 });
    const change = (values: object) => use(PlanMaintenance).change({ actor, windowId: window.id, ...values });
    await change({ endsAt: later(900) });
    clock.shift += 120;
    await expect(change({ endsAt: later(1_500) })).rejects.toMatchObject({ code: 'outages.maintenance.begun' });
    expect(await use(ServiceHealth).of(actor, service)).toMatchObject({ verdict: 'maintenance' });
    await news(olt, 'down', 1, 125);
    expect(await outagesOf(service)).toEqual([]);
    clock.shift += 1_000;
    await news(olt, 'down', 1, 125);
    expect(await outagesOf(service)).toMatchObject([{ status: 'open', startedAt: later(900) }]);
    expect((await noticesOf(service)).map(([kind]) => kind)).toEqual(['opened', 'changed', 'planned']);
    await expect(use(PlanMaintenance).cancel(actor, window.id, 'x')).rejects.toMatchObject({
      code: 'outages.maintenance.over',
    });
  });
});
