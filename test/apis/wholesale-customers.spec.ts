import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Login } from '@isp/domain/access';
import { type ApiWorld, apiWorld, askUntilServed } from '../support/api-world.js';
import { query } from '../support/embedded-postgres.js';

const PASSWORD = 'a long pass phrase';
const GUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const PATH = '/wholesale/customers';
let world: ApiWorld;
let north: string;
let south: string;
let staff: string;
let serial = 0;

beforeAll(async () => {
  world = await apiWorld();
  await query(
    world.database.ownerUrl,
    `INSERT INTO partners (name, kind, time_zone) VALUES ('North', 'isp', 'Africa/Johannesburg'), ('South', 'isp', 'UTC')`,
  );
  const scopes = ['customer.read', 'customer.create'] as const;
  [north, south, staff] = [
    await world.keyOf(2, scopes),
    await world.keyOf(3, scopes),
    await world.keyOf(1, scopes, 'all'),
  ];
}, 120_000);
afterAll(() => world.close());

const get = (path: string, key: string | undefined = north) => world.ask(path, { key });
const post = (body: unknown, key = north, headers = {}) =>
  askUntilServed(world.program.url + PATH, { method: 'POST', key, body, headers });

function person(values = {}) {
  serial += 1;
  const email = `person${serial}@example.com`;
  return {
    first_name: 'Thandi',
    last_name: `Nkosi${serial}`,
    email,
    password: PASSWORD,
    mobile_number: '+27821234567',
    ...values,
  };
}

async function signedUp(values = {}, key = north) {
  const customer = person(values);
  const answer = await post({ customer }, key);
  expect(answer.status).toBe(201);
  return { ...customer, location: String(answer.headers.get('location')) };
}

const audited = (what: string) =>
  query<{ count: string }>(world.database.ownerUrl, `SELECT count(*) FROM ${what}`).then(([row]) => Number(row?.count));

describe('POST /wholesale/customers', () => {
  it('answers with the place of the customer and no body', async () => {
    const answer = await post({ customer: person({ home_number: '+27111234567', username: 'thandi' }) });
    expect([answer.status, answer.text]).toEqual([201, '']);
    const guid = String(answer.headers.get('location')).replace(`${PATH}/`, '');
    expect(guid).toMatch(GUID);
    const read = await get(`${PATH}/${guid.toLowerCase()}`);
    expect(read.json()).toMatchObject({
      id: guid,
      first_name: 'Thandi',
      username: 'thandi',
      home_number: '+27111234567',
      enabled: true,
    });
  });

  it('lets the customer into the portal, as the portal user that it names', async () => {
    const { email, location } = await signedUp();
    const { portal_user_id: guid } = (await get(location)).json<{ portal_user_id: string }>();
    const client = { address: '192.0.2.1', userAgent: 'spec' };
    const login = world.program.app.get(Login, { strict: false });
    await expect(login.execute({ login: email, password: PASSWORD, ...client })).resolves.toHaveProperty('accessToken');
    const users = await query<{ guid: string }>(
      world.database.ownerUrl,
      `SELECT guid FROM users WHERE email = '${email}'`,
    );
    expect(users).toEqual([{ guid: guid.toLowerCase() }]);
  });

  it('refuses an e-mail address that is taken, in any case, but not at another ISP', async () => {
    const { email } = await signedUp();
    const again = await post({ customer: person({ email: email.toUpperCase() }) });
    expect(again.status).toBe(400);
    expect(again.json()).toEqual({
      code: 400,
      errors: { email: ['is already taken'] },
      full_errors: ['email is already taken'],
    });
    await signedUp({ email }, south);
  });

  it('makes neither customer nor user when the password is unfit', async () => {
    const before = await audited('customers');
    const answer = await post({ customer: person({ password: 'short' }) });
    expect([answer.status, answer.json()]).toEqual([
      400,
      {
        code: 400,
        errors: { password: ['is too short (minimum is 12 characters)'] },
        full_errors: ['password is too short (minimum is 12 characters)'],
      },
    ]);
    expect(await audited('customers')).toBe(before);
  });

  it('says what is missing, wrong or unknown', async () => {
    const answer = await post({
      customer: { last_name: 7, email: 'nobody', password: PASSWORD, mobile_number: '1', partner_id: 3 },
    });
    expect(answer.status).toBe(400);
    expect(answer.json()).toMatchObject({
      code: 400,
      errors: {
        first_name: ['is required'],
        last_name: ['must be text'],
        email: ['is not a valid e-mail address'],
        mobile_number: ['must be a phone number'],
        partner_id: ['is not a known field'],
      },
    });
    expect((await post({})).json()).toMatchObject({ errors: { customer: ['is required'] } });
  });

  it('happens once for one idempotency key', async () => {
    const payload = { customer: person() };
    const [first, second] = [
      await post(payload, north, { 'idempotency-key': 'k1' }),
      await post(payload, north, { 'idempotency-key': 'k1' }),
    ];
    expect([second.status, second.text, second.headers.get('idempotent-replayed')]).toEqual([201, '', 'true']);
    expect(second.headers.get('location')).toBe(first.headers.get('location'));
    expect((await post({ customer: person() }, north, { 'idempotency-key': 'k1' })).status).toBe(422);
  });

  it('makes one customer of twenty sign-ups at once', async () => {
    const customer = person();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post({ customer })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(19);
  });
});

describe('GET /wholesale/customers', () => {
  it('needs a credential', async () => {
    const answer = await world.ask(`${PATH}?q=x`);
    expect([answer.status, answer.json()]).toEqual([401, { code: 401, errors: ['Not Authenticated'] }]);
  });

  it('answers the one customer of an e-mail address, with dates in the time zone of the ISP', async () => {
    const { email, location } = await signedUp();
    const answer = await get(`${PATH}?q=${encodeURIComponent(email.toUpperCase())}&count=10&page=1`);
    const customer = answer.json<Record<string, unknown>>();
    expect([answer.status, `${PATH}/${String(customer['id'])}`]).toEqual([200, location]);
    expect(customer['created_at']).toMatch(/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} \+0200$/);
    const [partner] = await query<{ guid: string }>(world.database.ownerUrl, 'SELECT guid FROM partners WHERE id = 2');
    expect(customer['parent_id']).toBe(partner?.guid.toUpperCase());
    expect((await get(`${PATH}?q=nobody@example.com`)).json()).toEqual({ code: 404, errors: ['not found'] });
  });

  it('answers any other question with a page', async () => {
    for (let index = 0; index < 11; index += 1) await signedUp({ last_name: 'Paged' });
    const last = await get(`${PATH}?q=paged&count=5&page=3`);
    expect(last.json()).toMatchObject({ items: [{ last_name: 'Paged' }], page: 3, count: 1, total: 11 });
    expect((await get(`${PATH}?q=`)).json()).toMatchObject({ page: 1, count: 10 });
  });

  it.each(['', '?q=a&count=101', '?q=a&page=0', '?q=a&per_page=5', '?q=%00'])('refuses %j', async (search) => {
    expect((await get(`${PATH}${search}`)).status).toBe(400);
  });

  it('shows an ISP nothing of another one, and staff what is its own', async () => {
    const { email, location } = await signedUp({ last_name: 'Hidden' });
    const unknown = await get(`${PATH}/00000000-0000-4000-8000-000000000000`);
    for (const key of [south, staff]) {
      const [direct, byEmail] = [await get(location, key), await get(`${PATH}?q=${email}`, key)];
      expect([direct.status, direct.text]).toEqual([404, unknown.text]);
      expect(byEmail.text).toBe(unknown.text);
      expect((await get(`${PATH}?q=hidden`, key)).json()).toEqual({ items: [], page: 1, count: 0, total: 0 });
    }
  });

  it.each(['1', 'x', '%7BFC65F24E-AADD-440E-AF96-9CBBDFA50349%7D', '%00'])('does not find %s', async (id) => {
    const answer = await get(`${PATH}/${id}`);
    expect([answer.status, answer.json()]).toEqual([404, { code: 404, errors: ['not found'] }]);
  });

  it('does not do what the credential may not', async () => {
    const key = await world.keyOf(2, ['customer.read']);
    const answer = await post({ customer: person() }, key);
    expect([answer.status, answer.json()]).toEqual([403, { code: 403, errors: ['Not Authorized'] }]);
  });
});
