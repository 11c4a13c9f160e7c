import { PASSWORD, type Thing, unique } from './api-fixtures.js';
import { BILLING_CALLS } from './billing-calls.js';
import { FIRST_PLAN_GUID } from './api-world.js';
import { OUTAGE_CALLS } from './outage-calls.js';
import { SUPPLIER_CALLS } from './supplier-calls.js';
import { TICKET_CALLS } from './ticket-calls.js';
import { WORKFORCE_CALLS } from './workforce-calls.js';

/** How to make a call of an operation that its caller may make succeed. */
export interface Call {
  /** What the path's parameter names. */
  readonly thing?: Thing;
  readonly query?: string;
  readonly body?: () => unknown;
  /** Not at the same time: a change feed answers once in 10 minutes; a body may name what was just made. */
  readonly once?: 'service' | 'work_order' | 'body';
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
const promotion = () => ({ code: `CALLED-${unique()}`, name: 'Called', percent: 10, months: 3 });
/** One that no other call settles. */
const monthLongAgo = (n = unique()) => `20${String(n % 20).padStart(2, '0')}-${String((n % 12) + 1).padStart(2, '0')}`;
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
const NO_GUID = '00000000-0000-4000-8000-000000000000';
const square = [
  [27.69, -26.185],
  [27.7, -26.185],
  [27.7, -26.175],
  [27.69, -26.185],
];
const area = () => ({
  name: `Called ${unique()}`,
  connectivity: 'live',
  geometry: { type: 'Polygon', coordinates: [square] },
});
const premise = () => ({ full_text: `${unique()}, Called Street, Randfontein`, latitude: -26.18, longitude: 27.69 });
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
  ...BILLING_CALLS,
  ...OUTAGE_CALLS,
  ...TICKET_CALLS,
  ...WORKFORCE_CALLS,
  ...SUPPLIER_CALLS,
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
  'POST /v1/partners/:partner_id/tokens': { thing: 'partner', body: () => ({ name: 'Called' }) },
  'GET /v1/partners/:partner_id/tokens': { thing: 'partner' },
  'DELETE /v1/partners/:partner_id/tokens/:token_id': { thing: 'partner_token' },
  'GET /v1/partners/:partner_id/products': { thing: 'partner' },
  'POST /v1/partners/:partner_id/products': {
    thing: 'partner',
    body: () => ({ plan_id: 1, name: `Called ${unique()}` }),
  },
  'GET /v1/partners/:partner_id/products/:product_id': { thing: 'partner_product' },
  'GET /v1/partners/:partner_id/products/:product_id/prices': { thing: 'partner_product' },
  'PATCH /v1/partners/:partner_id/products/:product_id': {
    thing: 'partner_product',
    body: () => ({ prices: [{ type: 'monthly', tax_percent: 15, amount: 499 }] }),
  },
  'POST /v1/partners/:partner_id/products/:product_id/retire': { thing: 'partner_product' },
  'GET /v1/partners/:partner_id/promotions': { thing: 'partner' },
  'POST /v1/partners/:partner_id/promotions': { thing: 'partner', body: promotion },
  'GET /v1/partners/:partner_id/promotions/:promotion_id': { thing: 'promotion' },
  'PATCH /v1/partners/:partner_id/promotions/:promotion_id': { thing: 'promotion', body: () => ({ max_uses: 7 }) },
  'POST /v1/partners/:partner_id/promotions/:promotion_id/retire': { thing: 'promotion' },
  'GET /v1/partners/:partner_id/settlements': { thing: 'partner' },
  'POST /v1/partners/:partner_id/settlements': { thing: 'partner', body: () => ({ month: monthLongAgo() }) },
  'POST /v1/partners/:partner_id/settlements/preview': { thing: 'partner', body: () => ({ month: '2020-03' }) },
  'GET /v1/partners/:partner_id/settlements/:month': { thing: 'settled_month' },
  'GET /v1/partners/:partner_id/settlements/:month/lines': { thing: 'settled_month' },
  'GET /v1/partners/:partner_id/settlements/:month/csv': { thing: 'settled_month' },
  'GET /v1/partners/:partner_id/settlements/:month/proof': { thing: 'settled_month' },
  'GET /v1/partners/:partner_id/settlement-terms': { thing: 'partner', query: '?month=2020-03' },
  'PUT /v1/partners/:partner_id/settlement-terms': {
    thing: 'partner',
    body: () => ({ from_month: '2099-01', suspended_percent: 50 }),
  },
  'GET /v1/areas/:area_id/products': { thing: 'area' },
  'POST /v1/areas/:area_id/products': { thing: 'area', body: () => ({ plan_id: 2 }) },
  'DELETE /v1/areas/:area_id/products/:area_product_id': { thing: 'area_product' },
  'GET /wholesale/products/availability/:latitude/:longitude': {},
  'GET /wholesale/products': {},
  'GET /wholesale/products/:product_id': { thing: 'product_guid' },
  'GET /wholesale/products/:product_id/prices': { thing: 'product_guid' },
  'POST /wholesale/products': {
    body: () => ({
      parent_id: FIRST_PLAN_GUID,
      name: `Called ${unique()}`,
      pricing: [{ price_type: 'Monthly', tax: 15, value: 1 }],
    }),
  },
  'PUT /wholesale/products/:product_id': { thing: 'product_guid', body: () => ({ description: `Said ${unique()}` }) },
  'POST /wholesale/products/:product_id/retire': { thing: 'product_guid' },
  'GET /wholesale/promotions': {},
  'GET /wholesale/promotions/:promotion_id': { thing: 'promotion_guid' },
  'POST /wholesale/promotions': { body: promotion },
  'PUT /wholesale/promotions/:promotion_id': { thing: 'promotion_guid', body: () => ({ max_uses: 7 }) },
  'POST /wholesale/promotions/:promotion_id/retire': { thing: 'promotion_guid' },
  'GET /wholesale/settlements': {},
  'GET /wholesale/settlements/:month': { thing: 'own_month' },
  'GET /v1/services/:service_id/usage': { thing: 'service' },
  'GET /v1/services/:service_id/usage/chart.svg': { thing: 'service' },
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
  'GET /v1/network/devices/:device_id/samples': { thing: 'device', query: '?resolution=1h' },
  'GET /v1/services/:service_id/device/status': { thing: 'service_with_device' },
  'GET /v1/services/:service_id/device/status/live': { thing: 'service_with_device' },
  'GET /v1/network/alarms': {},
  'POST /v1/network/alarms/:alarm_id/acknowledge': { thing: 'alarm', body: () => ({ note: 'Seen' }) },
  'GET /v1/network/alarm-thresholds': {},
  'POST /v1/network/alarm-thresholds': { body: threshold },
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
  'POST /v1/areas': { body: area },
  'GET /v1/areas': {},
  'GET /v1/areas/covering': { query: '?latitude=-26.1&longitude=27.7' },
  'GET /v1/areas/:area_id': { thing: 'area' },
  'PATCH /v1/areas/:area_id': { thing: 'area', body: () => ({ name: `Called ${unique()}` }) },
  'DELETE /v1/areas/:area_id': { thing: 'area' },
  'POST /v1/premises': { body: premise },
  'GET /v1/premises': {},
  'GET /v1/premises/search': { query: '?q=main%20street' },
  'GET /v1/premises/:premise_id': { thing: 'premise' },
  'PATCH /v1/premises/:premise_id': { thing: 'premise', body: () => ({ suburb: `Called ${unique()}` }) },
  'DELETE /v1/premises/:premise_id': { thing: 'premise' },
  'GET /v1/premises/:premise_id/history': { thing: 'premise' },
  'POST /v1/premise-imports': { body: () => ({ kind: 'addresses_csv' }) },
  'GET /v1/premise-imports': {},
  'GET /v1/premise-imports/:import_id': { thing: 'premise_import' },
  'GET /v1/premise-imports/:import_id/rows': { thing: 'premise_import' },
  'PUT /v1/premise-imports/:import_id/parts/:part': { thing: 'premise_import', body: () => 'key,full_text' },
  'POST /v1/premise-imports/:import_id/start': { thing: 'whole_import' },
  'POST /v1/premise-imports/:import_id/cancel': { thing: 'premise_import' },
  'GET /wholesale/predefined-premises': { query: '?q=main%20street' },
  'GET /wholesale/premises': {},
  'GET /wholesale/premises/:premise_id': { thing: 'premise_guid' },
  'POST /wholesale/customers': { body: signUp },
  'GET /wholesale/customers': { query: '?q=a' },
  'GET /wholesale/customers/:customer_id': { thing: 'customer_guid' },
  'GET /wholesale/services/snapshot': { once: 'service' },
  'GET /wholesale/work-orders/snapshot': { once: 'work_order' },
  'GET /wholesale/services/:service_id/device/status': { thing: 'service_with_device_guid' },
  'GET /wholesale/services/:service_id/device/status/live': { thing: 'service_with_device_guid' },
  'GET /wholesale/services/:service_id/radius/status': { thing: 'service_guid' },
  'GET /wholesale/services/:service_id/radius/usage': { thing: 'service_guid' },
  // What there is to order, and for whom, the caller knows.
  'POST /wholesale/services/full': {
    body: () => ({
      customer: { id: NO_GUID },
      premise: { external_reference: NO_GUID },
      service: { product_id: NO_GUID },
    }),
  },
  'POST /wholesale/services': {
    body: () => ({ customer_id: NO_GUID, premise_id: NO_GUID, product_id: NO_GUID }),
  },
  'GET /wholesale/services': {},
  'GET /wholesale/services/:service_id': { thing: 'line_guid' },
  'GET /wholesale/services/:service_id/full': { thing: 'line_guid' },
  'PUT /wholesale/services/:service_id': { thing: 'line_guid', body: () => ({ isp_reference: `Called ${unique()}` }) },
  'DELETE /wholesale/services/:service_id': { thing: 'line_guid' },
  'GET /wholesale/customers/:customer_id/services': { thing: 'customer_guid' },
  'GET /wholesale/work-orders': {},
  'GET /wholesale/work-orders/:work_order_id': { thing: 'work_order_guid' },
};

/** Method and path of an operation, with what its parameters name: one id, or several as `12/34`. */
export function addressed(operation: string, id: string | number = 0): { method: string; path: string } {
  const [method = '', path = ''] = operation.split(' ');
  const ids = String(id).split('/');
  const named = path
    .replace(':version', '1')
    .replace(':visit_type', 'survey')
    .replace(/:part(?![a-z_])/, '1')
    .replaceAll(/:[a-z_]+/g, () => (ids.length > 1 ? ids.shift() : ids[0]) ?? '');
  return { method, path: named + (CALLS[operation]?.query ?? '') };
}

/** The operations whose path names a thing of some partner. */
export const BY_ID = Object.keys(CALLS).filter((operation) => CALLS[operation]?.thing !== undefined);
