import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@isp/platform/config';
import { addSeconds, systemClock } from '@isp/kernel';
import { checkDestination } from '@isp/platform/http';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import {
  ROOT,
  Receiver,
  eventually,
  publishCustomers,
  type WebhooksProcess,
  partnerActor,
  webhooksProcess,
} from '../../../../test/support/webhooks-world.js';
import { DeliveryQueries } from '../deliveries/delivery.queries.js';
import { PurgeWebhooks } from '../deliveries/purge-webhooks.usecase.js';
import { CreateEndpoint, MAX_ENDPOINTS } from './create-endpoint.usecase.js';
import { DeleteEndpoint } from './delete-endpoint.usecase.js';
import { destinationPolicy } from './destination.policy.js';
import { EndpointQueries } from './endpoint.queries.js';
import { RotateSecret } from './rotate-secret.usecase.js';
import { UpdateEndpoint } from './update-endpoint.usecase.js';

const PAGE = { limit: 100, offset: 0 };
const ahead = { days: 0 };
const clock = { now: () => addSeconds(systemClock.now(), ahead.days * 86_400) };
let database: TestDatabase;
let world: WebhooksProcess;
const [mine, theirs] = [partnerActor(2), partnerActor(3)];
const create = (actor = mine, url = 'https://hooks.example.com/x') =>
  world.get(CreateEndpoint).execute({ actor, url, events: ['*'] });

beforeAll(async () => {
  database = await createTestDatabase();
  await query(
    database.ownerUrl,
    `INSERT INTO partners (name, kind) VALUES ('North', 'reseller'), ('South', 'isp'), ('East', 'isp'), ('West', 'isp')`,
  );
  world = await webhooksProcess(database.appUrl, clock);
}, 120_000);
afterAll(async () => {
  await world.close();
  await database.drop();
}, 30_000);

describe('webhook endpoints', () => {
  it('go through their life, audited, the secret nowhere but in the answer', async () => {
    const { endpoint, secret } = await create();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(endpoint).toMatchObject({ partnerId: 2, status: 'enabled', version: 1, allPartners: false });
    const changed = await world.get(UpdateEndpoint).execute({
      actor: mine,
      id: endpoint.id,
      version: 1,
      events: ['service.created', 'service.created'],
      status: 'disabled',
    });
    expect(changed).toMatchObject({
      version: 2,
      events: ['service.created'],
      status: 'disabled',
      disabledReason: 'by_owner',
    });
    await expect(
      world.get(UpdateEndpoint).execute({ actor: mine, id: endpoint.id, version: 1, description: 'late' }),
    ).rejects.toMatchObject({ kind: 'precondition_failed' });
    expect((await world.get(RotateSecret).execute({ actor: mine, id: endpoint.id })).secret).not.toBe(secret);
    await world.get(DeleteEndpoint).execute({ actor: mine, id: endpoint.id });
    await expect(world.get(EndpointQueries).get(mine, endpoint.id)).rejects.toMatchObject({ kind: 'not_found' });
    const trail = await query<{ action: string; text: string }>(
      database.superUrl,
      `SELECT action, a::text AS text FROM audit_entries a WHERE partner_id = 2 ORDER BY seq`,
    );
    expect(trail.map(({ action }) => action)).toEqual(
      ['create', 'update', 'rotate_secret', 'delete'].map((verb) => `webhook_endpoint.${verb}`),
    );
    for (const { text } of trail) expect(text).not.toContain('whsec_');
    const rows = await query<{ secret: string | null }>(
      database.superUrl,
      `SELECT secret_sealed AS secret FROM webhook_endpoints WHERE id = ${endpoint.id}`,
    );
    expect(rows).toEqual([{ secret: null }]);
  });

  it('are their partner’s alone', async () => {
    const { endpoint } = await create();
    const asOther = { actor: theirs, id: endpoint.id };
    await expect(world.get(EndpointQueries).get(theirs, endpoint.id)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(world.get(UpdateEndpoint).execute({ ...asOther, status: 'disabled' })).rejects.toMatchObject({
      kind: 'not_found',
    });
    await expect(world.get(RotateSecret).execute(asOther)).rejects.toMatchObject({ kind: 'not_found' });
    await expect(world.get(DeleteEndpoint).execute(asOther)).rejects.toMatchObject({ kind: 'not_found' });
    expect((await world.get(EndpointQueries).list(theirs, {}, PAGE)).total).toBe(0);
    expect((await world.get(EndpointQueries).list(ROOT, {}, PAGE)).rows.map(({ id }) => id)).toContain(endpoint.id);
  });

  it('hear every partner only where the operator asks for it', async () => {
    const input = { url: 'https://hooks.example.com/all', events: ['*'], allPartners: true };
    await expect(world.get(CreateEndpoint).execute({ actor: mine, ...input })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    await expect(world.get(CreateEndpoint).execute({ actor: partnerActor(1), ...input })).rejects.toMatchObject({
      kind: 'forbidden',
    });
    const { endpoint } = await create();
    await expect(
      world.get(UpdateEndpoint).execute({ actor: ROOT, id: endpoint.id, allPartners: true }),
    ).rejects.toMatchObject({ kind: 'forbidden' });
    expect((await world.get(CreateEndpoint).execute({ actor: ROOT, ...input })).endpoint.allPartners).toBe(true);
  });

  it('are limited in number', async () => {
    const actor = partnerActor(4);
    await Promise.all(Array.from({ length: MAX_ENDPOINTS }, () => create(actor)));
    await expect(create(actor)).rejects.toMatchObject({ code: 'webhooks.endpoint.too_many', kind: 'unprocessable' });
  });

  it('are refused where a request could not go, before anything is stored', async () => {
    const urls = [
      'https://10.0.0.1/',
      'https://169.254.169.254/latest',
      'https://user:pw@example.com/',
      'ftp://example.com/',
      'https://0x0a000001/',
      'nonsense',
    ];
    for (const url of urls)
      await expect(create(mine, url)).rejects.toMatchObject({
        code: 'egress.destination.refused',
        kind: 'unprocessable',
      });
    const { endpoint } = await create();
    await expect(
      world.get(UpdateEndpoint).execute({ actor: mine, id: endpoint.id, url: 'https://[::ffff:10.0.0.1]/' }),
    ).rejects.toMatchObject({ kind: 'unprocessable' });
  });

  it('go to https and public addresses only, live; a sandbox reaches its own machine', () => {
    const config = (mode: string, cidrs = '') =>
      loadConfig({
        DATABASE_URL: 'postgres://u@localhost/d',
        ISP_MASTER_KEYS: `k:${Buffer.alloc(32, 'key').toString('base64')}`,
        ISP_MODE: mode,
        ISP_WEBHOOK_ALLOWED_CIDRS: cidrs,
      });
    const allowed = (url: string, mode: string, cidrs?: string) => {
      try {
        return checkDestination(url, destinationPolicy(config(mode, cidrs))) instanceof URL;
      } catch {
        return false;
      }
    };
    expect(allowed('https://hooks.example.com/', 'live')).toBe(true);
    for (const url of [
      'http://hooks.example.com/',
      'https://127.0.0.1/',
      'https://hooks.example.com:25/',
      'https://localhost/',
    ])
      expect(allowed(url, 'live')).toBe(false);
    expect(allowed('https://10.1.2.3/', 'live', '10.1.0.0/16, 10.9.0.0/16')).toBe(true);
    expect(allowed('http://10.1.2.3/', 'live', '10.1.0.0/16')).toBe(false);
    for (const url of ['http://127.0.0.1:4000/', 'http://localhost:4000/', 'https://hooks.example.com/'])
      expect(allowed(url, 'sandbox')).toBe(true);
    expect(allowed('http://10.1.2.3/', 'sandbox')).toBe(false);
  });

  it('are forgotten 30 days after their deletion, like everything that was sent', async () => {
    const receiver = await Receiver.start();
    const actor = partnerActor(5);
    const { endpoint } = await create(actor, receiver.url);
    await publishCustomers(world, actor.partnerId, 3);
    await eventually(
      async () => (await world.get(DeliveryQueries).list(actor, { status: 'delivered' }, PAGE)).total === 3,
    );
    await receiver.stop();
    await world.get(DeleteEndpoint).execute({ actor, id: endpoint.id });
    const left = async () => {
      const tables = ['webhook_endpoints', 'webhook_events', 'webhook_deliveries', 'webhook_attempts'];
      const counts = tables.map((table) =>
        query(database.superUrl, `SELECT FROM ${table} WHERE partner_id = ${actor.partnerId}`),
      );
      return (await Promise.all(counts)).map((rows) => rows.length);
    };
    ahead.days = 29;
    await world.get(PurgeWebhooks).execute();
    expect(await left()).toEqual([1, 3, 3, 3]);
    ahead.days = 31;
    await world.get(PurgeWebhooks).execute();
    expect(await left()).toEqual([0, 0, 0, 0]);
  });
});
