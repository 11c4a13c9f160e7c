import { expect } from '@jest/globals';
import { PERMISSIONS, type Permission } from '@isp/contracts';
import { type RunningProgram, workerBeside } from './worker-beside.js';
import { type Answered, type ApiWorld, apiWorld } from './api-world.js';
import { violations } from './invariants.js';
import { type Plot, type Town, buildTown } from './town.js';
import { until } from './until.js';

const ISP: readonly Permission[] = [
  'customer.create',
  'customer.read',
  'service.create',
  'service.read',
  'order.update',
  'order.cancel',
  'work_order.read',
  'credential.reveal',
];
export const MISSING = '00000000-0000-4000-8000-000000000000';
/** Facts that nobody was told of yet, and work that somebody is to do now. */
const UNDER_WAY = `SELECT 1 FROM outbox WHERE relayed_at IS NULL
  UNION ALL SELECT 1 FROM work_items WHERE status IN ('queued', 'running') AND queue <> 'schedules' AND not_before <= now() LIMIT 1`;
export type Body = Record<string, unknown>;

/** The program with a worker, a town, two ISPs that order there, and the operator; as its clients see it. */
export class OrderingWorld {
  private taken = 0;
  private serial = 0;

  private constructor(
    readonly api: ApiWorld,
    private readonly worker: RunningProgram,
    readonly town: Town,
    readonly north: string,
    readonly south: string,
    private readonly operator: string,
  ) {}

  static async open(): Promise<OrderingWorld> {
    const api = await apiWorld({ seeded: true });
    const worker = await workerBeside(api);
    await api.sql(
      `INSERT INTO partners (name, kind, time_zone) VALUES ('North Net', 'isp', 'Africa/Johannesburg'), ('South Net', 'isp', 'UTC')`,
    );
    const ids = await api.sql<{ id: number }>(
      `SELECT id FROM partners WHERE name IN ('North Net', 'South Net') ORDER BY id`,
    );
    const [first, second] = ids.map(({ id }) => id) as [number, number];
    const [north, south] = [await api.keyOf(first, ISP), await api.keyOf(second, ISP)];
    const operator = await api.keyOf(1, PERMISSIONS, 'all');
    return new OrderingWorld(api, worker, await buildTown(api.sql, 40), north, south, operator);
  }

  /** What is always true is true when no work is under way. */
  async close(): Promise<void> {
    await until('all work is done', async () => (await this.sql(UNDER_WAY)).length === 0);
    await this.worker.stop(0);
    expect(await violations(this.api.database.superUrl)).toEqual({});
    await this.api.close();
  }

  get(path: string, key = this.north): Promise<Answered> {
    return this.api.ask(`/wholesale${path}`, { key });
  }

  send(method: string, path: string, body?: unknown, key = this.north, headers = {}): Promise<Answered> {
    return this.api.ask(`/wholesale${path}`, { method, key, headers, ...(body === undefined ? {} : { body }) });
  }

  asOperator(method: string, path: string, body?: unknown): Promise<Answered> {
    return this.api.ask(`/v1${path}`, { method, key: this.operator, ...(body === undefined ? {} : { body }) });
  }

  sql<R extends object>(text: string): Promise<R[]> {
    return this.api.sql<R>(text);
  }

  /** A premise that nobody has ordered on. */
  plot(): Plot {
    return this.town.plots[(this.taken += 1)] as Plot;
  }

  person() {
    const n = (this.serial += 1);
    const email = `thandi${n}@example.com`;
    return { first_name: 'Thandi', last_name: `Nkosi${n}`, email, mobile_number: '+27821234567' };
  }

  async ordered(at: Plot = this.plot(), key = this.north): Promise<{ service: string; customer: string }> {
    const body = {
      customer: this.person(),
      premise: { external_reference: at.reference },
      service: { product_id: this.town.product },
    };
    const answer = await this.send('POST', '/services/full', body, key);
    expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
    const made = answer.json<{ customer: { id: string }; service: { service_id: string } }>();
    return { service: made.service.service_id, customer: made.customer.id };
  }

  async serviceOf(id: string, key = this.north): Promise<Body> {
    return (await this.get(`/services/${id}`, key)).json<Body>();
  }

  statusIs(id: string, status: string): Promise<boolean> {
    return until(`${id} is ${status}`, async () => (await this.serviceOf(id))['status'] === status);
  }

  async workOrderOf(service: string): Promise<number> {
    const [row] = await this.sql<{ id: number }>(
      `SELECT w.id FROM work_orders w JOIN services s ON s.id = w.service_id WHERE s.guid = '${service}'`,
    );
    return row?.id ?? 0;
  }

  async complete(service: string, body: Body = {}): Promise<Answered> {
    return this.asOperator('POST', `/work-orders/${await this.workOrderOf(service)}/complete`, body);
  }

  async premiseOf({ guid }: Plot): Promise<string | undefined> {
    return (await this.sql<{ status: string }>(`SELECT status FROM premises WHERE guid = '${guid}'`))[0]?.status;
  }
}
