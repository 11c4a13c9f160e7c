import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Actor } from '@isp/contracts';
import { systemClock } from '@isp/kernel';
import { Webhook } from 'standardwebhooks';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import {
  Receiver,
  ROOT,
  type WebhooksProcess,
  eventually,
  partnerActor,
  publishCustomers,
  webhooksProcess,
} from '../../../../test/support/webhooks-world.js';
import { CreateEndpoint, MAX_ENDPOINTS } from '../endpoints/create-endpoint.usecase.js';
import { DeleteEndpoint } from '../endpoints/delete-endpoint.usecase.js';
import { EndpointQueries } from '../endpoints/endpoint.queries.js';
import { RotateSecret } from '../endpoints/rotate-secret.usecase.js';
import { UpdateEndpoint } from '../endpoints/update-endpoint.usecase.js';
import { DeliveryQueries } from './delivery.queries.js';
import { publicEventId } from './delivery.view.js';
import { Redeliver } from './redeliver.usecase.js';
import { ReplayRange } from './replay-range.usecase.js';
import { SendTest } from './send-test.usecase.js';

const PAGE = { limit: 100, offset: 0 };
/** How far the program's clock lags behind the database's: waits that it orders are over at once when it lags a year. */
const lag = { seconds: 0 };
const clock = { now: () => new Date(systemClock.now().getTime() - lag.seconds * 1_000) };
const YEAR = 365 * 86_400;

let database: TestDatabase;
let world: WebhooksProcess;
const receivers: Receiver[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  world = await webhooksProcess(database.appUrl, clock);
}, 120_000);
afterAll(async () => {
  await world.close();
  await database.drop();
}, 30_000);
afterEach(async () => {
  lag.seconds = 0;
  await Promise.all(receivers.splice(0).map((receiver) => receiver.stop()));
  await query(
    database.ownerUrl,
    `UPDATE work_items SET status = 'cancelled', finished_at = now() WHERE status = 'queued'`,
  );
});

async function receive(): Promise<Receiver> {
  const receiver = await Receiver.start();
  receivers.push(receiver);
  return receiver;
}

/** A partner of one's own, so that tests do not hear each other's events. */
async function newPartner(): Promise<Actor> {
  const [row] = await query<{ id: number }>(
    database.ownerUrl,
    `INSERT INTO partners (name, kind) VALUES ('P', 'reseller') RETURNING id`,
  );
  return partnerActor((row as { id: number }).id);
}

function register(actor: Actor, url: string, events = ['*'], allPartners = false) {
  return world.get(CreateEndpoint).execute({ actor, url, events, allPartners });
}

const happen = (partnerId: number, count = 1) => publishCustomers(world, partnerId, count);
const deliveries = async (actor: Actor, filter = {}) =>
  (await world.get(DeliveryQueries).list(actor, filter, PAGE)).rows;
const ended = (actor: Actor, status: 'delivered' | 'failed' | 'cancelled', count = 1) =>
  eventually(async () => {
    const rows = await deliveries(actor, { status });
    return rows.length >= count ? rows : undefined;
  });
const ids = (receiver: Receiver) => receiver.got.map(({ headers }) => headers['webhook-id']);

describe('delivery', () => {
  it('brings every event, signed over the exact bytes, to its own partner and to no other', async () => {
    const [mine, other, all, operator] = await Promise.all([receive(), receive(), receive(), receive()]);
    const [actor, stranger] = [await newPartner(), await newPartner()];
    const { secret } = await register(actor, mine.url, ['customer.created']);
    await register(actor, mine.url, ['customer.updated']);
    await register(stranger, other.url);
    const { endpoint: hearsAll } = await register(ROOT, all.url, ['*'], true);
    const { endpoint: hearsOwn } = await register(ROOT, operator.url);

    await happen(actor.partnerId, 50);
    await ended(actor, 'delivered', 50);
    await eventually(() => all.got.length >= 50);

    expect(new Set(ids(mine)).size).toBe(50);
    for (const { body, headers } of mine.got) {
      const payload = new Webhook(secret).verify(body, headers) as {
        event: string;
        timestamp: string;
        data: object;
        id: string;
      };
      expect(Object.keys(payload)).toEqual(['event', 'timestamp', 'data', 'id', 'sequence']);
      expect(payload).toMatchObject({
        event: 'customer.created',
        id: headers['webhook-id'],
        data: { partner_id: actor.partnerId },
      });
      expect(payload.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Object.keys(payload.data)).toEqual(['customer_id', 'name', 'email', 'portal_id', 'partner_id']);
      expect(headers['x-isp-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
      expect(headers).toMatchObject({ 'x-isp-event': 'customer.created', 'content-type': 'application/json' });
      expect(headers['x-request-id']).toMatch(/./);
    }
    expect(ids(all).sort()).toEqual(ids(mine).sort());
    expect([other.got.length, operator.got.length]).toEqual([0, 0]);
    expect(await deliveries(stranger)).toEqual([]);
    const [first] = await deliveries(actor);
    await expect(world.get(DeliveryQueries).get(stranger, first?.id ?? 0)).rejects.toMatchObject({
      code: 'webhooks.delivery.not_found',
    });
    await expect(world.get(Redeliver).execute({ actor: stranger, deliveryId: first?.id ?? 0 })).rejects.toMatchObject({
      kind: 'not_found',
    });
    for (const { id } of [hearsAll, hearsOwn]) await world.get(DeleteEndpoint).execute({ actor: ROOT, id });
  }, 30_000);

  it('tries again after a failure: same id and bytes, new timestamp, every try written down', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    lag.seconds = YEAR;
    receiver.reply = (_, response) => {
      lag.seconds -= 10;
      response.statusCode = receiver.got.length < 3 ? 500 : 204;
      response.end(receiver.got.length < 3 ? `no\0pe ${'x'.repeat(50_000)}` : '');
    };
    await register(actor, receiver.url);
    await happen(actor.partnerId);
    const [row] = await ended(actor, 'delivered');
    const { attemptLog, payload } = await world.get(DeliveryQueries).get(actor, row?.id ?? 0);
    expect(attemptLog.map(({ number, status }) => [number, status])).toEqual([
      [1, 500],
      [2, 500],
      [3, 204],
    ]);
    expect(attemptLog[0]?.responseExcerpt?.length).toBe(2_048);
    expect(attemptLog[0]?.error).toContain('500');
    expect(new Set(ids(receiver))).toEqual(new Set([publicEventId(row?.eventId ?? '')]));
    expect(new Set(receiver.got.map(({ body }) => body))).toEqual(new Set([payload]));
    expect(new Set(receiver.got.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
  });

  it('waits as the schedule and Retry-After say', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    receiver.reply = (_, response) => void response.writeHead(429, { 'retry-after': '3600' }).end();
    await register(actor, receiver.url);
    await happen(actor.partnerId);
    const row = await eventually(async () => (await deliveries(actor)).find(({ attempts }) => attempts === 1));
    const wait = (row.nextAttemptAt as Date).getTime() - clock.now().getTime();
    expect(row).toMatchObject({ status: 'pending', lastStatus: 429 });
    expect(wait).toBeGreaterThan(3_590_000);
    expect(wait).toBeLessThanOrEqual(3_600_000);
    const [work] = await query<{ wait: number }>(
      database.ownerUrl,
      `SELECT extract(epoch FROM not_before - now())::float8 AS wait FROM work_items WHERE dedupe_key = '${row.id}:2' AND status = 'queued'`,
    );
    expect(work?.wait).toBeGreaterThan(3_580);
  });

  it('gives up after ten tries, lists it as failed, and replays it under the same id', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    lag.seconds = YEAR;
    receiver.reply = (_, response) => void response.writeHead(503).end();
    const { endpoint } = await register(actor, receiver.url);
    await happen(actor.partnerId, 7);
    const failed = await ended(actor, 'failed', 7);
    expect(failed.map(({ attempts }) => attempts)).toEqual(Array(7).fill(10));
    const tried = new Set(ids(receiver));
    expect(tried.size).toBe(7);
    expect(receiver.got).toHaveLength(70);

    receiver.got.length = 0;
    receiver.reply = (_, response) => void response.end();
    const day = 86_400_000;
    const now = systemClock.now().getTime();
    const range = { actor, endpointId: endpoint.id, from: new Date(now - day), to: new Date(now + day) };
    expect(await world.get(ReplayRange).execute({ ...range, scope: 'failed' })).toEqual({ deliveries: 7 });
    const delivered = await ended(actor, 'delivered', 7);
    expect(new Set(ids(receiver))).toEqual(tried);
    expect(delivered.map(({ attempts }) => attempts)).toEqual(Array(7).fill(11));
    expect(await world.get(ReplayRange).execute({ ...range, scope: 'failed' })).toEqual({ deliveries: 0 });
  }, 30_000);

  it('disables an endpoint that is gone, and tells its owner', async () => {
    const [receiver, watcher] = [await receive(), await receive()];
    const actor = await newPartner();
    receiver.reply = (_, response) => void response.writeHead(410).end();
    const { endpoint } = await register(actor, receiver.url, ['customer.created']);
    await register(actor, watcher.url, ['webhook.endpoint_disabled']);
    await happen(actor.partnerId);
    await eventually(() => watcher.got.length === 1);
    expect(JSON.parse(watcher.got[0]?.body ?? '')).toMatchObject({
      event: 'webhook.endpoint_disabled',
      data: { endpoint_id: endpoint.id, reason: 'gone' },
    });
    expect(await world.get(EndpointQueries).get(actor, endpoint.id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'gone',
    });
    const audited = await query(
      database.superUrl,
      `SELECT FROM audit_entries WHERE action = 'webhook_endpoint.disable' AND partner_id = ${actor.partnerId}`,
    );
    expect(audited).toHaveLength(1);
    await happen(actor.partnerId);
    await expect(world.get(SendTest).execute({ actor, endpointId: endpoint.id })).rejects.toMatchObject({
      code: 'webhooks.endpoint.disabled',
    });

    await eventually(
      async () =>
        (await query(database.superUrl, `SELECT FROM webhook_events WHERE partner_id = ${actor.partnerId}`)).length ===
        3,
    );
    await world.get(UpdateEndpoint).execute({ actor, id: endpoint.id, status: 'enabled' });
    receiver.got.length = 0;
    receiver.reply = (_, response) => void response.end();
    const now = systemClock.now().getTime();
    const range = { from: new Date(now - 60_000), to: new Date(now + 60_000) };
    // What happened while it was off was never promised to it; `all` catches up on that too.
    expect(await world.get(ReplayRange).execute({ actor, endpointId: endpoint.id, ...range, scope: 'all' })).toEqual({
      deliveries: 2,
    });
    await eventually(() => receiver.got.length === 2);
  }, 30_000);

  it('disables an endpoint after five days of failures, and cancels what waits for it', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    receiver.reply = (_, response) => void response.writeHead(500).end();
    const { endpoint } = await register(actor, receiver.url);
    await happen(actor.partnerId, 2);
    await eventually(async () => (await deliveries(actor)).filter(({ attempts }) => attempts === 1).length === 2);
    expect((await world.get(EndpointQueries).get(actor, endpoint.id)).failingSince).not.toBeNull();
    await query(
      database.superUrl,
      `UPDATE webhook_endpoints SET first_failure_at = now() - interval '5 days' WHERE id = ${endpoint.id}`,
    );
    await happen(actor.partnerId);
    await ended(actor, 'failed', 1);
    await ended(actor, 'cancelled', 2);
    expect(await world.get(EndpointQueries).get(actor, endpoint.id)).toMatchObject({
      status: 'disabled',
      disabledReason: 'failing',
    });
  });

  it('has at most five on the wire to one endpoint, and never makes another wait', async () => {
    const [slow, quick] = [await receive(), await receive()];
    const actor = await newPartner();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    slow.reply = async (_, response) => {
      await released;
      response.end();
    };
    const { endpoint } = await register(actor, slow.url);
    await register(actor, quick.url);
    await happen(actor.partnerId, 30);
    await eventually(() => quick.got.length === 30, 5_000);
    expect(slow.got).toHaveLength(5);
    release();
    await eventually(
      async () => (await deliveries(actor, { endpointId: endpoint.id, status: 'delivered' })).length === 30,
    );
    expect(slow.mostInFlight).toBe(5);
    expect(new Set(ids(slow)).size).toBe(30);
    expect(slow.got).toHaveLength(30);
  }, 30_000);

  it('reaches a good receiver while many others never answer', async () => {
    const [dead, good] = [await receive(), await receive()];
    const actor = await newPartner();
    dead.reply = () => undefined;
    for (let index = 1; index < MAX_ENDPOINTS; index += 1) await register(actor, dead.url);
    await register(actor, good.url);
    await happen(actor.partnerId, 10);
    await eventually(() => good.got.length === 10 && dead.got.length >= MAX_ENDPOINTS - 1);
    await happen(actor.partnerId, 1);
    await eventually(() => good.got.length === 11);
    // Whatever the others got is still on the wire.
    expect(dead.inFlight).toBeGreaterThanOrEqual(dead.got.length);
    expect(dead.mostInFlight).toBeLessThanOrEqual(5 * (MAX_ENDPOINTS - 1));
  });

  it('does not follow a redirect', async () => {
    const [receiver, admin] = [await receive(), await receive()];
    const actor = await newPartner();
    receiver.reply = (_, response) => void response.writeHead(302, { location: admin.url }).end();
    await register(actor, receiver.url);
    await happen(actor.partnerId);
    const row = await eventually(async () => (await deliveries(actor)).find(({ attempts }) => attempts === 1));
    expect(row).toMatchObject({ status: 'pending', lastStatus: 302 });
    expect(admin.connections).toBe(0);
  });

  it('signs with both secrets for a day after a rotation', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    const { endpoint, secret: old } = await register(actor, receiver.url);
    const { secret: fresh } = await world.get(RotateSecret).execute({ actor, id: endpoint.id });
    await world.get(SendTest).execute({ actor, endpointId: endpoint.id });
    await ended(actor, 'delivered', 1);
    const [first] = receiver.got;
    for (const secret of [old, fresh])
      expect(new Webhook(secret).verify(first?.body ?? '', first?.headers ?? {})).toBeDefined();
    await query(database.superUrl, `UPDATE webhook_endpoints SET previous_until = now() WHERE id = ${endpoint.id}`);
    await world.get(SendTest).execute({ actor, endpointId: endpoint.id });
    await ended(actor, 'delivered', 2);
    const second = receiver.got[1];
    expect(new Webhook(fresh).verify(second?.body ?? '', second?.headers ?? {})).toBeDefined();
    expect(() => new Webhook(old).verify(second?.body ?? '', second?.headers ?? {})).toThrow();
    const stored = await query<{ text: string }>(database.superUrl, `SELECT e::text AS text FROM webhook_endpoints e`);
    for (const { text } of stored) for (const secret of [old, fresh]) expect(text).not.toContain(secret);
  });

  it('delivers again, under the same id, what was received but not written down', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    await register(actor, receiver.url);
    await query(
      database.ownerUrl,
      `CREATE SEQUENCE crashes;
       CREATE FUNCTION crash() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
         $$ BEGIN PERFORM nextval('crashes'); RAISE 'crash'; END $$`,
    );
    await query(database.ownerUrl, `CREATE TRIGGER crash BEFORE INSERT ON webhook_attempts EXECUTE FUNCTION crash()`);
    await happen(actor.partnerId);
    // No rollback takes back what a sequence gave.
    const crashed = () => query<{ is_called: boolean }>(database.ownerUrl, 'SELECT is_called FROM crashes');
    await eventually(async () => (await crashed())[0]?.is_called);
    expect(receiver.got).toHaveLength(1);
    const [row] = await deliveries(actor);
    expect(row).toMatchObject({ status: 'pending', attempts: 0 });
    await query(database.ownerUrl, `DROP TRIGGER crash ON webhook_attempts`);
    // As if its 20 seconds were over.
    await query(database.superUrl, `UPDATE webhook_deliveries SET in_flight_until = now() WHERE id = ${row?.id}`);
    await query(
      database.ownerUrl,
      `UPDATE work_items SET not_before = now(), due_at = now() WHERE dedupe_key LIKE '${row?.id}:recover:%'`,
    );
    const [delivered] = await ended(actor, 'delivered');
    expect(delivered).toMatchObject({ id: row?.id, attempts: 1 });
    expect(receiver.got).toHaveLength(2);
    expect(new Set(ids(receiver)).size).toBe(1);
    const left = await query(
      database.ownerUrl,
      `SELECT FROM work_items WHERE dedupe_key LIKE '${row?.id}:%' AND status IN ('queued', 'dead')`,
    );
    expect(left).toEqual([]);
  });

  it('redelivers one on demand, and cancels for a deleted endpoint', async () => {
    const receiver = await receive();
    const actor = await newPartner();
    const { endpoint } = await register(actor, receiver.url);
    await happen(actor.partnerId);
    const [row] = await ended(actor, 'delivered');
    await world.get(Redeliver).execute({ actor, deliveryId: row?.id ?? 0 });
    await eventually(async () => (await ended(actor, 'delivered'))[0]?.attempts === 2);
    expect(new Set(ids(receiver)).size).toBe(1);
    receiver.reply = (_, response) => void response.writeHead(500).end();
    await happen(actor.partnerId);
    const pending = await eventually(async () =>
      (await deliveries(actor)).find(({ attempts, status }) => attempts === 1 && status === 'pending'),
    );
    await world.get(DeleteEndpoint).execute({ actor, id: endpoint.id });
    expect(await deliveries(actor, { status: 'cancelled' })).toMatchObject([{ id: pending.id }]);
    await expect(world.get(EndpointQueries).get(actor, endpoint.id)).rejects.toMatchObject({
      code: 'webhooks.endpoint.not_found',
    });
    await expect(world.get(Redeliver).execute({ actor, deliveryId: pending.id })).rejects.toMatchObject({
      kind: 'conflict',
    });
  });
});
