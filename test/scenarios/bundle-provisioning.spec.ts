import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { CreatePlan } from '@isp/domain/catalog';
import { DefineRouter } from '@isp/domain/network';
import { EVERYTHING, factory } from '../support/api-fixtures.js';
import { type ApiWorld, apiWorld } from '../support/api-world.js';
import { until } from '../support/until.js';
import { type RunningProgram, workerBeside } from '../support/worker-beside.js';

const PARTNER = 2;
let world: ApiWorld;
let worker: RunningProgram;
let key: string;
let customer: number;
let router: number;
let elsewhere: number;
let plans: Record<'line' | 'fast' | 'plain' | 'phone' | 'duo', number>;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  worker = await workerBeside(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  const made = factory(world);
  const simulated = { actor: EVERYTHING, driver: 'simulated', settings: {} };
  router = (await made.use(DefineRouter).execute({ ...simulated, name: 'glue', prefixes: ['10.201.0.0/24'] })).id;
  elsewhere = (await made.use(DefineRouter).execute({ ...simulated, name: 'else', prefixes: ['10.202.0.0/24'] })).id;
  customer = Number(await made.make.customer(PARTNER));
  const plan = async (sku: string, more: object) =>
    (
      await made.use(CreatePlan).execute({
        actor: EVERYTHING,
        sku,
        name: sku,
        category: 'Spec',
        serviceType: 'internet',
        monthlyAmount: '20',
        ...more,
      })
    ).id;
  await world.sql(`INSERT INTO bandwidth_profiles VALUES ('GLUE', 100000, 10000), ('GLUE-FAST', 200000, 10000)`);
  const fixed = { staticIpAvailable: true, staticIpMonthlyAmount: '5.25' };
  const speed = { downloadMbps: 100, uploadMbps: 10 };
  const line = await plan('GLUE-LINE', { ...speed, ...fixed, bandwidthProfile: 'GLUE' });
  const fast = await plan('GLUE-FAST', { ...speed, ...fixed, downloadMbps: 200, bandwidthProfile: 'GLUE-FAST' });
  const plain = await plan('GLUE-PLAIN', speed);
  const phone = await plan('GLUE-PHONE', { serviceType: 'voice' });
  const parts = [
    { planId: line, quantity: 1 },
    { planId: phone, quantity: 1 },
  ];
  plans = { line, fast, plain, phone, duo: await plan('GLUE-DUO', { serviceType: 'bundle', parts }) };
}, 120_000);
afterAll(async () => {
  await worker.stop(0);
  await world.close();
}, 60_000);

type Body = Readonly<Record<string, unknown>>;
interface Service {
  readonly id: number;
  readonly status: string;
}
const post = (path: string, body: unknown = {}) => world.ask(path, { method: 'POST', key, body });
const read = async (id: number) => (await world.ask(`/v1/services/${id}`, { key })).json<Service & Body>();
const one = async <R extends object>(sql: string): Promise<R> => (await world.sql<R>(sql))[0] as R;

const reaches = (id: number, status: string) =>
  until(`service ${id} ${status}`, async () => (await read(id)).status === status);

const line = () => ({ service_type: 'internet', plan_id: plans.line });
const phone = (number?: string) => ({ service_type: 'voice', plan_id: plans.phone, phone_number: number });
const orderDuo = (...parts: unknown[]) =>
  post(`/v1/customers/${customer}/services/bundle`, { plan_id: plans.duo, services: parts });

async function orderPhone(number?: string, more: Body = {}): Promise<number> {
  const body = { plan_id: plans.phone, phone_number: number, ...more };
  const answer = await post(`/v1/customers/${customer}/services/voice`, body);
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.json<Service>().id;
}
const registered = async (number: string) =>
  (
    await world.sql<{ may_call: boolean }>(
      `SELECT may_call FROM simulated_network.voice_accounts WHERE username = '${number}'`,
    )
  ).map((row) => row.may_call);

describe('a voice service', () => {
  it('is registered under its number, blocked while suspended, and taken off the softswitch at its end', async () => {
    const number = '+12025550171';
    const id = await orderPhone(number, { features: { voicemail: true } });
    expect((await post(`/v1/services/${id}/provision`)).status).toBe(202);
    await reaches(id, 'active');
    expect(await registered(number)).toEqual([true]);
    const steps = await world.sql<{ name: string }>(
      `SELECT s.name FROM provisioning_steps s JOIN provisioning_jobs j ON j.id = s.provisioning_job_id
        WHERE j.service_id = ${id} AND s.status = 'done' ORDER BY s.position`,
    );
    expect(steps.map(({ name }) => name)).toEqual([
      'validate',
      'number',
      'voice_registration',
      'read_back',
      'activate',
    ]);
    expect((await post(`/v1/services/${id}/suspend`, { reason: 'spec' })).status).toBe(200);
    await until('blocked', async () => (await registered(number))[0] === false);
    expect((await post(`/v1/services/${id}/reactivate`)).status).toBe(200);
    await until('calls again', async () => (await registered(number))[0] === true);
    expect((await post(`/v1/services/${id}/terminate`, { reason: 'spec' })).status).toBe(200);
    await until('gone', async () => (await registered(number)).length === 0);
    await until(
      'closed',
      async () =>
        (await one<{ status: string }>(`SELECT status FROM voice_accounts WHERE service_id = ${id}`)).status ===
        'closed',
    );
  });

  it('is taken off the softswitch also where that has it again, and never in place of who has its number now', async () => {
    const number = '+12025550199';
    const id = await orderPhone(number);
    expect((await post(`/v1/services/${id}/provision`)).status).toBe(202);
    await reaches(id, 'active');
    const told = `SELECT FROM simulated_network.effects WHERE subscriber = '${number}' AND step_key LIKE '%-read_back-again-%'`;
    await world.sql(`
      CREATE FUNCTION simulated_network.has_it_again() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO simulated_network.voice_accounts SELECT OLD.* WHERE NOT EXISTS (${told});
          RETURN NULL;
        END $$;
      CREATE TRIGGER has_it_again AFTER DELETE ON simulated_network.voice_accounts FOR EACH ROW
        WHEN (OLD.username = '${number}') EXECUTE FUNCTION simulated_network.has_it_again()`);
    expect((await post(`/v1/services/${id}/terminate`, { reason: 'spec' })).status).toBe(200);
    const closed = `SELECT 1 FROM voice_accounts WHERE service_id = ${id} AND status = 'closed'`;
    await until('closed', async () => (await world.sql(closed)).length > 0);
    expect([await registered(number), (await world.sql(told)).length]).toEqual([[], 1]);

    // A try that told the softswitch, and died.
    const again = `INSERT INTO work_items (queue, name, payload, epoch, deaths) VALUES ('provisioning', 'provisioning.voice', '{"service_id": ${id}}', 1, 1) RETURNING id`;
    await world.sql(`INSERT INTO simulated_network.voice_accounts VALUES ('${number}', 'x', true, '{}')`);
    await world.sql(again);
    await until('gone again', async () => (await registered(number)).length === 0);

    const next = await orderPhone(number);
    expect((await post(`/v1/services/${next}/provision`)).status).toBe(202);
    await reaches(next, 'active');
    const { id: work } = await one<{ id: string }>(again);
    await until(
      'tried',
      async () =>
        (await one<{ status: string }>(`SELECT status FROM work_items WHERE id = ${work}`)).status === 'succeeded',
    );
    expect(await registered(number)).toEqual([true]);
  });

  it('is not provisioned without a number, nor before its number is ported', async () => {
    const codes = [];
    for (const id of [
      await orderPhone(),
      await orderPhone('+12025550172', { number_porting: { from_carrier: 'Other', requested_on: '2099-01-01' } }),
    ]) {
      const answer = await post(`/v1/services/${id}/provision`);
      codes.push([answer.status, answer.text]);
      expect((await read(id)).status).toBe('pending_activation');
    }
    expect(codes).toEqual([
      [422, expect.stringContaining('no telephone number')],
      [422, expect.stringContaining('ported on 2099-01-01')],
    ]);
  });
});

async function orderLine(planId: number): Promise<number> {
  const answer = await post(`/v1/customers/${customer}/services/internet`, { plan_id: planId });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  return answer.json<Service>().id;
}
async function online(planId: number): Promise<number> {
  const id = await orderLine(planId);
  const order = { provisioning_data: { router_id: router } };
  expect((await post(`/v1/services/${id}/provision`, order)).status).toBe(202);
  await reaches(id, 'active');
  return id;
}
const onNetwork = (id: number) =>
  one<{ address: string; profile: string; told: string; reserved: string[] }>(
    `SELECT host(u.address) AS address, u.bandwidth_profile AS profile, n.state->>'address' AS told,
            ARRAY(SELECT host(r.address) FROM ip_reservations r WHERE r.service_id = u.service_id) AS reserved
       FROM subscribers u LEFT JOIN simulated_network.subscribers n USING (username) WHERE u.service_id = ${id}`,
  );

describe('an internet service', () => {
  it('has the bandwidth profile of its plan, also after a change of plan', async () => {
    const id = await online(plans.line);
    expect(await onNetwork(id)).toMatchObject({ profile: 'GLUE' });
    expect((await post(`/v1/services/${id}/change-plan`, { plan_id: plans.fast, when: 'now' })).status).toBe(200);
    expect(await onNetwork(id)).toMatchObject({ profile: 'GLUE-FAST' });
  });

  it('keeps a static address for itself, pays for it and moves to it', async () => {
    const id = await online(plans.line);
    const before = await onNetwork(id);
    expect((await post(`/v1/services/${id}/static-ip`, { enabled: true })).json()).toMatchObject({
      monthly_fee: 25.25,
      static_address: before.address,
    });
    expect(await onNetwork(id)).toMatchObject({ address: before.address, reserved: [before.address] });
    const address = '10.201.0.88';
    const moved = await post(`/v1/services/${id}/static-ip`, { enabled: true, address });
    expect(moved.json()).toMatchObject({ monthly_fee: 25.25, static_address: address });
    expect(await onNetwork(id)).toMatchObject({ address, reserved: [address] });
    await until('told', async () => (await onNetwork(id)).told === address);
    const other = await online(plans.line);
    const taken = await post(`/v1/services/${other}/static-ip`, { enabled: true, address });
    expect([taken.status, (await read(other))['monthly_fee']]).toEqual([409, 20]);
    expect((await post(`/v1/services/${id}/change-plan`, { plan_id: plans.fast, when: 'now' })).status).toBe(200);
    expect(await read(id)).toMatchObject({ monthly_fee: 25.25 });
    expect((await post(`/v1/services/${id}/static-ip`, { enabled: false })).json()).toMatchObject({ monthly_fee: 20 });
    expect(await onNetwork(id)).toMatchObject({ address, reserved: [] });
  });

  it('gets the static address that was reserved before it was provisioned', async () => {
    const id = await orderLine(plans.line);
    const address = '10.201.0.99';
    expect((await post(`/v1/services/${id}/static-ip`, { enabled: true, address })).status).toBe(200);
    expect((await post(`/v1/services/${id}/provision`)).status).toBe(202);
    await reaches(id, 'active');
    expect(await onNetwork(id)).toMatchObject({ address, told: address, reserved: [address] });
    expect((await post(`/v1/services/${id}/terminate`, { reason: 'spec' })).status).toBe(200);
    expect((await onNetwork(id)).reserved).toEqual([]);
  });

  it('keeps the address that it was provisioned with, and on another router gets another one for good', async () => {
    const id = await orderLine(plans.line);
    const asked = (await post(`/v1/services/${id}/static-ip`, { enabled: true })).json<Body>();
    expect(asked).toMatchObject({ static_ip: true, static_address: null });
    expect((await post(`/v1/services/${id}/provision`, { provisioning_data: { router_id: router } })).status).toBe(202);
    await reaches(id, 'active');
    const { address } = await onNetwork(id);
    expect(await read(id)).toMatchObject({ static_ip: true, static_address: address, monthly_fee: 25.25 });
    expect(await onNetwork(id)).toMatchObject({ reserved: [address], told: address });

    expect((await post(`/v1/services/${id}/move`, { provisioning_data: { router_id: elsewhere } })).status).toBe(202);
    await until('moved', async () => (await onNetwork(id)).told.startsWith('10.202.0.'));
    const there = await onNetwork(id);
    expect(there).toMatchObject({ told: there.address, reserved: [there.address] });
    expect(await read(id)).toMatchObject({ static_address: there.address });
  });

  it('has no static address where its plan offers none, or no pool hands it out', async () => {
    const [plain, fixed] = [await orderLine(plans.plain), await orderLine(plans.line)];
    const refused = [
      await post(`/v1/services/${plain}/static-ip`, { enabled: true }),
      await post(`/v1/customers/${customer}/services/internet`, { plan_id: plans.plain, static_ip: true }),
      await post(`/v1/services/${fixed}/static-ip`, { enabled: true, address: '203.0.113.250' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(await read(fixed)).toMatchObject({ static_ip: false, monthly_fee: 20 });
  });
});

describe('a bundle', () => {
  it('is provisioned by its parts and is active when the last of them is', async () => {
    const answer = await orderDuo(line(), phone('+12025550173'));
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    const bundle = answer.json<Service>();
    const accepted = await post(`/v1/services/${bundle.id}/provision`, {
      provisioning_data: { ip_assignment: '10.201.0.77/24' },
    });
    expect([accepted.status, accepted.text]).toEqual([202, expect.any(String)]);
    await reaches(bundle.id, 'active');
    const jobs = await world.sql<Body>(
      `SELECT j.kind, j.status, s.status AS service FROM provisioning_jobs j JOIN services s ON s.id = j.service_id
        WHERE s.bundle_id = ${bundle.id} ORDER BY 1`,
    );
    expect(jobs).toEqual([
      { kind: 'provision', status: 'succeeded', service: 'active' },
      { kind: 'voice_provision', status: 'succeeded', service: 'active' },
    ]);
    const { service_id: internet } = accepted.json<{ service_id: number }>();
    expect(await one(`SELECT host(address) AS address FROM subscribers WHERE service_id = ${internet}`)).toEqual({
      address: '10.201.0.77',
    });
    expect((await post(`/v1/services/${bundle.id}/provision`)).status).toBe(422);
  });

  it('is sold with the parts that its plan is made of', async () => {
    for (const parts of [[line()], [line(), line()], [line(), phone('+12025550174'), phone('+12025550175')]]) {
      const answer = await orderDuo(...parts);
      expect([answer.status, answer.text]).toEqual([422, expect.stringContaining('The bundle is made of plans')]);
    }
  });

  it('takes back every job of its parts when one of them cannot be ordered', async () => {
    const { id } = (await orderDuo(line(), phone())).json<Service>();
    expect((await post(`/v1/services/${id}/provision`)).status).toBe(422);
    expect(
      await one(
        `SELECT count(*)::integer AS jobs FROM provisioning_jobs j JOIN services s ON s.id = j.service_id WHERE s.bundle_id = ${id}`,
      ),
    ).toEqual({ jobs: 0 });
  });
});
