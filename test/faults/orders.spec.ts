import { describe, expect, it } from '@jest/globals';
import type { FailPoint } from '@isp/platform/fail-points';
import { violations } from '../support/invariants.js';
import type { Plot } from '../support/town.js';
import { type Answer, ask, askPatiently, inParallel } from './support/http.js';
import {
  type OrderingWorld,
  openTown,
  orderOn,
  placeOrder,
  serviceIdOf,
  stateOf,
  workOrderOf,
} from './support/ordering.js';
import type { ProgramProcess } from './support/program-process.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const PAIRS = 100;
const TAKEN = 'premise.external_reference has an existing service or order';
const IN_THE_ORDER = [
  'ordering.before-service',
  'ordering.before-work-order',
  'ordering.after-order',
  'http.before-answer',
] as const;
const IN_THE_COMPLETION = ['ordering.after-completion', 'http.before-answer'] as const;
/** The other steps of the provisioning are killed in F3. */
const IN_THE_WORK = ['provisioning.after-intent', 'provisioning.after-step.router'] as const;
const LIVE = { service: 'active', workOrder: 'completed', premise: 'in_service', services: 1, ended: null };
const CANCELLED = { service: 'terminated', workOrder: 'cancelled', premise: 'vacant', services: 1, ended: 'Gone' };

/** Sends to an API that dies of it, then again to one that lives. */
async function twice(
  world: World,
  point: FailPoint,
  heir: ProgramProcess,
  send: (api: ProgramProcess) => Promise<Answer>,
): Promise<Answer> {
  const victim = await world.startDying('api', point);
  const lost = await send(victim);
  expect([point, lost.status, await victim.end()]).toEqual([point, 0, 'SIGKILL']);
  return send(heir);
}

/** Both ISPs order on each premise at the same moment, each through a process of its own. */
function race({ town, isps }: OrderingWorld, apis: readonly ProgramProcess[]): Promise<Answer[][]> {
  return inParallel(town.plots, 4, (plot) =>
    Promise.all(
      isps.map((token, side) => placeOrder(apis[side] as ProgramProcess, token, orderOn(plot, town.product))),
    ),
  );
}

describe('orders that race', () => {
  it(
    'gives a premise to one of two ISPs that order it at the same moment, and tells the other why',
    () =>
      inWorld(async (world) => {
        const apis = await world.startAll('api', 'api');
        const ordering = await openTown(world, apis[0] as ProgramProcess, PAIRS);
        const watch = stopwatch();
        const answers = await race(ordering, apis);
        const seconds = watch.seconds();
        const outcomes = answers.map((pair) => pair.map(({ status }) => status).sort());
        expect(outcomes).toEqual(Array.from({ length: PAIRS }, () => [201, 400]));
        const losers = answers.flat().filter(({ status }) => status === 400);
        expect(new Set(losers.map(({ body }) => JSON.stringify(body['full_errors'])))).toEqual(
          new Set([JSON.stringify([TAKEN])]),
        );
        const left = await world.row<Record<string, number>>(
          `SELECT (SELECT count(*)::integer FROM orders) AS orders, (SELECT count(*)::integer FROM work_orders) AS work,
                  (SELECT count(*)::integer FROM premise_occupations) AS occupied,
                  (SELECT count(*)::integer FROM customers WHERE email LIKE 'fault%') AS customers,
                  (SELECT count(DISTINCT partner_id)::integer FROM orders) AS winners`,
        );
        report('O1', { pairs: PAIRS, won: left['orders'] ?? 0, refused: losers.length, seconds });
        expect(left).toEqual({ orders: PAIRS, work: PAIRS, occupied: PAIRS, customers: PAIRS, winners: 2 });
      }),
    180_000,
  );
});

async function placedDespite(
  world: World,
  { town, isps }: OrderingWorld,
  api: ProgramProcess,
  plot: Plot,
  point: FailPoint,
) {
  const body = orderOn(plot, town.product);
  const answer = await twice(world, point, api, (at) => placeOrder(at, isps[0], body, `order-${plot.guid}`));
  expect([point, answer.status]).toEqual([point, 201]);
  expect(await stateOf(world, plot)).toMatchObject({ service: 'pending_activation', workOrder: 'new', services: 1 });
  return serviceIdOf(answer);
}

describe('an order whose processes are killed', () => {
  it(
    'ends live, whatever is killed on the way',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        const ordering = await openTown(world, api, IN_THE_ORDER.length + IN_THE_WORK.length);
        const watch = stopwatch();
        const plots = [...ordering.town.plots];
        const done: Plot[] = [];
        const complete = async (at: ProgramProcess, service: string) =>
          askPatiently(
            `${at.url}/v1/work-orders/${await workOrderOf(world, service)}/complete`,
            world.database.apiKey,
            {
              method: 'POST',
              body: {},
              key: `complete-${service}`,
            },
          );
        for (const [at, point] of IN_THE_ORDER.entries()) {
          const plot = plots.shift() as Plot;
          const service = await placedDespite(world, ordering, api, plot, point);
          const death = IN_THE_COMPLETION[at];
          const completed = death
            ? await twice(world, death, api, (one) => complete(one, service))
            : await complete(api, service);
          expect(completed.status).toBe(200);
          done.push(plot);
        }
        for (const point of IN_THE_WORK) {
          const plot = plots.shift() as Plot;
          const placed = await placeOrder(api, ordering.isps[1], orderOn(plot, ordering.town.product));
          const victim = await world.startDying('worker', point);
          expect((await complete(api, serviceIdOf(placed))).status).toBe(200);
          expect([point, await victim.end()]).toEqual([point, 'SIGKILL']);
          done.push(plot);
        }
        await world.start('worker');
        for (const plot of done)
          await until(
            `${plot.guid} is live`,
            async () => (await stateOf(world, plot)).premise === 'in_service',
            60_000,
          );
        for (const plot of done) expect(await stateOf(world, plot)).toEqual(LIVE);
        expect(await violations(world.database.superUrl)).toEqual({});
        report('O2', {
          orders: done.length,
          kills: IN_THE_ORDER.length + IN_THE_COMPLETION.length + IN_THE_WORK.length,
          seconds: watch.seconds(),
        });
      }),
    600_000,
  );

  it(
    'that is cancelled ends with its reason, and leaves nothing on the premise or the network',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        const ordering = await openTown(world, api, 3);
        const [early, late, running] = ordering.town.plots as [Plot, Plot, Plot];
        const [token] = ordering.isps;
        const cancel = (at: ProgramProcess, service: string) =>
          askPatiently(`${at.url}/wholesale/services/${service}?reason=Gone`, token, {
            method: 'DELETE',
            key: `cancel-${service}`,
          });
        for (const [plot, point] of [
          [early, 'ordering.after-cancellation'],
          [late, 'http.before-answer'],
        ] as const) {
          const service = serviceIdOf(await placeOrder(api, token, orderOn(plot, ordering.town.product)));
          const answer = await twice(world, point, api, (at) => cancel(at, service));
          expect([point, answer.status]).toEqual([point, 200]);
          expect(await stateOf(world, plot)).toEqual(CANCELLED);
        }
        // Its job is on the network when it is called back, and the worker dies while it undoes that.
        await world.setRouter('good', { latency_ms: 5_000 });
        const service = serviceIdOf(await placeOrder(api, token, orderOn(running, ordering.town.product)));
        const path = `${api.url}/v1/work-orders/${await workOrderOf(world, service)}/complete`;
        const victim = await world.startDying('worker', 'provisioning.before-undo.router');
        expect((await ask(path, world.database.apiKey, { method: 'POST', body: {} })).status).toBe(200);
        const isRunning = `SELECT count(*)::integer AS running FROM provisioning_jobs WHERE status = 'running'`;
        await until('it runs', async () => (await world.row<{ running: number }>(isRunning)).running === 1, 20_000);
        expect((await cancel(api, service)).status).toBe(200);
        expect(await victim.end()).toBe('SIGKILL');
        await world.start('worker');
        await until('it is over', async () => (await stateOf(world, running)).premise === 'vacant', 60_000);
        expect(await stateOf(world, running)).toEqual({ ...CANCELLED, workOrder: 'completed' });
        expect(await world.rows('SELECT 1 FROM simulated_network.subscribers')).toEqual([]);
        expect(await violations(world.database.superUrl)).toEqual({});
        report('O3', { cancelled: 3, kills: 3, left: 0 });
      }),
    600_000,
  );
});
