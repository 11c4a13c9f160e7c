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
const nas = () => ({ device_id: 1, address: `2001:db8::${unique().toString(16)}`, secret: 'spec-secret-of-a-nas' });
const KINDS = ['router', 'bng', 'switch', 'olt', 'ont'];
let thresholds = 0;
/** One that does not exist yet: there is one for each figure, direction and kind. */
const threshold = () => {
  const n = (thresholds += 1);
  const metric = ['cpu_percent', 'memory_percent', 'wifi_clients', 'voltage_volts'][Math.floor(n / 10) % 4];
  return { metric, direction: n % 2 ? 'above' : 'below', kind: KINDS[Math.floor(n / 2) % 5], warning: 1 };
};
const range = { from: '2025-01-29T00:00:00Z', to: '2025-01-30T00:00:00Z' };

/** A prefix that nobody else has. */
const network = (n = unique()) => `10.${(n >> 8) & 255}.${n & 255}.0/24`;
const hex3 = (): string => (unique() & 4095).toString(16).padStart(3, '0');

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
  'POST /v1/customers/:customer_id/services/voice': { thing: 'customer', body: () => ({ plan_id: 9 }) },
  'POST /v1/customers/:customer_id/services/bundle': {
    thing: 'customer',
    body: () => ({
      plan_id: 11,
      services: [
        { service_type: 'internet', plan_id: 1 },
        { service_type: 'voice', plan_id: 9 },
      ],
    }),
  },
  'GET /v1/services': {},
  'GET /v1/services/:service_id': { thing: 'service' },
  'PATCH /v1/services/:service_id': { thing: 'service', body: () => ({ notes: `Note ${unique()}` }) },
  'POST /v1/services/:service_id/suspend': { thing: 'active_service', body: () => ({ reason: 'Asked' }) },
  'POST /v1/services/:service_id/reactivate': { thing: 'suspended_service', body: () => ({}) },
  'POST /v1/services/:service_id/pause': { thing: 'active_service', body: () => ({ until: '2199-01-01' }) },
  'POST /v1/services/:service_id/resume': { thing: 'paused_service', body: () => ({}) },
  'POST /v1/services/:service_id/terminate': { thing: 'active_service', body: () => ({ reason: 'Moved' }) },
  'GET /v1/services/:service_id/history': { thing: 'service' },
  'GET /v1/services/:service_id/changes': { thing: 'service' },
  'POST /v1/services/:service_id/changes/:change_id/cancel': { thing: 'service_change' },
  'POST /v1/services/:service_id/change-plan': { thing: 'active_service', body: () => ({ plan_id: 2 }) },
  'POST /v1/services/:service_id/change-plan/preview': { thing: 'service', body: () => ({ plan_id: 2 }) },
  'POST /v1/services/:service_id/relocate': {
    thing: 'service',
    body: () => ({ installation_address: { street: `Way ${unique()}`, city: 'Port', zip: '1' } }),
  },
  'POST /v1/services/:service_id/static-ip': { thing: 'service', body: () => ({ enabled: true }) },
  'POST /v1/services/:service_id/provision': { thing: 'service', body: () => ({ priority: 'low' }) },
  'GET /v1/provisioning/jobs': {},
  'GET /v1/provisioning/jobs/:job_id': { thing: 'queued_job' },
  'POST /v1/provisioning/jobs/:job_id/cancel': { thing: 'queued_job' },
  'POST /v1/provisioning/jobs/:job_id/retry': { thing: 'failed_job' },
  // A job that is over: of another one the answer would not end.
  'GET /v1/provisioning/jobs/:job_id/events': { thing: 'failed_job' },
  'POST /v1/provisioning/jobs/:job_id/hold': { thing: 'queued_job', body: () => ({ reason: 'Spliced tomorrow' }) },
  'POST /v1/provisioning/jobs/:job_id/release': { thing: 'held_job' },
  'POST /v1/provisioning/jobs/:job_id/resolve': {
    thing: 'doubtful_job',
    body: () => ({ step: 'router', note: 'Taken off by hand' }),
  },
  'POST /v1/provisioning/jobs/:job_id/reschedule': {
    thing: 'queued_job',
    body: () => ({ scheduled_time: '2099-02-02T09:00:00Z' }),
  },
  'POST /v1/provisioning/jobs/:job_id/rollback': { thing: 'doubtful_job' },
  'POST /v1/services/:service_id/move': { thing: 'networked_service', body: () => ({ priority: 'low' }) },
  'GET /v1/plans': {},
  'GET /v1/plans/:plan_id': { thing: 'plan' },
  'POST /v1/plans': { body: plan },
  'PATCH /v1/plans/:plan_id': { thing: 'plan', body: () => ({ monthly_fee: 74.99 }) },
  'POST /v1/plans/:plan_id/retire': { thing: 'plan' },
  'GET /v1/plans/:plan_id/versions': { thing: 'plan' },
  'GET /v1/plans/:plan_id/versions/:version': { thing: 'plan' },
  'GET /v1/bandwidth-profiles': {},
  'GET /v1/bandwidth-profiles/:profile_id': { thing: 'bandwidth_profile' },
  'POST /v1/bandwidth-profiles': { body: () => ({ name: `called-${unique()}`, download_kbps: 900, upload_kbps: 90 }) },
  'PATCH /v1/bandwidth-profiles/:profile_id': { thing: 'bandwidth_profile', body: () => ({ upload_kbps: 91 }) },
  'POST /v1/bandwidth-profiles/:profile_id/retire': { thing: 'bandwidth_profile' },
  'POST /v1/partners': { body: () => ({ name: `Called ${unique()}` }) },
  'GET /v1/partners': {},
  'GET /v1/partners/:partner_id': { thing: 'partner' },
  'PATCH /v1/partners/:partner_id': { thing: 'partner', body: () => ({ tier: 'enterprise' }) },
  'POST /v1/partners/:partner_id/suspend': { thing: 'partner', body: () => ({ reason: 'Ended' }) },
  'POST /v1/partners/:partner_id/reactivate': { thing: 'suspended_partner', body: () => ({}) },
  'GET /v1/services/:service_id/usage': { thing: 'service' },
  'GET /v1/services/:service_id/bandwidth': { thing: 'service' },
  'GET /v1/services/:service_id/usage/throttling': { thing: 'service' },
  'POST /v1/services/:service_id/usage/restore': { thing: 'throttled_service', body: () => ({}) },
  'GET /v1/customers/:customer_id/usage': { thing: 'customer' },
  'GET /v1/usage': {},
  'GET /v1/network/drift': {},
  'POST /v1/network/reconcile': { body: () => ({ routers: true }) },
  'GET /v1/services/:service_id/network': { thing: 'subscribed_service' },
  'POST /v1/services/:service_id/converge': { thing: 'subscribed_service' },
  'GET /v1/network/sessions': {},
  'GET /v1/services/:service_id/sessions': { thing: 'service' },
  'GET /v1/services/:service_id/auth-attempts': { thing: 'service' },
  'GET /v1/services/:service_id/credentials': { thing: 'subscribed_service' },
  'POST /v1/services/:service_id/credentials/rotate': { thing: 'subscribed_service' },
  'GET /v1/network/nas': {},
  'GET /v1/network/nas/:device_id': { thing: 'nas' },
  'POST /v1/network/nas': { body: nas },
  'PATCH /v1/network/nas/:device_id': { thing: 'nas', body: () => ({ identifier: 'other' }) },
  'DELETE /v1/network/nas/:device_id': { thing: 'nas' },
  'POST /v1/network/nas/:device_id/rotate-secret': { thing: 'nas' },
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
  'GET /v1/network/vrfs': {},
  'GET /v1/network/vrfs/:vrf_id': { thing: 'vrf' },
  'POST /v1/network/vrfs': { body: () => ({ name: `Called ${unique()}` }) },
  'PATCH /v1/network/vrfs/:vrf_id': { thing: 'vrf', body: () => ({ description: 'Other' }) },
  'DELETE /v1/network/vrfs/:vrf_id': { thing: 'vrf' },
  'GET /v1/network/prefixes': { query: '?within=10.0.0.0/8' },
  'GET /v1/network/prefixes/:prefix_id': { thing: 'prefix' },
  'POST /v1/network/prefixes': { body: () => ({ prefix: network(), role: 'container' }) },
  'PATCH /v1/network/prefixes/:prefix_id': { thing: 'prefix', body: () => ({ description: 'Other' }) },
  'DELETE /v1/network/prefixes/:prefix_id': { thing: 'prefix' },
  'GET /v1/network/pools': {},
  'GET /v1/network/pools/:pool_id': { thing: 'pool' },
  'GET /v1/network/pools/:pool_id/addresses': { thing: 'pool', query: '?state=free' },
  'POST /v1/network/pools': {
    // The sandbox's IPv6 prefix has room.
    body: () => ({ prefix_id: 4, name: `Called ${unique()}`, kind: 'delegated', prefix: `2001:db8:8${hex3()}::/48` }),
  },
  'PATCH /v1/network/pools/:pool_id': { thing: 'pool', body: () => ({ status: 'paused' }) },
  'POST /v1/network/pools/:pool_id/retire': { thing: 'pool' },
  'DELETE /v1/network/pools/:pool_id': { thing: 'pool' },
  'GET /v1/network/reservations': {},
  'GET /v1/network/reservations/:reservation_id': { thing: 'reservation' },
  'POST /v1/network/reservations': { body: () => ({ address: `100.64.15.${unique() % 250}`, customer_id: 1 }) },
  'DELETE /v1/network/reservations/:reservation_id': { thing: 'reservation' },
  'GET /v1/network/addresses/:address': { thing: 'address' },
  'GET /v1/network/addresses/:address/history': { thing: 'address', query: '?at=2025-01-29T10:30:00Z' },
  'GET /v1/network/vlans': {},
  'POST /v1/network/vlans': { body: () => ({ device_id: 1, port: `called-${unique()}`, first: 100, last: 101 }) },
  'DELETE /v1/network/vlans/:id': { thing: 'vlan' },
  'POST /wholesale/customers': { body: signUp },
  'GET /wholesale/customers': { query: '?q=a' },
  'GET /wholesale/customers/:customer_id': { thing: 'customer_guid' },
  'GET /operations/v1/customers': {},
  'GET /operations/v1/products': {},
};

/** Method and path of an operation, with what its parameters name: one id, or several as `12/34`. */
export function addressed(operation: string, id: string | number = 0): { method: string; path: string } {
  const [method = '', path = ''] = operation.split(' ');
  const ids = String(id).split('/');
  const named = path
    .replace(':version', '1')
    .replaceAll(/:[a-z_]+/g, () => (ids.length > 1 ? ids.shift() : ids[0]) ?? '');
  return { method, path: named + (CALLS[operation]?.query ?? '') };
}

/** The operations whose path names a thing of some partner. */
export const BY_ID = Object.keys(CALLS).filter((operation) => CALLS[operation]?.thing !== undefined);
