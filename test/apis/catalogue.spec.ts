import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { Client } from 'pg';
import { factory, unique } from '../support/api-fixtures.js';
import { type Answered, type ApiWorld, MovableClock, apiWorld } from '../support/api-world.js';

type Body = Record<string, unknown>;

const DAY = 86_400;
const clock = new MovableClock();
let world: ApiWorld;
let made: ReturnType<typeof factory>;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(() => world.close());

const get = (path: string) => world.ask(`/v1/${path}`, { key });
const post = (path: string, body: unknown = {}) => world.ask(`/v1/${path}`, { key, method: 'POST', body });
const patch = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  world.ask(`/v1/${path}`, { key, method: 'PATCH', body, headers });
const at = (days: number) => new Date(clock.now().getTime() + days * DAY * 1000).toISOString();
const refused = (answer: Answered) => [answer.status, answer.json<{ error: { message: string } }>().error.message];
const internet = (more: Body = {}): Body => ({
  sku: `SPEC-${unique()}`,
  name: 'Spec',
  category: 'Spec',
  service_type: 'internet',
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  monthly_fee: 477.3913,
  tax_percent: 15,
  ...more,
});
const bundle = (parts: unknown, more: Body = {}): Body => ({
  sku: `SPEC-${unique()}`,
  name: 'Spec',
  category: 'Spec',
  service_type: 'bundle',
  monthly_fee: 84.99,
  ...(parts === undefined ? {} : { parts }),
  ...more,
});
async function plan(body = internet()): Promise<Body & { id: number }> {
  const answer = await post('plans', body);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json();
}
async function order(planId: number): Promise<Answered> {
  return post(`customers/${await made.make.customer(1)}/services/internet`, { plan_id: planId });
}
const soldVersion = async (service: Answered) =>
  (
    await world.sql<Body>(
      `SELECT s.plan_version AS version, v.monthly_amount::text AS monthly FROM services s
         JOIN plan_versions v ON v.plan_id = s.plan_id AND v.version = s.plan_version
        WHERE s.id = ${service.json<{ id: number }>().id}`,
    )
  )[0];

describe('versions of a plan', () => {
  it('shows prices with and without tax, to the cent', async () => {
    const made549 = await plan();
    expect(made549).toMatchObject({ version: 1, monthly_fee: 477.3913, tax_percent: 15, monthly_fee_with_tax: 549 });
    const [golden] = (await get('plans?search=HOME-100')).json<{ plans: Body[] }>().plans;
    expect(golden).toMatchObject({ id: 1, monthly_fee: 79.99, tax_percent: 8, monthly_fee_with_tax: 86.39 });
  });

  it('keeps for a customer what was bought', async () => {
    const { id } = await plan();
    const first = await order(id);
    const changed = await patch(`plans/${id}`, {
      monthly_fee: 500,
      fair_use_limit_gb: 300,
      throttled_download_mbps: 2.5,
      throttled_upload_mbps: 0.512,
    });
    expect([changed.status, changed.json()]).toMatchObject([200, { version: 2, throttled_upload_mbps: 0.512 }]);
    const second = await order(id);
    expect(await soldVersion(first)).toEqual({ version: 1, monthly: '477.3913' });
    expect(await soldVersion(second)).toEqual({ version: 2, monthly: '500.0000' });
    const { versions, pagination } = (await get(`plans/${id}/versions`)).json<{ versions: Body[]; pagination: Body }>();
    expect(versions).toMatchObject([
      { plan_id: id, version: 2, monthly_fee: 500, fair_use_limit_gb: 300, valid_until: null },
      {
        plan_id: id,
        version: 1,
        monthly_fee: 477.3913,
        fair_use_limit_gb: null,
        valid_until: versions[0]?.['valid_from'],
      },
    ]);
    expect(pagination).toMatchObject({ total: 2 });
    expect((await get(`plans/${id}/versions/1`)).json()).toEqual(versions[1]);
    expect((await get(`plans/${id}/versions/3`)).status).toBe(404);
    expect((await get('plans/999999/versions')).status).toBe(404);
  });

  it('makes none for a name, a time of sale, or values that are the same', async () => {
    const { id } = await plan();
    const same = { monthly_fee: 477.3913, tax_percent: 15, speed_download_mbps: 100 };
    expect((await patch(`plans/${id}`, same)).headers.get('etag')).toBe('"1"');
    const renamed = await patch(`plans/${id}`, { name: 'Other', sold_until: at(9) });
    expect([renamed.headers.get('etag'), renamed.json()]).toMatchObject(['"2"', { version: 1, name: 'Other' }]);
  });

  it('loses no change to another', async () => {
    const { id } = await plan();
    const etag = (await get(`plans/${id}`)).headers.get('etag') ?? '';
    expect((await patch(`plans/${id}`, { monthly_fee: 1 }, { 'if-match': etag })).status).toBe(200);
    expect((await patch(`plans/${id}`, { monthly_fee: 2 }, { 'if-match': etag })).status).toBe(412);
    expect((await get(`plans/${id}`)).json()).toMatchObject({ monthly_fee: 1, version: 2 });
  });

  it('counts on when many change a plan at once', async () => {
    const { id } = await plan();
    const fees = [11, 12, 13, 14, 15, 16];
    const answers = await Promise.all(fees.map((fee) => patch(`plans/${id}`, { monthly_fee: fee })));
    const numbers = answers.map((answer) => answer.json<{ version: number }>().version);
    expect(numbers.sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7]);
    const open = await world.sql<Body>(
      `SELECT version FROM plan_versions WHERE plan_id = ${id} AND valid_until IS NULL`,
    );
    expect(open).toEqual([{ version: 7 }]);
  });

  it('are out of the program’s reach', async () => {
    const { id } = await plan();
    const app = new Client({ connectionString: world.database.appUrl });
    await app.connect();
    const codeOf = (sql: string) =>
      app.query(sql).then(
        () => 'no error',
        ({ code, constraint }: { code: string; constraint?: string }) => constraint ?? code,
      );
    try {
      expect(await codeOf(`UPDATE plan_versions SET monthly_amount = 0 WHERE plan_id = ${id}`)).toBe('42501');
      expect(await codeOf(`DELETE FROM plan_versions WHERE plan_id = ${id}`)).toBe('42501');
      expect(await codeOf(`INSERT INTO plan_versions SELECT * FROM plan_versions`)).toBe('42501');
      expect(await codeOf(`UPDATE plan_parts SET quantity = 2`)).toBe('42501');
      expect(await codeOf(`UPDATE plans SET monthly_amount = 0 WHERE id = ${id}`)).toBe('plans_new_terms_new_version');
      expect(await codeOf(`UPDATE plans SET version = 9 WHERE id = ${id}`)).toBe('plans_next_version');
    } finally {
      await app.end();
    }
  });
});

describe('the time of a sale', () => {
  it('refuses orders before and after', async () => {
    const { id } = await plan(internet({ sold_from: at(1), sold_until: at(2) }));
    const statuses: unknown[] = [];
    for (const shift of [0, DAY + 60, 2 * DAY + 60]) {
      clock.shiftSeconds = shift;
      statuses.push((await order(id)).status);
    }
    clock.shiftSeconds = 0;
    expect(statuses).toEqual([422, 201, 422]);
    expect(refused(await order(id))).toEqual([422, 'There is no such plan on sale.']);
  });

  it('must not be empty', async () => {
    const window = { sold_from: at(2), sold_until: at(1) };
    expect(refused(await post('plans', internet(window)))[0]).toBe(422);
  });

  it('is found by day', async () => {
    const category = `Window ${unique()}`;
    const { id } = await plan(
      internet({ category, sold_from: '2031-03-05T12:00:00Z', sold_until: '2031-03-07T00:00:00Z' }),
    );
    const on = async (day: string) =>
      (await get(`plans?sold_on=${day}&category=${encodeURIComponent(category)}`)).json<{ plans: { id: number }[] }>()
        .plans;
    const found = await Promise.all(['04', '05', '06', '07'].map((day) => on(`2031-03-${day}`)));
    expect(found.map((plans) => plans.map((one) => one.id))).toEqual([[], [id], [id], []]);
    expect((await get('plans?sold_on=2031-02-30')).status).toBe(400);
  });
});

describe('voice plans and bundles', () => {
  it('gives a voice plan its features', async () => {
    const body = { sku: `SPEC-${unique()}`, name: 'V', category: 'Spec', service_type: 'voice', monthly_fee: 9 };
    const voice = { included_minutes: null, concurrent_calls: 4, voicemail: true };
    const { id, voice: given } = await plan({ ...body, voice });
    const whole = { number_included: true, caller_id: true, call_forwarding: false, ...voice };
    expect(given).toEqual(whole);
    // The database keeps the fields in an order of its own: the same features are no change.
    expect((await patch(`plans/${id}`, { voice: whole })).json()).toMatchObject({ version: 1 });
    expect((await patch(`plans/${id}`, { voice: { concurrent_calls: 5 } })).json()).toMatchObject({ version: 2 });
    expect((await post('plans', internet({ voice }))).status).toBe(422);
  });

  it('makes a bundle of plans, version by version', async () => {
    const [line, phone] = [await plan(), Number(await made.make.plan(1))];
    const parts = [
      { plan_id: line.id, quantity: 1 },
      { plan_id: phone, quantity: 2 },
    ];
    const { id, parts: given } = await plan(bundle([{ plan_id: line.id }, { plan_id: phone, quantity: 2 }]));
    expect(given).toEqual(parts);
    expect((await patch(`plans/${id}`, { parts })).json()).toMatchObject({ version: 1 });
    expect((await patch(`plans/${id}`, { monthly_fee: 80 })).json()).toMatchObject({ version: 2, parts });
    const less = [{ plan_id: phone, quantity: 1 }];
    expect((await patch(`plans/${id}`, { parts: less })).json()).toMatchObject({ version: 3, parts: less });
    const { versions } = (await get(`plans/${id}/versions`)).json<{ versions: Body[] }>();
    expect(versions.map((version) => version['parts'])).toEqual([less, parts, parts]);
    expect((await get('plans?service_type=bundle&search=DUO-100')).json()).toMatchObject({
      plans: [{ parts: [{ plan_id: 1 }, { plan_id: 9 }] }],
    });
  });

  it('refuses what cannot be part of one', async () => {
    const line = await plan();
    const whole = await plan(bundle([{ plan_id: line.id }]));
    const gone = await plan();
    await post(`plans/${gone.id}/retire`);
    const later = await plan(internet({ sold_from: at(5) }));
    for (const id of [whole.id, gone.id, later.id, 999_999])
      expect([id, ...refused(await post('plans', bundle([{ plan_id: id }])))]).toEqual([
        id,
        422,
        `Plan ${id} cannot be part of a bundle: it is no internet or voice plan on sale.`,
      ]);
    for (const parts of [undefined, [{ plan_id: line.id }, { plan_id: line.id }]])
      expect((await post('plans', bundle(parts))).status).toBe(422);
    expect((await post('plans', bundle([]))).status).toBe(400);
    expect((await post('plans', internet({ parts: [{ plan_id: line.id }] }))).status).toBe(422);
  });

  it('keeps a plan on sale while a bundle needs it', async () => {
    const line = await plan();
    const whole = await plan(bundle([{ plan_id: line.id }]));
    expect((await post(`plans/${line.id}/retire`)).status).toBe(409);
    expect((await post(`plans/${whole.id}/retire`)).json()).toMatchObject({ status: 'retired' });
    expect((await post(`plans/${line.id}/retire`)).status).toBe(200);
  });
});

describe('bandwidth profiles', () => {
  const profile = async (more: Body = {}) => {
    const body = { name: `spec-${unique()}`, download_kbps: 100_000, upload_kbps: 10_000, ...more };
    const answer = await post('bandwidth-profiles', body);
    expect(answer.status).toBe(201);
    return answer.json<{ id: number; name: string }>();
  };

  it('are created, found, changed and retired', async () => {
    const { id, name } = await profile({ burst_download_kbps: 120_000 });
    expect((await post('bandwidth-profiles', { name, download_kbps: 1, upload_kbps: 1 })).status).toBe(409);
    const found = (await get(`bandwidth-profiles?status=active&search=${name}`)).json<Body>();
    expect(found).toMatchObject({
      bandwidth_profiles: [{ id, burst_download_kbps: 120_000, burst_upload_kbps: null }],
    });
    const etag = (await get(`bandwidth-profiles/${id}`)).headers.get('etag') ?? '';
    const path = `bandwidth-profiles/${id}`;
    expect((await patch(path, { upload_kbps: 20_000 }, { 'if-match': etag })).json()).toMatchObject({
      upload_kbps: 20_000,
    });
    expect((await patch(path, { upload_kbps: 30_000 }, { 'if-match': etag })).status).toBe(412);
    expect((await patch(path, { burst_upload_kbps: 19_999 })).status).toBe(422);
    expect((await post(`${path}/retire`)).json()).toMatchObject({ status: 'retired' });
    expect((await post(`${path}/retire`)).status).toBe(409);
    expect((await patch(path, { upload_kbps: 1 })).status).toBe(409);
    expect((await post('plans', internet({ bandwidth_profile: name }))).status).toBe(422);
  });

  it('keep their speeds while a plan names them', async () => {
    const { id, name } = await profile();
    expect((await post('plans', internet({ bandwidth_profile: name, speed_upload_mbps: 11 }))).status).toBe(422);
    const sold = await plan(internet({ bandwidth_profile: name }));
    expect(sold).toMatchObject({ bandwidth_profile: name });
    const path = `bandwidth-profiles/${id}`;
    expect(refused(await patch(path, { download_kbps: 200_000 }))).toEqual([
      409,
      'Plans or services use the bandwidth profile: make another one and change the plans to it.',
    ]);
    expect((await patch(path, { description: 'Fibre' })).json()).toMatchObject({ description: 'Fibre' });
    expect((await post(`${path}/retire`)).status).toBe(409);
    await patch(`plans/${sold.id}`, { bandwidth_profile: null });
    // What was sold with it still has it.
    expect((await patch(path, { download_kbps: 200_000 })).status).toBe(409);
    expect((await post(`${path}/retire`)).status).toBe(200);
  });
});
