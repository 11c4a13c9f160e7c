import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { monotonicMs } from '@isp/kernel';
import { Gate } from '../support/gate.js';
import { createFaultDatabase, type FaultDatabase } from './support/fault-database.js';
import { ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { account, drained } from './support/provisioning.js';
import { MixedTraffic } from './support/traffic.js';
import { report, until, World } from './support/world.js';

/** Longer than a request (6 s), a lease (8 s) and a transaction that nobody continues (10 s) may last. */
const GONE_MS = 15_000;
const ANSWERED_WITHIN_MS = 6_000;
const READY_WITHIN_MS = 5_000;

const readiness = (apis: readonly ProgramProcess[]) =>
  Promise.all(apis.map(async ({ url }) => (await ask(`${url}/health/ready`, '')).status));

function through(gate: Gate, { appUrl }: FaultDatabase): string {
  const url = new URL(appUrl);
  url.host = `127.0.0.1:${gate.port}`;
  return url.href;
}

it('F9: a network that swallows every packet to PostgreSQL costs 503s in time, and nothing that was accepted', async () => {
  const database = await createFaultDatabase();
  const direct = new URL(database.appUrl);
  const gate = await Gate.to(direct.hostname, Number(direct.port));
  const world = await World.open({ DATABASE_URL: through(gate, database) }, database);
  let failure: unknown;
  try {
    await blackhole(world, gate);
  } catch (error) {
    failure = error;
  }
  gate.resume();
  await world.end().catch((error: unknown) => (failure ??= error));
  gate.close();
  if (failure) throw failure as Error;
}, 300_000);

async function blackhole(world: World, gate: Gate): Promise<void> {
  const [one, two] = (await world.startAll('api', 'api', 'worker')) as [ProgramProcess, ProgramProcess];
  await world.setRouter('good', { latency_ms: 200 });
  const traffic = new MixedTraffic([one.url, two.url], world.database.apiKey);
  const running = traffic.run(25);
  let readyAgainMs = 0;
  try {
    await sleep(3_000);
    gate.stop();
    const start = monotonicMs();
    await until('both APIs say so', async () => (await readiness([one, two])).every((status) => status === 503), 8_000);
    await sleep(Math.max(0, GONE_MS - (monotonicMs() - start)));
    gate.resume();
    const back = monotonicMs();
    const ready = async () => (await readiness([one, two])).every((status) => status === 200);
    await until('both APIs ready', ready, READY_WITHIN_MS);
    readyAgainMs = monotonicMs() - back;
    await sleep(2_000);
  } finally {
    traffic.stop();
    await running;
  }
  const { refused, bad, slowestMs, unsettled, sent } = traffic.figures();
  await traffic.settle();
  await drained(world, 60_000);
  const result = await account(world, traffic.orders());
  const { count } = await world.row<{ count: number }>(
    `SELECT count(*)::integer AS count FROM customers WHERE email LIKE 'f7-%'`,
  );
  report('F9', {
    ...result,
    requests: sent,
    refused_503: refused,
    unanswered_then_settled: unsettled,
    slowest_ms: Math.round(slowestMs),
    ready_again_ms: Math.round(readyAgainMs),
    customers: `${count}/${traffic.customers()}`,
  });
  expect(bad).toEqual([]);
  expect(refused).toBeGreaterThan(0);
  expect(slowestMs).toBeLessThanOrEqual(ANSWERED_WITHIN_MS);
  expect(count).toBe(traffic.customers());
  expect(result).toMatchObject({ finished: result.accepted, dead: 0, lost: 0, duplicated: 0 });
  expect(result.accepted).toBeGreaterThan(20);
}
