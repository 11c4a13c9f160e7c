import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import { query } from '../../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-postgres.js';
import { type WebhooksHttp, webhooksHttp } from '../../../../test/support/webhooks-http.js';
import { coreErrorRenderer } from '../core.errors.js';
import { CoreWebhooksModule } from './core-webhooks.module.js';
import * as schema from './webhooks.schema.js';

const ENDPOINTS = '/v1/webhooks/endpoints';
const BODY = { url: 'https://hooks.example.com/isp', description: 'CRM', events: ['customer.created'] };
let database: TestDatabase;
let api: WebhooksHttp;

beforeAll(async () => {
  database = await createTestDatabase();
  await query(database.ownerUrl, `INSERT INTO partners (name, kind) VALUES ('North', 'reseller'), ('South', 'isp')`);
  api = await webhooksHttp(database.appUrl, systemClock, CoreWebhooksModule, coreErrorRenderer);
}, 120_000);
afterAll(async () => {
  await api.close();
  await database.drop();
}, 30_000);

describe('/v1/webhooks', () => {
  it('registers, shows, changes, tests, rotates, replays and deletes an endpoint', async () => {
    const created = await api.request('partner-2', 'POST', ENDPOINTS, BODY);
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    schema.endpointWithSecretAnswer.strict().parse(created.body);
    const place = created.headers.get('location') as string;
    expect(place).toBe(`${ENDPOINTS}/${String(created.body['id'])}`);

    const shown = await api.request('partner-2', 'GET', place);
    expect(shown.status).toBe(200);
    expect(shown.headers.get('etag')).toBe('"1"');
    schema.endpointAnswer.strict().parse(shown.body);

    const changed = await api.request('partner-2', 'PATCH', place, { events: ['*'] }, { 'if-match': '"1"' });
    expect([changed.status, changed.body['events'], changed.headers.get('etag')]).toEqual([200, ['*'], '"2"']);
    expect((await api.request('partner-2', 'PATCH', place, { events: ['*'] }, { 'if-match': '"1"' })).status).toBe(412);

    const test = await api.request('partner-2', 'POST', `${place}/test`);
    expect(test.status).toBe(202);
    schema.deliveryAnswer.strict().parse(test.body);
    const delivery = test.headers.get('location') as string;
    const detail = await api.request('partner-2', 'GET', delivery);
    schema.deliveryDetailAnswer.strict().parse(detail.body);
    expect(detail.body).toMatchObject({ event: 'webhook.test', status: 'pending', attempts: 0, attempt_log: [] });
    expect((await api.request('partner-2', 'POST', `${delivery}/redeliver`)).status).toBe(202);

    const rotated = await api.request('partner-2', 'POST', `${place}/rotate-secret`);
    expect(rotated.body['secret']).not.toBe(created.body['secret']);
    expect(rotated.body['previous_secret_until']).toMatch(/Z$/);

    const range = { from: '2025-01-29T00:00:00Z', to: '2025-01-30T00:00:00+02:00', scope: 'all' };
    const replayed = await api.request('partner-2', 'POST', `${place}/replay`, range);
    expect([replayed.status, replayed.body]).toEqual([202, { endpoint_id: created.body['id'], deliveries: 0 }]);
    const backwards = await api.request('partner-2', 'POST', `${place}/replay`, { from: range.to, to: range.from });
    expect(backwards.status).toBe(422);

    expect((await api.request('partner-2', 'DELETE', place)).status).toBe(204);
    expect((await api.request('partner-2', 'GET', place)).status).toBe(404);
    expect((await api.request('partner-2', 'GET', delivery)).body['status']).toBe('cancelled');
  });

  it('lists with paging and filters', async () => {
    const { body } = await api.request('partner-3', 'POST', ENDPOINTS, BODY);
    const place = `${ENDPOINTS}/${String(body['id'])}`;
    for (let index = 0; index < 3; index += 1) await api.request('partner-3', 'POST', `${place}/test`);
    const endpoints = await api.request('partner-3', 'GET', `${ENDPOINTS}?status=enabled`);
    expect(endpoints.body['pagination']).toEqual({ page: 1, per_page: 25, total: 1, pages: 1 });
    const total = async (filter: string): Promise<unknown> => {
      const page = await api.request('partner-3', 'GET', `/v1/webhooks/deliveries?per_page=2&${filter}`);
      schema.deliveryListAnswer.strict().parse(page.body);
      return (page.body['pagination'] as { total: number }).total;
    };
    expect(await total('')).toBe(3);
    expect(await total(`endpoint_id=${String(body['id'])}&status=pending&event=webhook.test`)).toBe(3);
    expect(await total('status=failed')).toBe(0);
    expect(await total('event=customer.created')).toBe(0);
    expect(await total('from=2020-01-01T00:00:00Z')).toBe(3);
    expect(await total('to=2020-01-01T00:00:00Z')).toBe(0);
    const types = await api.request('partner-3', 'GET', '/v1/webhooks/events');
    expect(types.body['events']).toContainEqual(expect.objectContaining({ type: 'customer.created' }));
  });

  it('refuses what does not fit, who may not, and what is another’s, alike with what does not exist', async () => {
    const bad = [
      { ...BODY, events: [] },
      { ...BODY, events: ['no.such'] },
      { ...BODY, partner_id: 1 },
      { events: ['*'] },
      { ...BODY, secret: 'x' },
    ];
    for (const body of bad) {
      const answer = await api.request('partner-2', 'POST', ENDPOINTS, body);
      expect([answer.status, (answer.body['error'] as { code: string }).code]).toEqual([400, 'VALIDATION_ERROR']);
    }
    const refused = await api.request('partner-2', 'POST', ENDPOINTS, { ...BODY, url: 'https://10.0.0.1/' });
    expect(refused.status).toBe(422);
    expect((await api.request('partner-2', 'POST', ENDPOINTS, { ...BODY, all_partners: true })).status).toBe(403);
    expect((await api.request('root', 'POST', ENDPOINTS, { ...BODY, all_partners: true })).status).toBe(201);
    expect((await api.request('reader-2', 'POST', ENDPOINTS, BODY)).status).toBe(403);
    expect((await api.request('reader-2', 'GET', ENDPOINTS)).status).toBe(200);
    expect((await api.request('partner-2', 'GET', `${ENDPOINTS}?colour=red`)).status).toBe(400);

    const { body } = await api.request('partner-2', 'POST', ENDPOINTS, BODY);
    const strip = (answer: { body: Record<string, unknown> }) => ({
      ...(answer.body['error'] as object),
      request_id: '',
    });
    const foreign = await api.request('partner-3', 'GET', `${ENDPOINTS}/${String(body['id'])}`);
    const missing = await api.request('partner-3', 'GET', `${ENDPOINTS}/2147483647`);
    expect([foreign.status, missing.status]).toEqual([404, 404]);
    expect(strip(foreign)).toEqual(strip(missing));
    expect((await api.request('partner-3', 'GET', '/v1/webhooks/deliveries/999999999999999')).status).toBe(404);
  });

  it('creates once for one Idempotency-Key', async () => {
    const key = { 'idempotency-key': 'once-1' };
    const first = await api.request('partner-2', 'POST', ENDPOINTS, BODY, key);
    const second = await api.request('partner-2', 'POST', ENDPOINTS, BODY, key);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body['id']).toEqual(first.body['id']);
  });
});
