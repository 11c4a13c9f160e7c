import { describe, expect, it } from '@jest/globals';
import { violations } from '../support/invariants.js';
import { inWorld, report, until, type World } from './support/world.js';

const MINUTE = 60_000;

/** An OLT with fifty lines, which a driver that nobody has asks: whoever is to ask it never does. */
async function lines(world: World): Promise<number> {
  const { id } = await world.row<{ id: number }>(`INSERT INTO devices (name, kind) VALUES ('olt', 'olt') RETURNING id`);
  await world.rows(
    `UPDATE services SET status = 'active', activated_at = date_trunc('month', now()) - interval '40 days' WHERE id <= 50`,
  );
  await world.rows(
    `INSERT INTO devices (name, kind, olt_id, service_id) SELECT 'ont ' || id, 'ont', $1, id FROM services WHERE id <= 50`,
    [id],
  );
  return id;
}
const falls = (world: World, deviceId: number) =>
  world.rows(
    `INSERT INTO outbox (name, partner_id, payload) VALUES ('network.device.down.v1', 1,
       jsonb_build_object('partner_id', 1, 'device_id', $1::integer, 'name', 'olt', 'kind', 'olt', 'node', '', 'sequence', 1))`,
    [deviceId],
  );
const counts = (world: World) =>
  world.row<Record<string, number>>(`SELECT (SELECT count(*)::integer FROM outages) AS outages,
    (SELECT count(*)::integer FROM outage_services) AS services, (SELECT count(*)::integer FROM tickets) AS tickets,
    (SELECT count(*)::integer FROM service_notices WHERE kind = 'opened') AS notices,
    (SELECT count(*)::integer FROM outbox WHERE name = 'outages.outage.opened.v1') AS events`);
async function nothingBroken(world: World): Promise<void> {
  const found = Object.keys(await violations(world.database.superUrl));
  const ours = /outage|credit|ledger|numbers|booked|total/;
  expect(found.filter((name) => ours.test(name))).toEqual([]);
}

describe('outages when workers die', () => {
  it(
    'a worker that dies between the list and the commit leaves nothing, and two others open it once',
    () =>
      inWorld(async (world) => {
        const olt = await lines(world);
        const dying = await world.startDying('worker', 'outages.after-list');
        await falls(world, olt);
        expect(await dying.end()).toBe('SIGKILL');
        const before = await counts(world);
        await world.startAll('worker', 'worker');
        await until('the outage', async () => (await counts(world))['outages'] === 1, 2 * MINUTE);
        const after = await counts(world);
        report('kill while an outage opens', { accepted: 1, finished: after['outages'] ?? 0, lost: 0, duplicated: 0 });
        expect(before).toEqual({ outages: 0, services: 0, tickets: 0, notices: 0, events: 0 });
        // Fifty services of one customer.
        expect(after).toEqual({ outages: 1, services: 50, tickets: 1, notices: 1, events: 1 });
        await nothingBroken(world);
      }),
    5 * MINUTE,
  );

  it(
    'a worker that dies between a credit note and its record leaves neither, and two others write each once',
    () =>
      inWorld(async (world) => {
        const olt = await lines(world);
        await world.rows(`INSERT INTO service_level_terms (from_on, credit_percent, credit_minutes, credit_unit, credit_cap_percent, credit_when, created_by)
          VALUES ('2000-01-01', 10, 60, 'started', 100, 'month_end', 'spec')`);
        await world.rows(
          `WITH o AS (INSERT INTO outages (device_id, origin, title, status, started_at, detected_at, ended_at, opened_by)
             SELECT $1::integer, 'person', 'Spec', 'resolved', m, m, m + interval '2 days', 'spec'
               FROM (SELECT date_trunc('month', now()) - interval '10 days' AS m) x RETURNING id)
           INSERT INTO outage_services SELECT o.id, s.partner_id, s.customer_id, s.id FROM o, services s WHERE s.id <= 50`,
          [olt],
        );
        const dying = await world.startDying('worker', 'outages.after-credit');
        expect(await dying.end()).toBe('SIGKILL');
        const written = `SELECT count(*)::integer AS notes, (SELECT count(*)::integer FROM service_level_credits) AS noted,
          (SELECT count(DISTINCT level_id)::integer FROM service_level_credits) AS levels FROM invoices WHERE document = 'credit_note' AND status = 'issued'`;
        const before = await world.row<{ notes: number }>(written);
        const supervised = await world.superviseWorker();
        await world.start('worker');
        await until('the credits', async () => (await world.row<{ noted: number }>(written)).noted >= 50, 4 * MINUTE);
        const after = await world.row<{ notes: number; noted: number; levels: number }>(written);
        report('kill between a credit note and its record', {
          accepted: 50,
          finished: after.levels,
          lost: 50 - after.levels,
          duplicated: after.notes - after.levels,
          deaths: 1 + supervised.deaths(),
        });
        expect(before.notes).toBe(0);
        expect(after).toEqual({ notes: 50, noted: 50, levels: 50 });
        await nothingBroken(world);
      }),
    8 * MINUTE,
  );
});
