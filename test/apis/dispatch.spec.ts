import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

const NORTHWIND = 2;
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let noc: string;
let reseller: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  [noc, reseller] = [await world.tokenOf('noc'), await world.tokenOf('reseller')];
}, 120_000);
afterAll(() => world.close());

async function ask<T>(status: number, method: string, path: string, body?: unknown, token = noc): Promise<T> {
  const answer = await world.ask(path, { method, token, ...(body === undefined ? {} : { body }) });
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json<T>();
}

interface Opening {
  readonly technician_id: number;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly cost: number;
  readonly reasons: readonly { readonly cost: number }[];
}
interface Appointment {
  readonly id: number;
  readonly technician_id: number;
  readonly starts_at: string;
  readonly status: string;
  readonly address: string | null;
  readonly reasons: readonly string[];
}

describe('dispatch over HTTP', () => {
  it('offers who can go when, books it, shows it to both sides, and gives it back', async () => {
    const order = await made.make.work_order(NORTHWIND);
    const path = `/v1/work-orders/${order}`;
    const { openings, unfit } = await ask<{ openings: Opening[]; unfit: { why: string[] }[] }>(
      200,
      'GET',
      `${path}/openings?sort=soonest&limit=5`,
    );
    expect(openings).toHaveLength(5);
    expect(unfit.length).toBeGreaterThan(0);
    const [first] = openings as [Opening];
    expect(first.cost).toBe(first.reasons.reduce((sum, { cost }) => sum + cost, 0));
    const wish = { technician_id: first.technician_id, starts_at: first.starts_at };
    const booked = await ask<Appointment>(201, 'POST', `${path}/appointment`, wish);
    expect(booked).toMatchObject({ ...wish, ends_at: first.ends_at, status: 'booked' });
    expect(booked.reasons).toHaveLength(4);

    // Where technicians come from and how busy they are is not the reseller's to see.
    const list = `/v1/appointments?work_order_id=${order}`;
    const seen = await ask<{ appointments: Appointment[] }>(200, 'GET', list, undefined, reseller);
    expect(seen.appointments).toEqual([{ ...booked, reasons: [] }]);

    const date = first.starts_at.slice(0, 10);
    const day = await ask<{ shifts: unknown[]; appointments: Appointment[] }>(
      200,
      'GET',
      `/v1/technicians/${first.technician_id}/day?date=${date}`,
    );
    expect(day.shifts).toHaveLength(1);
    expect(day.appointments.map(({ id }) => id)).toContain(booked.id);

    const back = await ask<{ status: string }>(200, 'POST', `${path}/appointment/cancel`, { reason: 'Away' });
    expect(back).toMatchObject({ status: 'new', scheduled_at: null, installer: null });
    const again = await ask<Appointment>(201, 'POST', `${path}/appointment`, {});
    expect(again.status).toBe('booked');
  });

  it('lists whom a technician is to visit instead of letting them go, unless told to give these visits to others', async () => {
    const order = await made.make.work_order(NORTHWIND);
    const path = `/v1/work-orders/${order}`;
    await ask(200, 'POST', `${path}/hold`, { reason: 'No ladder' });
    await ask(409, 'POST', `${path}/appointment`, {});
    await ask(200, 'POST', `${path}/resume`);
    const booked = await ask<Appointment>(201, 'POST', `${path}/appointment`, {});
    const technician = `/v1/technicians/${booked.technician_id}`;
    const refused = await ask<{ error: { code: string; details: { field: string }[] } }>(409, 'PATCH', technician, {
      status: 'inactive',
    });
    expect(refused.error.details.map(({ field }) => field)).toContain(`appointments.${booked.id}`);
    for (const nonsense of [{ reassign: true }, { reassign: true, status: 'active' }])
      await ask(400, 'PATCH', technician, nonsense);
    const gone = await ask(200, 'PATCH', technician, { status: 'inactive', reassign: true });
    expect(gone).toMatchObject({ status: 'inactive' });
    expect(await ask(200, 'GET', path)).toMatchObject({ status: 'new', scheduled_at: null, installer: null });
    await ask(200, 'PATCH', technician, { status: 'active' });
  });

  it('takes rosters, absences and terms, and refuses what makes no sense', async () => {
    const technician = { name: 'Lena Moyo', time_zone: 'Africa/Johannesburg', skills: ['survey'] };
    const { id } = await ask<{ id: number }>(201, 'POST', '/v1/technicians', technician);
    const path = `/v1/technicians/${id}`;
    const hours = [
      { weekday: 1, from: '08:00', until: '12:00' },
      { weekday: 1, from: '11:00', until: '17:00' },
    ];
    await ask(400, 'PUT', `${path}/rosters`, { valid_from: '2026-01-01', hours });
    await ask(400, 'PUT', `${path}/rosters`, { valid_from: '2026-02-30', hours: [] });
    await ask(200, 'PUT', `${path}/rosters`, { valid_from: '2026-01-01', hours: hours.slice(0, 1) });
    const away = { starts_at: '2030-03-01T00:00:00Z', ends_at: '2030-03-08T00:00:00Z' };
    await ask(201, 'POST', `${path}/absences`, away);
    await ask(409, 'POST', `${path}/absences`, {
      ...away,
      starts_at: '2030-03-07T00:00:00Z',
      ends_at: '2030-03-09T00:00:00Z',
    });
    await ask(422, 'POST', `${path}/absences`, { starts_at: away.ends_at, ends_at: away.starts_at });
    await ask(422, 'PATCH', path, { user_id: 2_000_000_000 });
    await ask(422, 'PATCH', path, { area_ids: [2_000_000_000] });
    await ask(404, 'GET', '/v1/technicians/2000000000/day');
    await ask(400, 'PATCH', '/v1/visit-terms/party', { minutes: 30 });
    const terms = await ask<{ version: number }>(200, 'PATCH', '/v1/visit-terms/survey', { minutes: 45 });
    expect(terms).toMatchObject({ type: 'survey', minutes: 45, version: 2 });
  });
});
