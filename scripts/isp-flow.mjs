/**
 * An ISP orders a line over somebody else's fibre: the wholesale API as its documents have it, against a running
 * sandbox, with plain fetch and a token. Sign-up, search, availability, order; the operator completes the work order
 * through its own API; then the service is live in RADIUS, and its device, its usage and what changed are looked at.
 * Every answer is compared with the documents field by field; stops with exit code 1 at the first difference.
 *
 * It reads .data/sandbox.json (or the file named as its argument), so it needs nothing but a sandbox that runs. Each
 * run is a new ISP on a new address.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  CUSTOMER,
  DEVICE,
  LISTED,
  PREDEFINED,
  PREMISE,
  PRODUCT,
  SERVICE,
  SESSION,
  SNAPSHOT,
  USAGE,
  WORK_ORDER,
} from './lib/wholesale-documents.mjs';

const file = process.argv[2] ?? join(process.env.ISP_DATA_DIR ?? '.data', 'sandbox.json');
const sandbox = JSON.parse(
  await readFile(file, 'utf8').catch(() => {
    console.error(`no ${file}: start the sandbox first (npm start)`);
    process.exit(1);
  }),
);
const run = randomBytes(4).toString('hex');

function fail(message) {
  console.error(`\nISP FLOW FAILED: ${message}`);
  process.exit(1);
}

function check(condition, message) {
  if (!condition) fail(message);
}

/** Texts and numbers are compared, functions are asked, objects are looked into; fields that are not named may be. */
function has(answer, shape, at = 'the answer') {
  for (const [field, wanted] of Object.entries(shape)) {
    const got = answer?.[field];
    const place = `${at}.${field}`;
    if (typeof wanted === 'function') check(wanted(got), `${place} is ${JSON.stringify(got)}`);
    else if (wanted !== null && typeof wanted === 'object' && !Array.isArray(wanted)) has(got, wanted, place);
    else check(isDeepStrictEqual(got, wanted), `${place} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`);
  }
}

/** Every field that the document shows is there. */
function hasFields(answer, names, what) {
  const missing = names.filter((name) => !(name in (answer ?? {})));
  check(missing.length === 0, `${what} has no ${missing.join(', ')}`);
}

async function until(what, seconds, probe, everyMs = 500) {
  for (let left = (seconds * 1000) / everyMs; left > 0; left -= 1) {
    const found = await probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return fail(`${what}: not within ${seconds} s`);
}

async function send(method, path, { body, headers = {}, expect, quiet = false }) {
  const response = await fetch(`${sandbox.base_url}${path}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
    signal: AbortSignal.timeout(20_000),
  });
  const text = await response.text();
  if (!quiet || response.status !== expect) {
    const shown = text.replace(/("(?:token|secret|password|\w+_password)":")[^"]+/g, '$1…');
    console.log(`${method} ${decodeURIComponent(path)}\n  ${response.status} ${shown.slice(0, 400)}`);
  }
  check(response.status === expect, `${method} ${path} answered ${response.status} instead of ${expect}`);
  return { text, answer: text === '' ? undefined : JSON.parse(text), headers: response.headers };
}

/** The operator, through its own API. */
const operator = (method, path, body, expect = 200) =>
  send(method, `/v1${path}`, { body, expect, headers: { 'x-api-key': sandbox.api_key } }).then(({ answer }) => answer);

const session = { token: '' };
/** The ISP: base URL, bearer, and the paths of the documents. */
const isp = (method, path, { body, expect = 200, token = session.token, quiet = false } = {}) =>
  send(method, `/wholesale${path}`, {
    body,
    expect,
    quiet,
    headers: token ? { authorization: `Bearer ${token}` } : {},
  });

const GUID = /^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/;
const isGuid = (value) => GUID.test(value);
const isOrderTime = (value) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}$/.test(value);
const isIso = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value);
const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const isReference = (value) => /^\d{8}-\d{9}$/.test(value);
const isText = (value) => typeof value === 'string' && value !== '';
/** Fibre in one more street, something sold in it, an ISP taken on, and its token. */
async function prepare() {
  console.log('\n== The operator: coverage, an address, an ISP and its token');
  const at = { latitude: -26 - Math.random(), longitude: 27 + Math.random() };
  const corners = [
    [-1, -1],
    [1, -1],
    [1, 1],
    [-1, 1],
    [-1, -1],
  ].map(([x, y]) => [at.longitude + x * 0.001, at.latitude + y * 0.001]);
  const geometry = { type: 'Polygon', coordinates: [corners] };
  const area = await operator('POST', '/areas', { name: `Flow ${run}`, connectivity: 'live', geometry }, 201);
  const { plans } = await operator('GET', '/plans?service_type=internet&status=active');
  await operator('POST', `/areas/${area.id}/products`, { plan_id: plans[0].id }, 201);
  const parts = { street_number: '9', street_name: `Pompano${run} Place`, suburb: 'Newlands', city: 'Durban' };
  const where = { province: 'Kwazulu Natal', postal_code: '4037', country_code: 'ZA', ...at };
  await operator('POST', '/premises', { ...parts, ...where }, 201);
  const partner = { name: `Flow ISP ${run}`, kind: 'isp', time_zone: 'Africa/Johannesburg', currency: 'ZAR' };
  const { id } = await operator('POST', '/partners', { ...partner, tier: 'enterprise' }, 201);
  const retail = { plan_id: plans[0].id, name: `Flow Fibre ${run}` };
  const price = { type: 'monthly', tax_percent: 15, amount: 477.3913 };
  await operator('POST', `/partners/${id}/products`, { ...retail, prices: [price] }, 201);
  const issued = await operator('POST', `/partners/${id}/tokens`, { name: 'Ordering' }, 201);
  check(isText(issued.token), 'there is no token');
  return { at, partnerId: id, token: issued, street: parts.street_name };
}

/** Where the ISP wants to hear of its orders: an endpoint that checks what it gets. */
async function listen(token) {
  const received = [];
  const receiver = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${receiver.address().port}/events`;
  const events = ['wholesale.service.updated', 'wholesale.work_order.updated'];
  const headers = { authorization: `Bearer ${token}` };
  const { answer } = await send('POST', '/v1/webhooks/endpoints', { body: { url, events }, expect: 201, headers });
  const heard = (type, fits) =>
    until(`the event ${type}`, 30, () =>
      received.find(({ headers: got, body }) => got['x-isp-event'] === type && fits(JSON.parse(body).data)),
    );
  const verified = ({ headers: got, body }) =>
    got['x-isp-signature'] === `sha256=${createHmac('sha256', answer.secret).update(body).digest('hex')}`;
  return { heard, verified, close: () => receiver.close() };
}

async function signUp() {
  console.log('\n== Steps 1 and 2: sign a customer up, find it again');
  const customer = {
    first_name: 'Thandi',
    last_name: `Nkosi ${run}`,
    email: `thandi.${run}@test.example`,
    password: 'a long pass phrase',
    mobile_number: '+27821234567',
    home_number: '+27311234567',
  };
  const refused = await isp('POST', '/customers', { body: { customer }, expect: 401, token: '' });
  has(refused, { answer: { code: 401, errors: ['Not Authenticated'] } });
  const made = await isp('POST', '/customers', { body: { customer }, expect: 201 });
  check(made.text === '', '201 has a body');
  const again = await isp('POST', '/customers', { body: { customer }, expect: 400 });
  const taken = { code: 400, errors: { email: ['is already taken'] }, full_errors: ['email is already taken'] };
  check(isDeepStrictEqual(again.answer, taken), `a taken e-mail address is refused with ${again.text}`);
  const { answer: found } = await isp('GET', `/customers?q=${encodeURIComponent(customer.email)}&count=10&page=1`);
  hasFields(found, CUSTOMER, 'the customer');
  const { first_name, last_name, email, mobile_number, home_number } = customer;
  has(found, { first_name, last_name, email, mobile_number, home_number, username: email, enabled: true });
  has(found, { id: isGuid, parent_id: isGuid, portal_user_id: isGuid, created_at: isOrderTime });
  const { answer: same } = await isp('GET', `/customers/${found.id.toLowerCase()}`);
  check(isDeepStrictEqual(same, found), 'the customer by its GUID is another');
  return found;
}

async function choose(street, at) {
  console.log('\n== Steps 3 and 4: the address, and what is sold there');
  const q = encodeURIComponent(`9 ${street}, Newlands, Durban, ZA, 4037, Kwazulu Natal`);
  const { answer: page } = await isp('GET', `/predefined-premises?count=100&page=1&q=${q}`);
  const [address] = page.items;
  hasFields(address, PREDEFINED, 'the predefined premise');
  has(address, { guid: isGuid, premise_id: isGuid, area_id: isGuid, operator_id: isGuid, deleted_at: null });
  has(address, { full_text: (text) => text.includes(street), id: isNumber, updated_at: isIso, created_at: isIso });
  check(Math.abs(address.latitude - at.latitude) < 1e-6, 'the premise is somewhere else');
  const { answer } = await isp('GET', `/products/availability/${address.latitude}/${address.longitude}`);
  const product = answer.items.find(({ name }) => name === `Flow Fibre ${run}`);
  hasFields(product, PRODUCT, 'the product');
  has(product, { id: isGuid, provider_id: isGuid, status: 'Active', type_name: 'ISP', effective_date: isOrderTime });
  const [price] = product.pricing;
  has(price, { id: isGuid, price_type: 'Monthly', currency_code: 'ZAR', tax: 15, value: 477.3913, value_incl: 549 });
  return { address, product };
}

async function order(customer, { address, product }) {
  console.log('\n== Steps 5 to 7: order, and what became of the premise, the service and the work order');
  const { id, first_name, last_name, email, username, mobile_number } = customer;
  const body = {
    customer: { id, first_name, last_name, email, username, mobile_number },
    premise: { external_reference: address.guid },
    service: { product_id: product.id },
  };
  const { answer: placed } = await isp('POST', '/services/full', { body, expect: 201 });
  has(placed, { customer: { id }, premise: { external_reference: address.guid }, service: { service_id: isGuid } });
  const serviceId = placed.service.service_id;
  const { answer: second } = await isp('POST', '/services/full', { body, expect: 400 });
  has(second, { code: 400, full_errors: (errors) => errors.length > 0 });

  const { answer: premise } = await isp('GET', `/premises/${address.premise_id}`);
  hasFields(premise, PREMISE, 'the premise');
  const there = { external_reference: address.guid, street_number: '9', city: 'Durban', country_code: 'ZA' };
  has(premise, { id: address.premise_id, ...there, customer_id: id, status: 'Has Existing Service' });

  const { answer: service } = await isp('GET', `/services/${serviceId}`);
  hasFields(service, SERVICE, 'the service');
  const ordered = { id: serviceId, customer_id: id, product_id: product.id, premise_id: address.premise_id };
  has(service, { ...ordered, provisioned: false, completed: false, cancelled: false, created_at: isOrderTime });
  const { answer: own } = await isp('GET', `/customers/${id}/services`);
  has(own, { total: 1, items: ([one]) => one.id === serviceId });
  const { answer: list } = await isp('GET', '/services?status=Pending%20installation&page=1&page_size=10');
  hasFields(list.items[0], LISTED, 'a listed service');
  has(list, { page: 1, count: 1, total: 1, items: ([one]) => one.status === 'Pending installation' });

  const { answer: work } = await isp('GET', `/work-orders?service=${serviceId}`);
  const [workOrder] = work.items;
  hasFields(workOrder, WORK_ORDER, 'the work order');
  has(workOrder, { id: isGuid, guid: workOrder.id, type_id: 1, type: 'Installation', service_id: serviceId });
  has(workOrder, { status: 'New Order', client_status: 'Order in progress', completed_date: null, on_hold: false });
  has(workOrder, {
    last_comment: 'Work Order created on service creation.',
    reference: isReference,
  });
  return { serviceId, workOrder };
}

async function install({ reference }) {
  console.log('\n== The operator: schedule, assign, start, complete');
  const { work_orders: found } = await operator('GET', `/work-orders?reference=${reference}`);
  const [{ id }] = found;
  await operator('POST', `/work-orders/${id}/schedule`, { scheduled_at: '2099-03-01T07:30:00Z' });
  await operator('POST', `/work-orders/${id}/assign`, { installer: 'Flow Splicers' });
  await operator('POST', `/work-orders/${id}/start`);
  const { devices } = await operator('GET', '/network/devices?kind=olt');
  const port = { olt_id: devices[0].id, pon_port: '0/7/1', onu_index: parseInt(run.slice(0, 4), 16) };
  const device = { serial_number: `FLOW${run.toUpperCase()}`, ...port };
  const { service_id: serviceId } = await operator('POST', `/work-orders/${id}/complete`, {
    comment: 'Light is good.',
    device,
  });
  return serviceId;
}

async function seeItLive(serviceId, workOrder, operatorsId) {
  console.log('\n== Live: service, work order, RADIUS, device, usage');
  const quietly = (path) => isp('GET', path, { quiet: true }).then(({ answer }) => answer);
  const live = await until('the service is live', 90, async () => {
    const service = await quietly(`/services/${serviceId}`);
    return service.provisioned && service.on_network ? service : undefined;
  });
  has(live, { completed: true, provisioned_date: isOrderTime, on_network_date: isOrderTime, pppoe_username: isText });
  has((await isp('GET', `/work-orders/${workOrder.id}`)).answer, { status: 'Completed', completed_date: isOrderTime });

  const { answer: radius } = await isp('GET', `/services/${serviceId}/radius/status`);
  has(radius, { username: live.pppoe_username, password: live.pppoe_password });
  const [attempt] = radius.authentication_attempts;
  has(attempt, { date: isIso, reply: 'Access-Accept' });
  hasFields(radius.accounting[0], SESSION, 'the session');
  has(radius.accounting[0], { acct_stop_time: null, acct_start_time: isIso, username: live.pppoe_username });

  const { answer: device } = await isp('GET', `/services/${serviceId}/device/status/live`);
  hasFields(device, DEVICE, 'the device');
  has(device, {
    service: serviceId,
    serial_number: `FLOW${run.toUpperCase()}`,
    rx_power: isNumber,
    last_updated: isIso,
  });
  const { answer: cached } = await isp('GET', `/services/${serviceId}/device/status`);
  hasFields(cached, DEVICE, 'the device as last seen');

  console.log('\n== The operator suspends and reactivates; the ISP sees it at once, and what the session carried');
  await operator('POST', `/services/${operatorsId}/suspend`, { reason: 'Maintenance' });
  has(await quietly(`/services/${serviceId}`), { status: 'Suspended', suspended_date: isOrderTime });
  await operator('POST', `/services/${operatorsId}/reactivate`, {});
  has(await quietly(`/services/${serviceId}`), { status: 'Active', suspended_date: null });
  const today = await until('traffic', 60, async () => {
    const days = await quietly(`/services/${serviceId}/radius/usage`);
    return days.at(-1).total_bytes_downloaded > 0 ? days.at(-1) : undefined;
  });
  hasFields(today, USAGE, 'usage');
  const { bytes_downloaded: v4, i_pv6_bytes_downloaded: v6, total_bytes_downloaded: both } = today;
  check(v4 + v6 === both, `${v4} and ${v6} are not ${both}`);
  console.log(`  ${JSON.stringify(today)}`);
}

async function change(serviceId) {
  console.log('\n== Change: the reference and the WiFi, and nothing else');
  const wifi = { wifi_username: `Flow ${run}`, wifi_password: 'a new pass phrase' };
  const body = { isp_reference: `REF-${run}`, ...wifi };
  const { answer: service } = await isp('PUT', `/services/${serviceId}`, { body });
  hasFields(service, SERVICE, 'the changed service');
  has(service, body);
  await isp('PUT', `/services/${serviceId}`, { body: { status: 'Cancelled' }, expect: 400 });
}

async function track(serviceId, workOrder) {
  console.log('\n== Tracking: what changed, once in ten minutes');
  const { answer: services } = await isp('GET', '/services/snapshot');
  check(services.length === 1, `the snapshot has ${services.length} services`);
  check(isDeepStrictEqual(Object.keys(services[0]).sort(), [...SNAPSHOT].sort()), 'the snapshot has other fields');
  has(services[0], { service_id: serviceId, status: 'Active', last_updated_date: isIso, full_address: isText });
  const { headers } = await isp('GET', '/services/snapshot', { expect: 429 });
  check(Number(headers.get('retry-after')) > 500, 'no Retry-After');
  const { answer: orders } = await isp('GET', '/work-orders/snapshot');
  has(orders, { 0: { reference: workOrder.reference, service_id: serviceId, status: 'Completed' } });
}

async function hear({ heard, verified }, serviceId, workOrder) {
  console.log('\n== Events, in the words of the documents');
  const active = await heard('wholesale.service.updated', (data) => data.status === 'Active');
  check(verified(active), 'X-ISP-Signature does not verify');
  has(JSON.parse(active.body).data, { service_id: serviceId, customer_id: isGuid, last_updated_date: isIso });
  const done = await heard('wholesale.work_order.updated', (data) => data.status === 'Completed');
  has(JSON.parse(done.body).data, { id: workOrder.id, service_id: serviceId, updated_at: isOrderTime });
  console.log(`  ${active.body}\n  ${done.body}`);
}

async function stayApart(customer, serviceId, workOrder, { partnerId, token }) {
  console.log('\n== Another ISP sees nothing; a token that is revoked is refused');
  const [other] = Object.values(sandbox.isp_tokens);
  const nobody = '00000000-0000-4000-8000-000000000000';
  const paths = (id, of) => [
    [`/customers/${of}`, `/customers/${of}/services`],
    ['', '/full', '/device/status', '/device/status/live', '/radius/status', '/radius/usage'].map(
      (what) => `/services/${id}${what}`,
    ),
  ];
  for (const [index, path] of [...paths(serviceId, customer.id).flat(), `/work-orders/${workOrder.id}`].entries()) {
    const missing = [...paths(nobody, nobody).flat(), `/work-orders/${nobody}`][index];
    const answers = [path, missing].map((one) => isp('GET', one, { expect: 404, token: other, quiet: true }));
    const [foreign, none] = await Promise.all(answers);
    check(
      foreign.text === none.text && foreign.text === '{"code":404,"errors":["not found"]}',
      `${path}: ${foreign.text}`,
    );
  }
  await operator('DELETE', `/partners/${partnerId}/tokens/${token.id}`, undefined, 204);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await isp('GET', `/services/${serviceId}`, { expect: 401 });
}

const prepared = await prepare();
session.token = prepared.token.token;
const events = await listen(session.token);
const customer = await signUp();
const chosen = await choose(prepared.street, prepared.at);
const { serviceId, workOrder } = await order(customer, chosen);
const operatorsId = await install(workOrder);
await seeItLive(serviceId, workOrder, operatorsId);
await change(serviceId);
await track(serviceId, workOrder);
await hear(events, serviceId, workOrder);
await stayApart(customer, serviceId, workOrder, prepared);
events.close();
console.log('\nThe ISP flow passed: signed up, searched, ordered, installed, live in RADIUS, tracked.');
process.exit(0);
