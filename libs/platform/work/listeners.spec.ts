import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { systemActor } from '@isp/contracts';
import type { Config } from '@isp/platform/config';
import { Database, UnitOfWork, WORKER_LIMITS, createDataSource } from '@isp/platform/database';
import { Log, createLogger, currentRequestId } from '@isp/platform/logging';
import type { DataSource } from 'typeorm';
import { query } from '../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { expanding } from './dispatch.statements.js';
import type { ListenerOptions, ListensToEvents, PublishedEvent, TracedEvent } from './handlers.js';
import { HeldWork } from './held-work.js';
import { HandlerRegistry } from './registry.js';
import { WorkHandlers } from './work-handlers.js';
import { WorkRunner } from './work-runner.js';

const EVENT = 'services.service.activated.v1' as const;
const BATCHED: ListenerOptions = { name: 'spec.batched', events: [EVENT], batched: true };
const AT_ONCE: ListenerOptions = { name: 'spec.at-once', events: [EVENT], batched: true };
const CONCERNED: ListenerOptions = {
  name: 'spec.concerned',
  events: [EVENT],
  concerning: `(b.payload->>'service_id')::integer % 2 = 0`,
};

interface Told {
  readonly service: number;
  readonly requestId: string | undefined;
}

let database: TestDatabase;
let source: DataSource;
let uow: UnitOfWork;
let registry: HandlerRegistry;
let runner: WorkRunner;
let runnerOf: (concurrency: number) => WorkRunner;
let told: Told[] = [];
let together: Told[][] = [];
let transactions = new Set<unknown>();
let refused: number | undefined;
/** A service whose listeners wait for this. */
let slow: { readonly service: number; readonly until: Promise<void> } | undefined;

const sql = <R extends object = never>(text: string) => query<R>(database.ownerUrl, text);
const publish = (services: number) =>
  sql(`INSERT INTO outbox (name, partner_id, payload, request_id)
    SELECT '${EVENT}', 1, jsonb_build_object('service_id', n), 'request-' || n FROM generate_series(1, ${services}) n`);
const expand = async () => {
  const { events, listeners } = registry.routes();
  const statement = expanding(registry.conditions());
  return uow.run(systemActor('spec'), (tx) =>
    tx.one<{ events: number; work: { id: string; queue: string }[] }>(statement, [events, listeners, 500]),
  );
};
const workOf = (listener: string) =>
  sql<{ id: string; status: string; failures: number }>(
    `SELECT id::text, status, failures FROM work_items WHERE payload->>'listener' = '${listener}' ORDER BY id`,
  );

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = { url: database.appUrl, max: 4, limits: WORKER_LIMITS, applicationName: 'spec' };
  source = await createDataSource(pool, []).initialize();
  uow = new UnitOfWork(source);
  registry = new HandlerRegistry(undefined as never);
  const instance = {
    on: async ({ payload }: PublishedEvent): Promise<void> => {
      const { service_id: service } = payload as { readonly service_id: number };
      if (service === refused) throw new Error('refused');
      if (service === slow?.service) await slow.until;
      transactions.add(uow.tx);
      told.push({ service, requestId: currentRequestId() });
    },
  };
  const atOnce: ListensToEvents = {
    on: (event) => instance.on(event),
    onAll: (events: readonly TracedEvent[]): Promise<void> => {
      const services = events.map(({ payload }) => (payload as { readonly service_id: number }).service_id);
      together.push(events.map(({ requestId }, index) => ({ service: services[index] as number, requestId })));
      return refused !== undefined && services.includes(refused)
        ? Promise.reject(new Error('refused'))
        : Promise.resolve();
    },
  };
  registry.listeners.set(AT_ONCE.name, { options: AT_ONCE, instance: atOnce });
  for (const options of [BATCHED, CONCERNED]) registry.listeners.set(options.name, { options, instance });
  const log = new Log(createLogger('silent', 'spec'));
  const platform = new Database(source);
  runnerOf = (concurrency) => {
    const config = { ISP_WORKER_CONCURRENCY: concurrency } as Config;
    const held = new HeldWork(platform, uow, log, config);
    return new WorkRunner(platform, uow, new WorkHandlers(uow, registry), held, undefined as never, log, config);
  };
  runner = runnerOf(20);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});
beforeEach(async () => {
  await sql('TRUNCATE outbox; DELETE FROM work_items');
  told = [];
  together = [];
  transactions = new Set();
  refused = undefined;
  slow = undefined;
});

describe('events that are told', () => {
  it('make work only for the listeners that they concern, handed over in one go', async () => {
    await publish(4);
    const made = await expand();
    expect(made).toMatchObject({ events: 4 });
    expect(made?.work).toHaveLength(10);
    expect([await workOf('spec.batched'), await workOf('spec.concerned')].map((rows) => rows.length)).toEqual([4, 2]);
    expect(await expand()).toEqual({ events: 0, work: [] });
  });

  it('share a transaction where their listener allows it, each with its own request', async () => {
    await publish(6);
    await expand();
    await runner.process({ ids: (await workOf('spec.batched')).map(({ id }) => id), deaths: 0 }, 3);
    expect(transactions.size).toBe(1);
    expect(told).toEqual(Array.from({ length: 6 }, (_, n) => ({ service: n + 1, requestId: `request-${n + 1}` })));
    expect((await workOf('spec.batched')).map(({ status }) => status)).toEqual(Array<string>(6).fill('succeeded'));
  });

  it('take the place of one piece of work where they travel together', async () => {
    await publish(6);
    await expand();
    const ids = (await workOf('spec.batched')).map(({ id }) => id);
    await runnerOf(1).process({ ids, deaths: 0, together: true }, 3);
    expect(transactions.size).toBe(1);
    expect(told.map(({ service }) => service)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await workOf('spec.batched')).map(({ status }) => status)).toEqual(Array<string>(6).fill('succeeded'));
  });

  it('have the process for themselves where their next death is their last', async () => {
    await publish(2);
    await expand();
    const [first, suspect] = (await workOf('spec.batched')).map(({ id }) => id) as [string, string];
    await sql(`UPDATE work_items SET deaths = 2 WHERE id = ${suspect}`);
    let release: () => void = () => undefined;
    slow = { service: 1, until: new Promise((resolve) => (release = resolve)) };
    const small = runnerOf(3);
    const others = small.process({ ids: [first], deaths: 0 }, 3);
    const alone = small.process({ ids: [suspect], deaths: 2 }, 3);
    await sleep(500);
    expect((await workOf('spec.batched')).map(({ status }) => status)).toEqual(['running', 'queued']);
    release();
    await Promise.all([others, alone]);
    expect(told.map(({ service }) => service)).toEqual([1, 2]);
    // And others have their places again.
    await publish(1);
    await expand();
    slow = undefined;
    const ids = (await workOf('spec.batched')).filter(({ status }) => status === 'queued').map(({ id }) => id);
    await small.process({ ids, deaths: 0 }, 3);
    expect(told).toHaveLength(3);
  });

  it('are told all at once to a listener that takes them so, and one by one when one of them is refused', async () => {
    await publish(3);
    await expand();
    refused = 2;
    const ids = (await workOf('spec.at-once')).map(({ id }) => id);
    await runner.process({ ids, deaths: 0 }, 3);
    expect(together).toEqual([[1, 2, 3].map((n) => ({ service: n, requestId: `request-${n}` }))]);
    expect(told.map(({ service }) => service).sort((one, other) => one - other)).toEqual([1, 3]);
    expect((await workOf('spec.at-once')).map(({ status }) => status)).toEqual(['succeeded', 'queued', 'succeeded']);
  });

  it('are told in transactions of their own when one of them is refused, and only that one waits', async () => {
    await publish(5);
    await expand();
    refused = 3;
    await runner.process({ ids: (await workOf('spec.batched')).map(({ id }) => id), deaths: 0 }, 3);
    const rows = await workOf('spec.batched');
    expect(rows.map(({ status, failures }) => `${status} ${failures}`)).toEqual([
      'succeeded 0',
      'succeeded 0',
      'queued 1',
      'succeeded 0',
      'succeeded 0',
    ]);
    // The two before it were told in the batch too, which was undone.
    expect(told.map(({ service }) => service).sort((one, other) => one - other)).toEqual([1, 1, 2, 2, 4, 5]);
  });

  it('are told to nobody twice when another process has taken one of them over', async () => {
    await publish(3);
    await expand();
    const ids = (await workOf('spec.batched')).map(({ id }) => id);
    await sql(`UPDATE work_items SET status = 'running', epoch = 7 WHERE id = ${ids[1]}`);
    await runner.process({ ids, deaths: 0 }, 3);
    expect(told.map(({ service }) => service)).toEqual([1, 3]);
    expect((await workOf('spec.batched')).map(({ status }) => status)).toEqual(['succeeded', 'running', 'succeeded']);
  });
});
