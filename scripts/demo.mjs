/**
 * The main job over HTTP only, against a running sandbox: sign in, sign a customer up, sell a service, provision it,
 * receive the signed webhook, see the session of its equipment, and what the network makes of another plan, of a
 * suspension and of its end; an overdue customer pays and comes back. Prints every request and answer; stops with exit code 1 at the first difference.
 *
 * It reads .data/sandbox.json (or the file named as its argument), so it needs nothing but a sandbox that runs.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';

const file = process.argv[2] ?? join(process.env.ISP_DATA_DIR ?? '.data', 'sandbox.json');
const sandbox = JSON.parse(
  await readFile(file, 'utf8').catch(() => {
    console.error(`no ${file}: start the sandbox first (npm start)`);
    process.exit(1);
  }),
);
const run = randomBytes(4).toString('hex');
const session = {};

function fail(message) {
  console.error(`\nDEMO FAILED: ${message}`);
  process.exit(1);
}

function check(condition, message) {
  if (!condition) fail(message);
}

async function call(method, path, body, { expect = 200, headers = {}, quiet = false } = {}) {
  const shown = body && 'password' in body ? { ...body, password: '…' } : body;
  console.log(`\n→ ${method} ${path}${shown ? ` ${JSON.stringify(shown)}` : ''}`);
  const response = await fetch(`${sandbox.base_url}${path}`, {
    method,
    headers: {
      ...(session.token ? { authorization: `Bearer ${session.token}` } : {}),
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...headers,
    },
    body: body ? JSON.stringify(body) : undefined,
    signal: AbortSignal.timeout(15_000),
  });
  const text = await response.text();
  const answer = text === '' ? undefined : JSON.parse(text);
  const masked = text.replace(/("(?:access_token|refresh_token|secret)":")[^"]{6}[^"]*/g, '$1…');
  console.log(`← ${response.status} ${quiet ? `(${text.length} characters)` : masked}`);
  check(response.status === expect, `${method} ${path} answered ${response.status} instead of ${expect}`);
  check(response.headers.get('x-request-id'), 'no X-Request-Id');
  return { answer, headers: response.headers };
}

function has(answer, shape) {
  for (const [field, wanted] of Object.entries(shape)) {
    const got = answer?.[field];
    if (typeof wanted === 'function') check(wanted(got), `${field} is ${JSON.stringify(got)}`);
    else
      check(
        JSON.stringify(got) === JSON.stringify(wanted),
        `${field} is ${JSON.stringify(got)} instead of ${JSON.stringify(wanted)}`,
      );
  }
}

const isId = (value) => Number.isInteger(value) && value > 0;
const isTime = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value);

async function until(what, seconds, probe, everyMs = 100) {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const found = await probe();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
  return fail(`${what} did not happen within ${seconds} s`);
}

/** Equipment takes its seconds to dial. */
const SESSION_LOOK_MS = 500;

async function sessions(serviceId, state) {
  return (await call('GET', `/v1/services/${serviceId}/sessions?state=${state}`)).answer.sessions;
}

/** The session that is up and fits; sessions that have to end may still be there for a moment. */
function openSession(serviceId, what, fits = () => true) {
  return until(what, 20, async () => (await sessions(serviceId, 'open')).find(fits), SESSION_LOOK_MS);
}

async function ended(serviceId, sessionId) {
  const isIt = ({ session_id: id }) => id === sessionId;
  const look = async () => (await sessions(serviceId, 'closed')).find(isIt);
  const session = await until(`the end of session ${sessionId}`, 20, look, SESSION_LOOK_MS);
  has(session, { state: 'closed', stopped_at: isTime, terminate_cause: (cause) => typeof cause === 'string' });
}

/** Every value of that name, however deep. */
function valuesOf(answer, name) {
  if (answer === null || typeof answer !== 'object') return [];
  return Object.entries(answer).flatMap(([key, value]) => [...(key === name ? [value] : []), ...valuesOf(value, name)]);
}

async function seeTheNetworkFollow(serviceId, fasterPlan) {
  const normal = await openSession(serviceId, 'the session');
  has(normal, {
    service_id: serviceId,
    state: 'open',
    nas_identifier: 'bng-1',
    framed_ip_address: (text) => /^\d+(\.\d+){3}$/.test(text),
    started_at: isTime,
    terminate_cause: null,
  });
  const { answer: document } = await call('GET', '/docs/core.json', undefined, { quiet: true });
  const converges = '/v1/services/{service_id}/network' in document.paths;

  const { speed_download_mbps, speed_upload_mbps } = fasterPlan;
  const faster = { plan_id: fasterPlan.id, speed_download_mbps, speed_upload_mbps };
  const changed = await call('POST', `/v1/services/${serviceId}/change-plan`, { plan_id: fasterPlan.id, when: 'now' });
  has(changed.answer.service, { id: serviceId, ...faster });
  has((await call('GET', `/v1/services/${serviceId}`)).answer, { status: 'active', ...faster });
  if (converges) {
    await until('the rate of the new plan', 20, async () => {
      const { answer } = await call('GET', `/v1/services/${serviceId}/network`);
      const rates = valuesOf(answer, 'download_kbps');
      return rates.length > 0 && rates.every((rate) => rate === speed_download_mbps * 1000);
    });
  }

  const suspended = await call('POST', `/v1/services/${serviceId}/suspend`, { reason: 'Demo', walled_garden: true });
  has(suspended.answer, { id: serviceId, status: 'suspended', suspended_for: ['manual'] });
  const walled = converges ? await walledIn(serviceId, normal) : undefined;

  const reactivated = await call('POST', `/v1/services/${serviceId}/reactivate`, { reason: 'Demo' });
  has(reactivated.answer, { id: serviceId, status: 'active', suspended_for: [] });
  if (walled) await ended(serviceId, walled.session_id);
  const address = normal.framed_ip_address;
  const again = await openSession(
    serviceId,
    'a normal session',
    ({ framed_ip_address: framed, session_id: id }) => framed === address && (!walled || id !== normal.session_id),
  );
  has(again, { service_id: serviceId, state: 'open', terminate_cause: null });
}

/** The session ends, and the equipment that dials again gets no address of its own. */
async function walledIn(serviceId, normal) {
  await ended(serviceId, normal.session_id);
  const walled = await openSession(
    serviceId,
    'a session in the walled garden',
    (one) => one.session_id !== normal.session_id,
  );
  has(walled, { state: 'open', framed_ip_address: null, delegated_ipv6_prefix: null });
  return walled;
}

/** Sessions of overdue customers are dialled anew when a sandbox starts. */
const DIAL_SECONDS = 120;

/** A customer whom the sandbox suspended for three unpaid months pays, and is online again. */
async function payAndComeBack() {
  const suspended = await until('an overdue customer who is suspended', 60, overdueService, SESSION_LOOK_MS);
  const { dunned, service } = suspended;
  has(service, { status: 'suspended', suspended_for: ['payment'] });
  const { answer: history } = await call('GET', `/v1/dunning/cases/${dunned.id}`);
  const done = history.history.filter(({ outcome }) => outcome === 'done').map(({ action }) => action);
  for (const step of ['reminder', 'throttle', 'suspend']) check(done.includes(step), `the case has no ${step}`);
  const look = async () =>
    (await sessions(service.id, 'open')).find(({ framed_ip_address: framed }) => framed === null);
  const walled = await until('a session in the walled garden', DIAL_SECONDS, look, SESSION_LOOK_MS);

  const open = `/v1/billing/invoices?customer_id=${service.customer_id}&status=overdue&per_page=100`;
  const { invoices } = (await call('GET', open, undefined, { quiet: true })).answer;
  const cents = invoices.reduce((sum, { amount_due }) => sum + Math.round(amount_due * 100), 0);
  check(cents > 0, 'nothing is overdue');
  const paid = {
    customer_id: service.customer_id,
    amount: cents / 100,
    method: 'bank_transfer',
    reference: `DEMO-${run}`,
  };
  const payment = await call('POST', '/v1/billing/payments', paid, { expect: 201 });
  has(payment.answer, { status: 'received', amount: paid.amount });
  for (const { id } of invoices)
    has((await call('GET', `/v1/billing/invoices/${id}`)).answer, { status: 'paid', amount_due: 0 });

  const back = await until('the service works again', 20, async () => {
    const { answer } = await call('GET', `/v1/services/${service.id}`);
    return answer.status === 'active' ? answer : undefined;
  });
  has(back, { suspended_for: [] });
  await ended(service.id, walled.session_id);
  await openSession(service.id, 'a session as it was sold', ({ framed_ip_address: framed }) => framed !== null);
  has((await call('GET', `/v1/dunning/cases/${dunned.id}`)).answer, {
    state: 'closed',
    closed_for: 'paid',
    level: 'none',
  });
}

/** An open case that suspends an internet service which was active before. */
async function overdueService() {
  const { answer } = await call('GET', '/v1/dunning/cases?state=open&level=suspended&sort=largest');
  for (const dunned of answer.cases) {
    const path = `/v1/services?customer_id=${dunned.customer_id}&status=suspended`;
    const { services } = (await call('GET', path, undefined, { quiet: true })).answer;
    const service = services.find(({ suspended_for: causes }) => causes.length === 1 && causes[0] === 'payment');
    if (service) return { dunned, service };
  }
  return undefined;
}

const received = [];
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(204).end();
  });
});
await new Promise((resolve) => receiver.listen(0, '127.0.0.1', resolve));

console.log(`Demo against ${sandbox.base_url}`);
const login = await call('POST', '/v1/auth/login', sandbox.admin);
has(login.answer, {
  token_type: 'Bearer',
  expires_in: (seconds) => seconds > 0,
  refresh_token: (text) => typeof text === 'string',
});
session.token = login.answer.access_token;
const me = await call('GET', '/v1/auth/me');
check(JSON.stringify(me.answer).includes(sandbox.admin.login), 'me is somebody else');

const hook = await call(
  'POST',
  '/v1/webhooks/endpoints',
  { url: `http://127.0.0.1:${receiver.address().port}/hook`, events: ['customer.created', 'service.activated'] },
  { expect: 201 },
);
const secret = hook.answer.secret;
check(secret?.startsWith('whsec_'), 'no webhook secret');

const address = { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345', country: 'US' };
const order = {
  name: 'John Doe',
  email: `john.${run}@example.com`,
  phone: '+1234567890',
  address,
  billing_address: address,
  partner_id: 1,
};
const key = { 'idempotency-key': `demo-${run}` };
const created = await call('POST', '/v1/customers', order, { expect: 201, headers: key });
has(created.answer, {
  id: isId,
  name: 'John Doe',
  email: order.email,
  phone: '+1234567890',
  portal_id: (id) => /^\d{8,}$/.test(id),
  status: 'active',
  created_at: isTime,
  updated_at: isTime,
});
const customer = created.answer;
const again = await call('POST', '/v1/customers', order, { expect: 201, headers: key });
check(
  again.headers.get('idempotent-replayed') === 'true' && again.answer.id === customer.id,
  'the repetition was not replayed',
);
await call('POST', '/v1/customers', { ...order, name: 'Jane Doe' }, { expect: 422, headers: key });
await call('POST', '/v1/customers', order, { expect: 409 });
const bad = await call('POST', '/v1/customers', { ...order, email: 'not an address' }, { expect: 400 });
has(bad.answer.error, { code: 'VALIDATION_ERROR', details: (all) => all.some(({ field }) => field === 'email') });

const found = await call(
  'GET',
  `/v1/customers?page=1&per_page=25&status=active&search=${encodeURIComponent(order.email)}`,
);
has(found.answer.pagination, { page: 1, per_page: 25, total: 1, pages: 1 });
check(found.answer.customers[0].id === customer.id, 'the search found somebody else');

const plans = await call('GET', '/v1/plans?service_type=internet&status=active');
const plan = plans.answer.plans.find((one) => one.speed_download_mbps >= 100 && one.speed_upload_mbps >= 10);
check(plan, 'no plan of 100/10 Mbit/s');

const sold = await call(
  'POST',
  `/v1/customers/${customer.id}/services/internet`,
  {
    plan_id: plan.id,
    speed_download_mbps: 100,
    speed_upload_mbps: 10,
    data_limit_gb: null,
    static_ip: false,
    installation_address: { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345' },
    notes: 'Customer requested morning installation',
  },
  { expect: 201 },
);
has(sold.answer, {
  id: isId,
  customer_id: customer.id,
  service_type: 'internet',
  plan_id: plan.id,
  status: 'pending_activation',
  speed_download_mbps: 100,
  speed_upload_mbps: 10,
  monthly_fee: plan.monthly_fee,
  activation_fee: plan.activation_fee,
  created_at: isTime,
});
const service = sold.answer;
// A VLAN is one service's on its router: an earlier run of the demo keeps its own.
const vlanId = 100 + (service.id % 3_900);

const accepted = await call(
  'POST',
  `/v1/services/${service.id}/provision`,
  { provisioning_data: { router_id: 1, vlan_id: vlanId, bandwidth_profile: '100M_10M' }, priority: 'normal' },
  { expect: 202 },
);
has(accepted.answer, {
  provisioning_job_id: isId,
  service_id: service.id,
  status: 'queued',
  priority: 'normal',
  estimated_completion: isTime,
  created_at: isTime,
});
check(
  accepted.headers.get('location') === `/v1/provisioning/jobs/${accepted.answer.provisioning_job_id}`,
  'no Location',
);

const active = await until('the activation', 30, async () => {
  const { answer } = await call('GET', `/v1/services/${service.id}`);
  check(answer.status !== 'failed', 'the service failed');
  return answer.status === 'active' ? answer : undefined;
});
has(active, { operational_status: 'running', activated_at: isTime });
const job = await call('GET', `/v1/provisioning/jobs/${accepted.answer.provisioning_job_id}`);
has(job.answer, {
  status: 'succeeded',
  steps: (steps) => steps.length >= 4 && steps.every(({ status }) => status === 'done'),
});

const delivery = await until('the webhook', 30, async () =>
  received.find(
    ({ headers, body }) =>
      headers['x-isp-event'] === 'service.activated' && JSON.parse(body).data.service_id === service.id,
  ),
);
console.log(`\n⇐ webhook ${delivery.headers['x-isp-event']} ${delivery.body}`);
const signature = Buffer.from(`sha256=${createHmac('sha256', secret).update(delivery.body).digest('hex')}`);
const given = Buffer.from(String(delivery.headers['x-isp-signature']));
check(signature.length === given.length && timingSafeEqual(signature, given), 'X-ISP-Signature does not verify');
const signed = `${delivery.headers['webhook-id']}.${delivery.headers['webhook-timestamp']}.${delivery.body}`;
const standard = createHmac('sha256', Buffer.from(secret.slice(6), 'base64'))
  .update(signed)
  .digest('base64');
check(
  String(delivery.headers['webhook-signature']).split(' ').includes(`v1,${standard}`),
  'webhook-signature does not verify',
);

const fasterPlan = plans.answer.plans.find(
  (one) => one.speed_download_mbps > active.speed_download_mbps && one.speed_upload_mbps > active.speed_upload_mbps,
);
check(fasterPlan, 'no faster plan');
await seeTheNetworkFollow(service.id, fasterPlan);
await payAndComeBack();

const operations = await call('GET', '/operations/v1/products');
check(Array.isArray(operations.answer) && operations.answer.length > 0, 'no products in the operations API');
const trail = await call('GET', '/v1/audit/verify');
has(trail.answer, { valid: true });

await call('DELETE', `/v1/webhooks/endpoints/${hook.answer.id}`, undefined, { expect: 204 });
await call('POST', '/v1/auth/logout', undefined, { expect: 204 });
receiver.close();
console.log(
  '\nDemo passed: signed in, sold, provisioned, active, webhook verified, session up, plan changed, suspended, reactivated; an overdue customer paid and is online again.',
);
process.exit(0);
