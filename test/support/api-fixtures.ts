import { systemActor, systemActorFor, PERMISSIONS, type Actor } from '@isp/contracts';
import { CreateApiKey, CreateUser } from '@isp/domain/access';
import { CreatePlan } from '@isp/domain/catalog';
import { CreateCustomer } from '@isp/domain/customers';
import { PrepareSubscriber } from '@isp/domain/network';
import { CreatePartner } from '@isp/domain/partners';
import { HoldJob, RequestProvisioning } from '@isp/domain/provisioning';
import { OrderInternetService, ServiceQueries } from '@isp/domain/services';
import { CreateEndpoint, SendTest } from '@isp/domain/webhooks';
import type { ApiWorld } from './api-world.js';

export const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };

/** What a path's parameter can name. */
export type Thing =
  | 'customer'
  | 'customer_guid'
  | 'suspended_customer'
  | 'service'
  | 'queued_job'
  | 'failed_job'
  | 'held_job'
  | 'doubtful_job'
  | 'networked_service'
  | 'plan'
  | 'partner'
  | 'suspended_partner'
  | 'user'
  | 'disabled_user'
  | 'api_key'
  | 'endpoint'
  | 'delivery';

let serial = 0;
const next = (): number => (serial += 1);

/** Makes things that belong to one partner, each new and nobody else's. Answers what goes into the path. */
export function factory(world: ApiWorld) {
  const use = <T>(type: abstract new (...args: never[]) => T): T =>
    world.program.app.get(type as never, { strict: false });
  const sql = world.sql;
  const make: Record<Thing, (partnerId: number) => Promise<string | number>> = {
    customer: async (partnerId) => {
      const n = next();
      const values = { name: `Made ${n}`, email: `made${n}@spec.example`, phone: `+1999${String(n).padStart(7, '0')}` };
      return (await use(CreateCustomer).execute({ actor: EVERYTHING, ...values, partnerId })).id;
    },
    customer_guid: async (partnerId) => {
      const id = await make.customer(partnerId);
      const [row] = await sql<{ guid: string }>(`SELECT guid FROM customers WHERE id = ${id}`);
      return row?.guid.toUpperCase() ?? '';
    },
    suspended_customer: async (partnerId) => {
      const id = await make.customer(partnerId);
      await sql(`UPDATE customers SET status = 'suspended' WHERE id = ${id}`);
      return id;
    },
    service: async (partnerId) => {
      const customerId = Number(await make.customer(partnerId));
      return (await use(OrderInternetService).execute({ actor: EVERYTHING, customerId, planId: 1 })).id;
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
  };
  return { make, use, sql };
}

export const PASSWORD = 'correct horse battery staple';

/** A person of a partner who can sign in with `PASSWORD`. */
export async function person(world: ApiWorld, partnerId: number, role: string): Promise<{ id: number; login: string }> {
  const login = `person.${next()}`;
  const values = {
    username: login,
    email: `${login}@spec.example`,
    fullName: login,
    password: PASSWORD,
    roles: [role],
  };
  const { id } = await factory(world)
    .use(CreateUser)
    .execute({ actor: EVERYTHING, ...values, partnerId });
  return { id, login };
}

export const unique = next;
