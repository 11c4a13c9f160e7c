import { PERMISSIONS, type Actor, systemActor, systemActorFor } from '@isp/contracts';
import { CreateApiKey, CreateUser } from '@isp/domain/access';
import { CreateBandwidthProfile, CreatePlan } from '@isp/domain/catalog';
import { CreateCustomer } from '@isp/domain/customers';
import {
  CreateDevice,
  CreateNode,
  DeviceModels,
  PoolRegister,
  PrefixRegister,
  PrepareSubscriber,
  Reservations,
  SetNas,
  VlanRanges,
  VrfRegister,
} from '@isp/domain/network';
import { CreatePartner } from '@isp/domain/partners';
import { PlaceOrder } from '@isp/domain/ordering';
import { ManageAreas, ManagePremises, PremiseQueries, ReceiveImport } from '@isp/domain/premises';
import { HoldJob, RequestProvisioning } from '@isp/domain/provisioning';
import {
  ChangeServicePlan,
  OrderInternetService,
  PauseService,
  ServiceQueries,
  SuspendService,
} from '@isp/domain/services';
import { CreateEndpoint, SendTest } from '@isp/domain/webhooks';
import { CreateWorkOrder, HoldWorkOrder } from '@isp/domain/work-orders';
import type { ApiWorld } from './api-world.js';
import { type Plot, type Town, buildTown } from './town.js';
import { offerFixtures } from './offer-fixtures.js';
import { recordFixtures } from './record-fixtures.js';

export const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };

/** What a path's parameter can name. */
export type Thing =
  | 'customer'
  | 'customer_guid'
  | 'suspended_customer'
  | 'service'
  | 'active_service'
  | 'suspended_service'
  | 'paused_service'
  | 'service_change'
  | 'queued_job'
  | 'failed_job'
  | 'held_job'
  | 'doubtful_job'
  | 'networked_service'
  | 'plan'
  | 'bandwidth_profile'
  | 'partner'
  | 'suspended_partner'
  | 'partner_token'
  | 'user'
  | 'disabled_user'
  | 'api_key'
  | 'endpoint'
  | 'delivery'
  | 'vrf'
  | 'prefix'
  | 'pool'
  | 'reservation'
  | 'address'
  | 'vlan'
  | 'subscribed_service'
  | 'throttled_service'
  | 'nas'
  | 'node'
  | 'device'
  | 'asked_device'
  | 'device_model'
  | 'alarm'
  | 'threshold'
  | 'service_with_device'
  | keyof ReturnType<typeof recordFixtures>['make']
  | 'service_with_device_guid'
  | 'service_guid'
  | 'line_guid'
  | 'work_order'
  | 'held_work_order'
  | 'work_order_guid'
  | 'area'
  | 'premise'
  | 'premise_guid'
  | 'premise_import'
  | 'whole_import'
  | 'partner_product'
  | 'product_guid'
  | 'promotion'
  | 'promotion_guid'
  | 'settled_month'
  | 'own_month'
  | 'area_product';

let serial = 0;
const next = (): number => (serial += 1);

const PLOTS = 300;
const towns = new WeakMap<ApiWorld, { readonly town: Promise<Town>; next: number }>();

/** Makes things that belong to one partner, each new and nobody else's. Answers what goes into the path. */
export function factory(world: ApiWorld) {
  const use = <T>(type: abstract new (...args: never[]) => T): T =>
    world.program.app.get(type as never, { strict: false });
  const sql = world.sql;
  /** Gives a service what the network needs to know of it. */
  const subscribed = async (serviceId: number): Promise<number> => {
    const [row] = await sql<{ partnerId: number; customerId: number; serviceGuid: string }>(
      `SELECT partner_id AS "partnerId", customer_id AS "customerId", guid AS "serviceGuid" FROM services WHERE id = ${serviceId}`,
    );
    if (!row) throw new Error(`there is no service ${serviceId}`);
    const speeds = { downloadMbps: 10, uploadMbps: 5 };
    await use(PrepareSubscriber).execute({ actor: EVERYTHING, serviceId, ...row, ...speeds });
    return serviceId;
  };
  const guidOf = async (table: string, id: string | number): Promise<string> => {
    const [row] = await sql<{ guid: string }>(`SELECT guid FROM ${table} WHERE id = ${id}`);
    return row?.guid.toUpperCase() ?? '';
  };
  const records = recordFixtures(use, sql, (what, partnerId) => make[what](partnerId));
  const make: Record<Thing, (partnerId: number) => Promise<string | number>> = {
    customer: async (partnerId) => {
      const n = next();
      const values = { name: `Made ${n}`, email: `made${n}@spec.example`, phone: `+1999${String(n).padStart(7, '0')}` };
      return (await use(CreateCustomer).execute({ actor: EVERYTHING, ...values, partnerId })).id;
    },
    customer_guid: async (partnerId) => guidOf('customers', await make.customer(partnerId)),
    suspended_customer: async (partnerId) => {
      const id = await make.customer(partnerId);
      await sql(`UPDATE customers SET status = 'suspended' WHERE id = ${id}`);
      return id;
    },
    service: async (partnerId) => {
      const customerId = Number(await make.customer(partnerId));
      return (await use(OrderInternetService).execute({ actor: EVERYTHING, customerId, planId: 1 })).id;
    },
    active_service: async (partnerId) => {
      const id = await make.service(partnerId);
      await sql(
        `UPDATE services SET status = 'active', operational_status = 'running', activated_at = now() WHERE id = ${id}`,
      );
      return id;
    },
    suspended_service: async (partnerId) => {
      const serviceId = Number(await make.active_service(partnerId));
      return (await use(SuspendService).execute({ actor: EVERYTHING, serviceId })).id;
    },
    paused_service: async (partnerId) => {
      const serviceId = Number(await make.active_service(partnerId));
      await use(PauseService).execute({ actor: EVERYTHING, serviceId, until: '2199-01-01' });
      return serviceId;
    },
    service_change: async (partnerId) => {
      const serviceId = Number(await make.active_service(partnerId));
      const ordered = { actor: EVERYTHING, serviceId, planId: 2, when: 'period_end' } as const;
      return `${serviceId}/${(await use(ChangeServicePlan).execute(ordered)).change.id}`;
    },
    subscribed_service: async (partnerId) => subscribed(Number(await make.service(partnerId))),
    throttled_service: async (partnerId) => {
      const id = Number(await make.networked_service(partnerId));
      await sql(`INSERT INTO throttling_events (partner_id, customer_id, service_id, cause, action, period, at, usage_bytes, limit_bytes, download_kbps, upload_kbps)
                 SELECT partner_id, customer_id, id, 'fair_use', 'throttle', date_trunc('month', now()), now(), 2, 1, 1000, 500 FROM services WHERE id = ${id}`);
      return id;
    },
    nas: async () => {
      const n = next();
      const [row] = await sql<{ id: number }>(
        `INSERT INTO devices (name, driver) VALUES ('nas-${n}', 'simulated') RETURNING id`,
      );
      const values = {
        deviceId: row?.id ?? 0,
        address: `2001:db8:1::${n.toString(16)}`,
        secret: 'spec-secret-of-a-nas',
      };
      return (await use(SetNas).execute({ actor: EVERYTHING, ...values })).deviceId;
    },
    queued_job: async (partnerId) => {
      const serviceId = Number(await make.service(partnerId));
      return (await use(RequestProvisioning).execute({ actor: EVERYTHING, serviceId, request: {} })).id;
    },
    failed_job: async (partnerId) => {
      const id = await make.queued_job(partnerId);
      await sql(`UPDATE services SET status = 'failed' WHERE id = (SELECT service_id FROM provisioning_jobs WHERE id = ${id});
                 UPDATE provisioning_jobs SET status = 'failed', finished_at = now() WHERE id = ${id}`);
      return id;
    },
    held_job: async (partnerId) => {
      const id = Number(await make.queued_job(partnerId));
      await use(HoldJob).execute({ actor: EVERYTHING, jobId: id, reason: 'Made so' });
      return id;
    },
    // Over, and nobody knows what its router does now.
    doubtful_job: async (partnerId) => {
      const id = await make.failed_job(partnerId);
      await sql(`INSERT INTO provisioning_steps (partner_id, provisioning_job_id, position, name, status)
                 VALUES (${partnerId}, ${id}, 4, 'router', 'intended');
                 UPDATE provisioning_jobs SET status = 'dead', hold_reason = 'device_state_unknown', held_at = now() WHERE id = ${id}`);
      return id;
    },
    networked_service: async (partnerId) => {
      const id = Number(await make.service(partnerId));
      const service = await use(ServiceQueries).get(EVERYTHING, id);
      const { customerId, guid: serviceGuid } = service;
      const subscriber = { actor: EVERYTHING, partnerId, customerId, serviceId: id, serviceGuid };
      await use(PrepareSubscriber).execute({ ...subscriber, downloadMbps: 1, uploadMbps: 1 });
      await sql(`UPDATE services SET status = 'active' WHERE id = ${id}`);
      return id;
    },
    plan: async () => {
      const values = { name: 'Made', category: 'Spec', serviceType: 'voice', monthlyAmount: '9.99' } as const;
      return (await use(CreatePlan).execute({ actor: EVERYTHING, sku: `MADE-${next()}`, ...values })).id;
    },
    bandwidth_profile: async () => {
      const values = { name: `made-${next()}`, downloadKbps: 800, uploadKbps: 80 };
      return (await use(CreateBandwidthProfile).execute({ actor: EVERYTHING, ...values })).id;
    },
    partner: async () =>
      (await use(CreatePartner).execute({ actor: EVERYTHING, name: `Made ${next()}`, kind: 'reseller' })).id,
    suspended_partner: async () => {
      const id = await make.partner(1);
      await sql(`UPDATE partners SET status = 'suspended' WHERE id = ${id}`);
      return id;
    },
    user: async (partnerId) => {
      const n = next();
      const [row] = await sql<{ id: number }>(
        `INSERT INTO users (partner_id, username, email, full_name) VALUES (${partnerId}, 'made.${n}', 'made.${n}@spec.example', 'Made ${n}') RETURNING id`,
      );
      return row?.id ?? 0;
    },
    disabled_user: async (partnerId) => {
      const id = await make.user(partnerId);
      await sql(`UPDATE users SET status = 'disabled' WHERE id = ${id}`);
      return id;
    },
    api_key: async (partnerId) => {
      const scopes = ['customer.read'] as const;
      return (await use(CreateApiKey).execute({ actor: EVERYTHING, partnerId, name: 'made', scopes, reach: 'partner' }))
        .apiKey.id;
    },
    partner_token: async (partnerId) => `${partnerId}/${await make.api_key(partnerId)}`,
    endpoint: async (partnerId) => {
      // A partner may have 50; those of the calls before are done with.
      await sql(`DELETE FROM webhook_endpoints e WHERE id < (SELECT max(id) - 40 FROM webhook_endpoints)
                    AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.endpoint_id = e.id)`);
      const actor = systemActorFor('spec', partnerId);
      const created = await use(CreateEndpoint).execute({ actor, url: 'https://hooks.spec.example/x', events: ['*'] });
      return created.endpoint.id;
    },
    delivery: async (partnerId) => {
      const endpointId = Number(await make.endpoint(partnerId));
      return (await use(SendTest).execute({ actor: systemActorFor('spec', partnerId), endpointId })).id;
    },
    vrf: async () => (await use(VrfRegister).create(EVERYTHING, { name: `Made ${next()}` })).id,
    prefix: async () => {
      // A VRF of its own, so that no other prefix is in the way.
      const place = {
        vrfId: Number(await make.vrf(1)),
        prefix: '10.0.0.0/28',
        role: 'assignment',
        deviceId: 1,
      } as const;
      return (await use(PrefixRegister).create({ actor: EVERYTHING, ...place })).id;
    },
    pool: async () => {
      const values = { prefixId: Number(await make.prefix(1)), name: `Made ${next()}`, kind: 'ipv4' } as const;
      return (await use(PoolRegister).create({ actor: EVERYTHING, ...values })).id;
    },
    reservation: async (partnerId) => {
      const [pool] = await sql<{ vrf_id: number }>(`SELECT vrf_id FROM ip_pools WHERE id = ${await make.pool(1)}`);
      const customerId = Number(await make.customer(partnerId));
      const values = { vrfId: pool?.vrf_id ?? 0, address: '10.0.0.5', customerId };
      return (await use(Reservations).reserve({ actor: EVERYTHING, ...values })).id;
    },
    address: () => Promise.resolve('192.168.1.77'),
    vlan: async () => {
      const port = `made-${next()}`;
      await use(VlanRanges).define({ actor: EVERYTHING, deviceId: 1, port, first: 10, last: 40 });
      const [row] = await sql<{ id: number }>(`SELECT id FROM vlans WHERE port = '${port}'`);
      return row?.id ?? 0;
    },
    node: async () => {
      const code = `MADE-${next()}`;
      return (await use(CreateNode).execute({ actor: EVERYTHING, code, name: 'Made', kind: 'pop' })).id;
    },
    device: async () => {
      const values = { name: `made ${next()}`, kind: 'switch' } as const;
      return (await use(CreateDevice).execute({ actor: EVERYTHING, values })).id;
    },
    asked_device: async () => {
      const values = { name: `made ${next()}`, kind: 'ont', statusDriver: 'simulated' } as const;
      return (await use(CreateDevice).execute({ actor: EVERYTHING, values })).id;
    },
    device_model: async () => {
      const values = { name: `made ${next()}`, kind: 'ont', vendor: 'Spec', oids: {} } as const;
      return (await use(DeviceModels).create({ actor: EVERYTHING, ...values })).id;
    },
    alarm: async () => {
      const [row] = await sql<{ id: number }>(
        `INSERT INTO alarms (device_id, source, severity, message) VALUES (${await make.device(1)}, 'reachability', 'critical', 'Made') RETURNING id`,
      );
      return row?.id ?? 0;
    },
    threshold: async () => {
      const [row] = await sql<{ id: number }>(
        `INSERT INTO alarm_thresholds (metric, model_id, direction, warning) VALUES ('cpuPercent', ${await make.device_model(1)}, 'above', 1) RETURNING id`,
      );
      return row?.id ?? 0;
    },
    line_guid: async (partnerId) => {
      const { plot, town } = await orderable();
      const { order } = await use(PlaceOrder).execute({
        actor: systemActorFor('spec', partnerId),
        customer: { guid: String(await make.customer_guid(partnerId)).toLowerCase() },
        premise: { guid: plot.guid },
        productGuid: town.product,
        fields: { customer: 'c', premise: 'p', product: 'p', promotion: 'p' },
      });
      return order.serviceGuid.toUpperCase();
    },
    work_order: async (partnerId) => {
      const serviceId = Number(await make.service(partnerId));
      return (await use(CreateWorkOrder).execute({ actor: EVERYTHING, serviceId })).id;
    },
    held_work_order: async (partnerId) => {
      const workOrderId = Number(await make.work_order(partnerId));
      await use(HoldWorkOrder).execute({ actor: EVERYTHING, workOrderId, reason: 'Made so' });
      return workOrderId;
    },
    work_order_guid: async (partnerId) => guidOf('work_orders', await make.work_order(partnerId)),
    service_with_device: async (partnerId) => withDevice(await make.service(partnerId)),
    service_with_device_guid: async (partnerId) => guidOf('services', await make.service_with_device(partnerId)),
    service_guid: async (partnerId) => guidOf('services', await make.subscribed_service(partnerId)),
    area: async () => {
      const corners = [
        [27.69, -26.185],
        [27.7, -26.185],
        [27.7, -26.175],
        [27.69, -26.185],
      ];
      const values = {
        name: `Made ${next()}`,
        connectivity: 'live',
        geometry: { type: 'Polygon', coordinates: [corners] },
      } as const;
      return (await use(ManageAreas).create({ actor: EVERYTHING, ...values })).id;
    },
    premise: async () => {
      const values = { full_text: `${next()}, Made Street, Randfontein`, latitude: -26.18, longitude: 27.69 };
      return (await use(ManagePremises).create({ actor: EVERYTHING, values })).id;
    },
    premise_guid: async () => (await use(PremiseQueries).getById(EVERYTHING, Number(await make.premise(1)))).guid,
    premise_import: async () => (await use(ReceiveImport).open({ actor: EVERYTHING, kind: 'addresses_csv' })).id,
    whole_import: async () => {
      const id = Number(await make.premise_import(1));
      await use(ReceiveImport).putPart(EVERYTHING, id, 1, Buffer.from('key,full_text,latitude,longitude\n'));
      return id;
    },
    ...records.make,
    ...offerFixtures(use, sql, (partnerId) => make.area(partnerId)),
  };
  /** Gives a service the device that carries it. */
  const withDevice = async (service: string | number): Promise<number> => {
    await sql(`UPDATE devices SET service_id = ${service} WHERE id = ${await make.asked_device(1)}`);
    return Number(service);
  };
  const orderable = async (): Promise<{ plot: Plot; town: Town }> => {
    const built = towns.get(world) ?? { town: buildTown(sql, PLOTS), next: 0 };
    towns.set(world, built);
    const plot = (await built.town).plots[(built.next += 1)];
    if (!plot) throw new Error('every premise is taken');
    return { plot, town: await built.town };
  };
  return { ...records, make, use, sql, subscribed, withDevice, orderable };
}

export const PASSWORD = 'correct horse battery staple';

/** A person of a partner who can sign in with `PASSWORD`. */
export async function person(world: ApiWorld, partnerId: number, role: string): Promise<{ id: number; login: string }> {
  const login = `person.${next()}`;
  const values = { username: login, fullName: login, password: PASSWORD, roles: [role] };
  const { id } = await factory(world)
    .use(CreateUser)
    .execute({ actor: EVERYTHING, ...values, email: `${login}@spec.example`, partnerId });
  return { id, login };
}

export const unique = next;
