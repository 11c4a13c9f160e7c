import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { PERMISSIONS } from '@isp/contracts';
import { type ApiWorld, apiWorld } from '../support/api-world.js';

/** What the operations API's own document says about each record. */
const schemas = JSON.parse(readFileSync(new URL('./operations-schemas.json', import.meta.url), 'utf8')) as Record<
  string,
  object
>;
const SECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const second = expect.stringMatching(SECOND);
const integer = expect.any(Number);
let world: ApiWorld;
let key: string;

beforeAll(async () => {
  world = await apiWorld({ seeded: true });
  key = await world.keyOf(1, PERMISSIONS, 'all');
}, 120_000);
afterAll(() => world.close());

const post = (path: string, body: unknown) => world.ask(path, { method: 'POST', key, body });
const addressOf = { street: '123 Main St', city: 'Anytown', state: 'CA', zip: '12345' };

/** The documented fields, in the answer under their names and with their types; more may be there. */
function expectFields(answer: Record<string, unknown>, documented: Record<string, unknown>): void {
  expect(answer).toMatchObject(documented);
  for (const [name, value] of Object.entries(answer)) {
    if (name.endsWith('_at') && value !== null) expect([name, value]).toEqual([name, second]);
    expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
  }
}

describe('the documented examples of the core API', () => {
  it('create a customer', async () => {
    const body = {
      name: 'John Doe',
      email: 'john@example.com',
      phone: '+1234567890',
      address: { ...addressOf, country: 'US' },
      billing_address: { ...addressOf, country: 'US' },
      partner_id: 1,
    };
    const answer = await post('/v1/customers', body);
    expect(answer.status).toBe(201);
    const customer = answer.json<Record<string, unknown>>();
    expectFields(customer, {
      id: integer,
      name: 'John Doe',
      email: 'john@example.com',
      phone: '+1234567890',
      portal_id: expect.stringMatching(/^\d{8,}$/),
      status: 'active',
      created_at: second,
      updated_at: second,
    });
    expect(answer.headers.get('location')).toBe(`/v1/customers/${String(customer['id'])}`);
    expect((await world.ask(String(answer.headers.get('location')), { key })).json()).toEqual(customer);
  });

  it('list customers', async () => {
    const answer = await world.ask('/v1/customers?page=1&per_page=25&status=active&search=john', { key });
    expect(answer.status).toBe(200);
    const { customers, pagination } = answer.json<{
      customers: Record<string, unknown>[];
      pagination: Record<string, number>;
    }>();
    expect(customers.length).toBeGreaterThan(0);
    for (const customer of customers) {
      expectFields(customer, {
        id: integer,
        name: expect.any(String),
        email: expect.any(String),
        status: 'active',
        created_at: second,
      });
    }
    expect(pagination).toEqual({ page: 1, per_page: 25, total: customers.length, pages: 1 });
  });

  it('create an internet service and provision it', async () => {
    const body = {
      plan_id: 1,
      speed_download_mbps: 100,
      speed_upload_mbps: 10,
      data_limit_gb: null,
      static_ip: false,
      installation_address: addressOf,
      scheduled_activation: '2099-02-01T09:00:00Z',
      notes: 'Customer requested morning installation',
    };
    const created = await post('/v1/customers/2/services/internet', body);
    expect(created.status).toBe(201);
    const service = created.json<Record<string, unknown>>();
    expectFields(service, {
      id: integer,
      customer_id: 2,
      service_type: 'internet',
      plan_id: 1,
      status: 'pending_activation',
      speed_download_mbps: 100,
      speed_upload_mbps: 10,
      monthly_fee: 79.99,
      activation_fee: 99,
      created_at: second,
      scheduled_activation: '2099-02-01T09:00:00Z',
    });
    const provisioning = {
      router_id: 1,
      vlan_id: 100,
      ip_assignment: '192.168.1.100/24',
      bandwidth_profile: '100M_10M',
    };
    const asked = { provisioning_data: provisioning, priority: 'normal', scheduled_time: '2099-02-01T09:00:00Z' };
    const accepted = await post(`/v1/services/${String(service['id'])}/provision`, asked);
    expect(accepted.status).toBe(202);
    const job = accepted.json<Record<string, unknown>>();
    expectFields(job, {
      provisioning_job_id: integer,
      service_id: service['id'],
      status: 'queued',
      priority: 'normal',
      estimated_completion: second,
      created_at: second,
    });
    expect(String(job['estimated_completion']) >= asked.scheduled_time).toBe(true);
    expect(accepted.headers.get('location')).toBe(`/v1/provisioning/jobs/${String(job['provisioning_job_id'])}`);
    const read = await world.ask(String(accepted.headers.get('location')), { key });
    expect(read.json()).toMatchObject({ id: job['provisioning_job_id'], provisioning_data: provisioning, steps: [] });
  });

  it('look for breaches and measure what is kept', async () => {
    const sweep = await post('/v1/sla/check-breaches', undefined);
    expect([sweep.status, sweep.json()]).toEqual([
      200,
      {
        breached_tickets: expect.any(Array),
        warnings_issued: expect.any(Array),
        total_checked: integer,
        check_time: second,
      },
    ]);
    const metrics = await world.ask('/v1/sla/performance-metrics?period_days=30', { key });
    const tally = { total: integer, within_sla: integer, compliance_rate: integer };
    expect(metrics.json()).toEqual({
      period_start: second,
      period_end: second,
      period_days: 30,
      total_tickets: integer,
      tickets_within_sla: integer,
      tickets_breached: integer,
      sla_compliance_rate: integer,
      average_resolution_time_minutes: integer,
      escalation_rate: integer,
      by_priority: { critical: tally, high: tally, medium: tally, low: tally },
    });
    expect(metrics.json<{ total_tickets: number }>().total_tickets).toBeGreaterThan(50);
    const states = ['open', 'in_progress', 'pending_customer', 'pending_third_party', 'resolved', 'closed'];
    for (const status of states) {
      const { tickets } = (await world.ask(`/v1/tickets?status=${status}`, { key })).json<{ tickets: object[] }>();
      expect([status, tickets.length > 0]).toEqual([status, true]);
    }
    const { escalations } = (await world.ask('/v1/sla/escalations', { key })).json<{ escalations: object[] }>();
    expect(escalations).toContainEqual(expect.objectContaining({ subject: 'Office without internet', level: 2 }));
  });

  it('refuse in the documented envelope', async () => {
    const answer = await post('/v1/customers', { name: 'X', email: 'nonsense', phone: '+1234567890' });
    expect([answer.status, answer.json()]).toEqual([
      400,
      {
        error: {
          code: 'VALIDATION_ERROR',
          message: 'Invalid input data',
          details: [{ field: 'email', message: 'Invalid email format' }],
          request_id: answer.headers.get('x-request-id'),
        },
      },
    ]);
  });
});

describe('the records of the operations API', () => {
  it.each([
    ['Customer', '/operations/v1/customers', 90],
    ['Product', '/operations/v1/products', 9],
    ['Invoice', '/operations/v1/invoices', 90],
    ['Ticket', '/operations/v1/tickets', 200],
  ])('%s answers what its schema says, and no null', async (name, path, atLeast) => {
    const ajv = new Ajv({ allErrors: true });
    addFormats.default(ajv);
    const valid = ajv.compile({ type: 'array', items: schemas[name] as object });
    const answer = await world.ask(path, { key });
    const rows = answer.json<Record<string, unknown>[]>();
    expect([answer.status, rows.length >= atLeast]).toEqual([200, true]);
    valid(rows);
    expect(valid.errors ?? []).toEqual([]);
    expect(answer.text).not.toContain('null');
    const documented = Object.keys((schemas[name] as { properties: object }).properties);
    const seen = new Set(rows.flatMap((row) => Object.keys(row)));
    // Left out until there is something to say.
    const missing = documented.filter((field) => !seen.has(field));
    expect(missing.filter((field) => !['bandwidth_usage_percent', 'installation_date'].includes(field))).toEqual([]);
  });

  it('show what the core API made', async () => {
    const body = { name: 'Seen Everywhere', email: 'seen@spec.example', phone: '+12025550123', trial: true };
    const { id } = (await post('/v1/customers', body)).json<{ id: number }>();
    const rows = (await world.ask('/operations/v1/customers?status=Trial', { key })).json<Record<string, unknown>[]>();
    expect(rows).toContainEqual(
      expect.objectContaining({ customer_id: `CUST-${10_000 + id}`, account_name: 'Seen Everywhere' }),
    );
  });
});

describe('the OpenAPI documents', () => {
  type Document = {
    openapi: string;
    paths: Record<
      string,
      Record<
        string,
        { responses: Record<string, { content?: Record<string, { example?: unknown; schema?: object }> }> }
      >
    >;
  };

  it.each(['core', 'wholesale', 'operations'])(
    'of the %s API: an example of each success fits its own schema',
    async (name) => {
      const document = (await world.ask(`/docs/${name}.json`)).json<Document>();
      expect(document.openapi).toMatch(/^3\./);
      const ajv = new Ajv({ strict: false, allErrors: true });
      addFormats.default(ajv);
      const wrong: unknown[] = [];
      for (const [path, item] of Object.entries(document.paths)) {
        for (const [method, { responses }] of Object.entries(item)) {
          for (const status of ['400', '500', '503', '429'])
            if (!responses[status] && !path.startsWith('/health'))
              wrong.push(`${method} ${path} documents no ${status}`);
          for (const [status, { content }] of Object.entries(responses)) {
            const { schema, example } = content?.['application/json'] ?? {};
            if (schema && example !== undefined && !ajv.validate(schema, example))
              wrong.push(`${method} ${path} ${status}: ${ajv.errorsText()}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});
