import { PASSWORD, type Thing, unique } from './api-fixtures.js';

/** How to make a call of an operation that its caller may make succeed. */
export interface Call {
  /** What the path's parameter names. */
  readonly thing?: Thing;
  readonly query?: string;
  readonly body?: () => unknown;
}

const person = () => {
  const n = unique();
  return { name: `Called ${n}`, email: `called${n}@spec.example`, phone: `+1888${String(n).padStart(7, '0')}` };
};
const user = (n = unique()) => ({
  username: `called.${n}`,
  email: `called.${n}@spec.example`,
  full_name: 'Called',
  password: PASSWORD,
  roles: ['reseller_read_only'],
});
const signUp = () => {
  const { email } = person();
  return { customer: { first_name: 'A', last_name: 'B', email, password: PASSWORD, mobile_number: '+27821234567' } };
};
const plan = () => ({
  sku: `CALLED-${unique()}`,
  name: 'Called',
  category: 'Spec',
  service_type: 'voice',
  monthly_fee: 79.99,
});
const endpoint = () => ({ url: 'https://hooks.spec.example/in', events: ['*'] });
const KINDS = ['router', 'bng', 'switch', 'olt', 'ont'];
let thresholds = 0;
/** One that does not exist yet: there is one for each figure, direction and kind. */
const threshold = () => {
  const n = (thresholds += 1);
  const metric = ['cpu_percent', 'memory_percent', 'wifi_clients', 'voltage_volts'][Math.floor(n / 10) % 4];
  return { metric, direction: n % 2 ? 'above' : 'below', kind: KINDS[Math.floor(n / 2) % 5], warning: 1 };
};
const range = { from: '2025-01-29T00:00:00Z', to: '2025-01-30T00:00:00Z' };

/** Every operation of the three APIs. `access-matrix.spec.ts` fails when one is missing here or is here and not there. */
export const CALLS: Readonly<Record<string, Call>> = {
  'POST /v1/customers': { body: person },
  'GET /v1/customers': {},
  'GET /v1/customers/:customer_id': { thing: 'customer' },
  'PATCH /v1/customers/:customer_id': { thing: 'customer', body: () => ({ phone: '+12025550199' }) },
  'POST /v1/customers/:customer_id/suspend': { thing: 'customer', body: () => ({ reason: 'Asked' }) },
  'POST /v1/customers/:customer_id/reactivate': { thing: 'suspended_customer', body: () => ({}) },
  'POST /v1/customers/:customer_id/terminate': { thing: 'customer', body: () => ({ reason: 'Moved' }) },
  'POST /v1/customers/:customer_id/password': { thing: 'customer', body: () => ({ password: PASSWORD }) },
  'POST /v1/customers/:customer_id/services/internet': { thing: 'customer', body: () => ({ plan_id: 1 }) },
  'GET /v1/services': {},
  'GET /v1/services/:service_id': { thing: 'service' },
  'POST /v1/services/:service_id/provision': { thing: 'service', body: () => ({ priority: 'low' }) },
  'GET /v1/provisioning/jobs': {},
  'GET /v1/provisioning/jobs/:job_id': { thing: 'queued_job' },
  'POST /v1/provisioning/jobs/:job_id/cancel': { thing: 'queued_job' },
  'POST /v1/provisioning/jobs/:job_id/retry': { thing: 'failed_job' },
  'GET /v1/plans': {},
  'GET /v1/plans/:plan_id': { thing: 'plan' },
  'POST /v1/plans': { body: plan },
  'PATCH /v1/plans/:plan_id': { thing: 'plan', body: () => ({ monthly_fee: 74.99 }) },
  'POST /v1/plans/:plan_id/retire': { thing: 'plan' },
  'POST /v1/partners': { body: () => ({ name: `Called ${unique()}` }) },
  'GET /v1/partners': {},
  'GET /v1/partners/:partner_id': { thing: 'partner' },
  'PATCH /v1/partners/:partner_id': { thing: 'partner', body: () => ({ tier: 'enterprise' }) },
  'POST /v1/partners/:partner_id/suspend': { thing: 'partner', body: () => ({ reason: 'Ended' }) },
  'POST /v1/partners/:partner_id/reactivate': { thing: 'suspended_partner', body: () => ({}) },
  'GET /v1/audit': {},
  'GET /v1/audit/verify': {},
  'POST /v1/auth/login': { body: () => ({ login: 'support', password: 'support-sandbox-password' }) },
  'POST /v1/auth/refresh': { body: () => ({ refresh_token: 'set by the caller' }) },
  'POST /v1/auth/logout': {},
  'GET /v1/auth/me': {},
  'POST /v1/auth/password': { body: () => ({ current_password: PASSWORD, new_password: `${PASSWORD} ${unique()}` }) },
  'POST /v1/oauth/token': {
    body: () => ({ grant_type: 'client_credentials', client_id: 'x', client_secret: 'set by the caller' }),
  },
  'POST /v1/users': { body: user },
  'GET /v1/users': {},
  'GET /v1/users/:user_id': { thing: 'user' },
  'PATCH /v1/users/:user_id': { thing: 'user', body: () => ({ full_name: 'Another Name' }) },
  'POST /v1/users/:user_id/disable': { thing: 'user' },
  'POST /v1/users/:user_id/enable': { thing: 'disabled_user' },
  'POST /v1/users/:user_id/password': { thing: 'user', body: () => ({ password: `${PASSWORD} again` }) },
  'GET /v1/roles': {},
  'POST /v1/api-keys': { body: () => ({ name: 'Called', scopes: ['customer.read'] }) },
  'GET /v1/api-keys': {},
  'GET /v1/api-keys/:api_key_id': { thing: 'api_key' },
  'POST /v1/api-keys/:api_key_id/rotate': { thing: 'api_key', body: () => ({ overlap_hours: 1 }) },
  'DELETE /v1/api-keys/:api_key_id': { thing: 'api_key' },
  'POST /v1/webhooks/endpoints': { body: endpoint },
  'GET /v1/webhooks/endpoints': {},
  'GET /v1/webhooks/endpoints/:id': { thing: 'endpoint' },
  'PATCH /v1/webhooks/endpoints/:id': { thing: 'endpoint', body: () => ({ description: 'Other' }) },
  'DELETE /v1/webhooks/endpoints/:id': { thing: 'endpoint' },
  'POST /v1/webhooks/endpoints/:id/rotate-secret': { thing: 'endpoint' },
  'POST /v1/webhooks/endpoints/:id/test': { thing: 'endpoint' },
  'POST /v1/webhooks/endpoints/:id/replay': { thing: 'endpoint', body: () => range },
  'POST /v1/network/nodes': { body: () => ({ code: `CALLED-${unique()}`, name: 'Called', kind: 'pop' }) },
  'GET /v1/network/nodes': {},
  'GET /v1/network/nodes/:node_id': { thing: 'node' },
  'PATCH /v1/network/nodes/:node_id': { thing: 'node', body: () => ({ name: 'Other' }) },
  'POST /v1/network/nodes/:node_id/retire': { thing: 'node' },
  'GET /v1/network/nodes/:node_id/affected': { thing: 'node' },
  'POST /v1/network/device-models': { body: () => ({ name: `Called ${unique()}`, kind: 'ont', vendor: 'Spec' }) },
  'GET /v1/network/device-models': {},
  'GET /v1/network/device-models/:model_id': { thing: 'device_model' },
  'PATCH /v1/network/device-models/:model_id': { thing: 'device_model', body: () => ({ vendor: 'Other' }) },
  'POST /v1/network/devices': { body: () => ({ name: `Called ${unique()}`, kind: 'switch' }) },
  'GET /v1/network/devices': {},
  'GET /v1/network/devices/:device_id': { thing: 'device' },
  'PATCH /v1/network/devices/:device_id': { thing: 'device', body: () => ({ firmware: '2' }) },
  'POST /v1/network/devices/:device_id/retire': { thing: 'device' },
  'PUT /v1/network/devices/:device_id/credentials': { thing: 'device', body: () => ({ snmp_community: 'spec' }) },
  'GET /v1/network/topology': {},
  'GET /v1/network/devices/:device_id/status': { thing: 'device' },
  'GET /v1/network/devices/:device_id/status/live': { thing: 'asked_device' },
  'GET /v1/services/:service_id/device/status': { thing: 'service_with_device' },
  'GET /v1/services/:service_id/device/status/live': { thing: 'service_with_device' },
  'GET /v1/network/alarms': {},
  'POST /v1/network/alarms/:alarm_id/acknowledge': { thing: 'alarm', body: () => ({ note: 'Seen' }) },
  'GET /v1/network/alarm-thresholds': {},
  'POST /v1/network/alarm-thresholds': {
    body: threshold,
  },
  'DELETE /v1/network/alarm-thresholds/:threshold_id': { thing: 'threshold' },
  'GET /v1/webhooks/events': {},
  'GET /v1/webhooks/deliveries': {},
  'GET /v1/webhooks/deliveries/:id': { thing: 'delivery' },
  'POST /v1/webhooks/deliveries/:id/redeliver': { thing: 'delivery' },
  'POST /wholesale/customers': { body: signUp },
  'GET /wholesale/customers': { query: '?q=a' },
  'GET /wholesale/customers/:customer_id': { thing: 'customer_guid' },
  'GET /operations/v1/customers': {},
  'GET /operations/v1/products': {},
};

/** Method and path of an operation, with what its parameter names. */
export function addressed(operation: string, id: string | number = 0): { method: string; path: string } {
  const [method = '', path = ''] = operation.split(' ');
  return { method, path: path.replace(/:[a-z_]+/, String(id)) + (CALLS[operation]?.query ?? '') };
}

/** The operations whose path names a thing of some partner. */
export const BY_ID = Object.keys(CALLS).filter((operation) => CALLS[operation]?.thing !== undefined);
