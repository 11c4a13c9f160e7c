import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { factory } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, apiWorld } from '../support/api-world.js';
import { eventually } from '../support/webhooks-world.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

const NORTHWIND = 2;
let world: ApiWorld;
let worker: RunningProgram;
let token: string;
let made: ReturnType<typeof factory>;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  made = factory(world);
  token = await world.tokenOf('reseller');
  worker = await workerBeside(world);
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

interface Service {
  readonly id: number;
  readonly status: string;
  readonly operational_status: string;
  readonly suspended_for: string[];
  readonly plan_id: number;
}
interface Change {
  readonly id: number;
  readonly kind: string;
  readonly status: string;
  readonly effective_at: string;
  readonly terms: Record<string, unknown>;
}
type Changed = { readonly change: Change; readonly service: Service };

async function ask<T>(status: number, method: string, path: string, body?: unknown, headers = {}): Promise<T> {
  const answer = await world.ask(path, { method, token, headers, ...(body === undefined ? {} : { body }) });
  if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.json<T>();
}
const post = <T = Service>(path: string, body: unknown = {}, status = 200) => ask<T>(status, 'POST', path, body);
const get = <T = Service>(path: string) => ask<T>(200, 'GET', path);
const codeOf = (answer: Answered) => answer.json<{ error: { code: string } }>().error.code;
const reaches = (id: number, wanted: Partial<Service>) =>
  eventually(async () => {
    const service = await get(`/v1/services/${id}`);
    return Object.entries(wanted).every(
      ([field, value]) => JSON.stringify(service[field as keyof Service]) === JSON.stringify(value),
    );
  }, 20_000);
/** What the network is to do, and whether it was seen to follow. */
const network = (id: number, access: string) =>
  eventually(async () => {
    const [row] = await world.sql<{ access: string; convergence: string }>(
      `SELECT access, convergence FROM subscribers WHERE service_id = ${id}`,
    );
    return row?.access === access && row.convergence === 'confirmed';
  }, 20_000);

async function online(customer: number): Promise<number> {
  const { id } = await post(`/v1/customers/${customer}/services/internet`, { plan_id: 1 }, 201);
  await post(`/v1/services/${id}/provision`, { priority: 'urgent' }, 202);
  await reaches(id, { status: 'active' });
  return id;
}

describe('the life of a service', () => {
  it('from the order to its end, on the network and in its history', async () => {
    const id = await online(Number(await made.make.customer(NORTHWIND)));
    const suspended = await post(`/v1/services/${id}/suspend`, { reason: 'asked', cause: 'payment' });
    expect([suspended.status, suspended.suspended_for]).toEqual(['suspended', ['payment']]);
    await network(id, 'walled_garden');
    expect((await post(`/v1/services/${id}/reactivate`, { cause: 'payment' })).status).toBe('active');
    await network(id, 'open');
    const { change, service } = await post<Changed>(`/v1/services/${id}/change-plan`, { plan_id: 3 });
    expect([change.status, change.terms['monthly_fee'], service.plan_id]).toEqual(['applied', 89.99, 3]);
    await eventually(
      async () =>
        (
          await world.sql(
            `SELECT 1 FROM subscribers WHERE service_id = ${id} AND download_kbps = 300000 AND convergence = 'confirmed'`,
          )
        ).length,
      20_000,
    );
    const ended = await post<Changed>(`/v1/services/${id}/terminate`, { reason: 'moved away' });
    expect(ended.service).toMatchObject({ status: 'terminated', suspended_for: [], terminated_at: expect.any(String) });
    await network(id, 'closed');
    const { history } = await get<{
      history: { to: string; reason: string | null; actor: string; request_id: string | null }[];
    }>(`/v1/services/${id}/history?axis=status`);
    expect(history.map(({ to }) => to).reverse()).toEqual([
      'pending_activation',
      'provisioning',
      'active',
      'suspended',
      'active',
      'terminated',
    ]);
    expect(history[0]).toMatchObject({
      reason: 'moved away',
      actor: expect.stringMatching(/^user:/),
      request_id: expect.any(String),
    });
    const refused = await world.ask(`/v1/services/${id}/reactivate`, { method: 'POST', token, body: {} });
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('terminated')]);
    const told = await world.sql<{ type: string }>(
      `SELECT type FROM webhook_events WHERE resource_type = 'service' AND resource_id = '${id}' ORDER BY id`,
    );
    expect(told.map(({ type }) => type).filter((type) => !type.startsWith('service.'))).toEqual([]);
  }, 90_000);

  it('follows its customer there and back', async () => {
    const customer = Number(await made.make.customer(NORTHWIND));
    const [one, two] = [await online(customer), await online(customer)];
    await post(`/v1/services/${two}/suspend`, {});
    await post(`/v1/customers/${customer}/suspend`, { reason: 'unpaid' });
    await reaches(one, { status: 'suspended', suspended_for: ['customer'] });
    await network(one, 'walled_garden');
    await post(`/v1/customers/${customer}/reactivate`, {});
    await reaches(one, { status: 'active', suspended_for: [] });
    await reaches(two, { status: 'suspended', suspended_for: ['manual'] });
    await network(one, 'open');
  }, 90_000);
});

describe('changes to come', () => {
  it('are previewed, scheduled, listed and taken back', async () => {
    const id = Number(await made.make.active_service(NORTHWIND));
    const preview = await post<Record<string, unknown>>(`/v1/services/${id}/change-plan/preview`, {
      plan_id: 3,
      when: 'period_end',
    });
    expect(preview).toMatchObject({
      service_id: id,
      monthly_difference: 10,
      from_plan: { id: 1, monthly_fee: 79.99 },
      to_plan: { id: 3, monthly_fee: 89.99 },
      proration: { days_left: 0, credit: 0, charge: 0, net: 0 },
    });
    const { change } = await post<Changed>(`/v1/services/${id}/change-plan`, { plan_id: 3, when: 'period_end' });
    expect([change.kind, change.status, change.effective_at]).toEqual(['plan', 'scheduled', preview['effective_at']]);
    expect((await get(`/v1/services/${id}`)).plan_id).toBe(1);
    const again = await world.ask(`/v1/services/${id}/change-plan`, {
      method: 'POST',
      token,
      body: { plan_id: 2, when: 'period_end' },
    });
    expect([again.status, codeOf(again)]).toEqual([409, 'CHANGE_UNDER_WAY']);
    const pause = await post<Changed>(`/v1/services/${id}/pause`, { from: '2099-07-01', until: '2099-08-01' });
    await post(`/v1/services/${id}/changes/${pause.change.id}/cancel`);
    await post(`/v1/services/${id}/changes/${change.id}/cancel`);
    const { changes } = await get<{ changes: Change[] }>(`/v1/services/${id}/changes`);
    expect(changes.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
      'pause cancelled',
      'resume cancelled',
      'plan cancelled',
    ]);
    const late = await world.ask(`/v1/services/${id}/changes/${change.id}/cancel`, { method: 'POST', token });
    expect(late.status).toBe(409);
    expect((await get<{ changes: Change[] }>(`/v1/services/${id}/changes?status=scheduled`)).changes).toEqual([]);
  });
});

describe('voice and bundles', () => {
  it('are ordered with number, porting and features, and found again', async () => {
    const customer = Number(await made.make.customer(NORTHWIND));
    const voice = {
      plan_id: 9,
      phone_number: '+12025550177',
      features: { caller_id: true, voicemail: false },
      number_porting: { from_carrier: 'Old Telephone Co', requested_on: '2099-02-01' },
    };
    const made201 = await post<Service & typeof voice>(`/v1/customers/${customer}/services/voice`, voice, 201);
    expect(made201).toMatchObject({ ...voice, service_type: 'voice', status: 'pending_activation', monthly_fee: 12.5 });
    const taken = await world.ask(`/v1/customers/${customer}/services/voice`, { method: 'POST', token, body: voice });
    expect(taken.status).toBe(409);
    const body = {
      plan_id: 11,
      services: [
        { service_type: 'internet', plan_id: 1 },
        { service_type: 'voice', plan_id: 9 },
      ],
      notes: 'ring',
    };
    const bundle = await post<Service & { services: Service[] }>(
      `/v1/customers/${customer}/services/bundle`,
      body,
      201,
    );
    expect(bundle).toMatchObject({
      service_type: 'bundle',
      monthly_fee: 84.99,
      services: [{ bundle_id: bundle.id, monthly_fee: 0 }, { service_type: 'voice' }],
    });
    const list = async (query: string) =>
      (await get<{ services: Service[] }>(`/v1/services?${query}`)).services.map(({ id }) => id);
    expect(await list(`bundle_id=${bundle.id}&sort=created_at`)).toEqual(bundle.services.map(({ id }) => id));
    expect(await list(`phone_number=${encodeURIComponent('+12025550177')}`)).toEqual([made201.id]);
    expect(await list(`customer_id=${customer}&operational_status=running`)).toEqual([]);
    expect(await list(`customer_id=${customer}&created_from=2099-01-01T00:00:00Z`)).toEqual([]);
    expect(await list(`customer_id=${customer}`)).toHaveLength(4);
    const part = await world.ask(`/v1/services/${bundle.services[0]?.id}/terminate`, {
      method: 'POST',
      token,
      body: {},
    });
    expect(part.status).toBe(409);
    await post(`/v1/services/${bundle.id}/terminate`);
    expect(await list(`bundle_id=${bundle.id}&status=terminated`)).toHaveLength(2);
  });
});

describe('corrections', () => {
  it('are made to the version that was read', async () => {
    const id = Number(await made.make.service(NORTHWIND));
    const etag = String((await world.ask(`/v1/services/${id}`, { token })).headers.get('etag'));
    const changed = await ask<Service & { notes: string }>(
      200,
      'PATCH',
      `/v1/services/${id}`,
      { notes: 'Ring twice', scheduled_activation: '2099-02-01T09:00:00Z' },
      { 'if-match': etag },
    );
    expect(changed).toMatchObject({ notes: 'Ring twice', scheduled_activation: '2099-02-01T09:00:00Z' });
    const lost = await world.ask(`/v1/services/${id}`, {
      method: 'PATCH',
      token,
      body: { notes: 'x' },
      headers: { 'if-match': etag },
    });
    expect(lost.status).toBe(412);
    expect(await post(`/v1/services/${id}/static-ip`, { enabled: true })).toMatchObject({
      static_ip: true,
      static_address: null,
    });
    const wrong = await world.ask(`/v1/services/${id}/static-ip`, {
      method: 'POST',
      token,
      body: { enabled: true, address: '192.0.2.256' },
    });
    expect(wrong.status).toBe(422);
  });
});
