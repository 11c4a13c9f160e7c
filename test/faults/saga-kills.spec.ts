import { expect, it } from '@jest/globals';
import { ask } from './support/http.js';
import type { ProgramProcess } from './support/program-process.js';
import { drained, order } from './support/provisioning.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const MOVE_FORWARD = [
  'before-intent',
  'after-intent',
  'after-step.router',
  'after-step.read_back',
  'before-step.old_router',
  'after-step.old_router',
  'after-activate',
] as const;
const MOVE_BACK = [
  'before-undo.old_router',
  'after-undo.old_router',
  'before-undo.router',
  'after-undo.router',
] as const;
const REMOVAL = [
  'before-intent',
  'after-intent',
  'after-step.sessions',
  'after-step.router',
  'after-step.read_back',
  'after-activate',
] as const;
/** How long the old router takes while a move is called back: the caller must come in between. */
const SLOW_MS = 3_000;
const FINISHED_WITHIN_MS = 60_000;
const DIES_WITHIN_MS = 60_000;

type Point = (typeof MOVE_FORWARD)[number] | (typeof MOVE_BACK)[number] | (typeof REMOVAL)[number];

interface Case {
  readonly point: Point;
  readonly serviceId: number;
  readonly kind: 'move' | 'deprovision';
}

type Made = readonly { readonly at: string; readonly address: string | null }[];

/** What the database and the network hold of a service after its job. */
interface Outcome {
  readonly job: string;
  readonly steps: string;
  readonly service: string;
  readonly access: string;
  readonly settled: boolean;
  readonly at: string | null;
  readonly address: string | null;
  readonly held: number;
  readonly told: string;
}

const outcomeOf = (world: World, { serviceId, kind }: Case) =>
  world.row<Outcome>(
    `SELECT j.status AS job, s.status AS service, u.access, u.convergence = 'confirmed' AND u.confirmed_version = u.desired_version AS settled,
            (SELECT string_agg(p.name || ':' || p.status, ' ' ORDER BY p.position) FROM provisioning_steps p WHERE p.provisioning_job_id = j.id) AS steps,
            (SELECT string_agg(d.name, '+' ORDER BY d.name) FROM simulated_network.subscribers n JOIN devices d ON d.id = n.router_id
              WHERE n.username = u.username) AS at,
            host(u.address) AS address,
            (SELECT count(*)::integer FROM ip_addresses a WHERE a.service_id = s.id) AS held,
            (SELECT string_agg(substring(e.step_key FROM '[^-]+(?:-undo)?$'), ' ' ORDER BY e.at) FROM simulated_network.effects e
              WHERE e.step_key LIKE 'provisioning-' || j.id || '-%') AS told
       FROM provisioning_jobs j JOIN services s ON s.id = j.service_id JOIN subscribers u ON u.service_id = s.id
      WHERE j.service_id = $1 AND j.kind = $2`,
    [serviceId, kind],
  );

/** No other worker takes up what a killed one left until all kills are done: each point kills the job that it is for. */
const park = (world: World, { serviceId }: Case, till: string) =>
  world.rows(
    `UPDATE work_items w SET due_at = ${till} FROM provisioning_jobs j
      WHERE j.service_id = $1 AND j.status IN ('queued', 'running') AND w.name = 'provisioning.run' AND w.payload->>'provisioning_job_id' = j.id::text
        AND w.status IN ('queued', 'running')`,
    [serviceId],
  );

async function killed(world: World, one: Case, victim: ProgramProcess): Promise<void> {
  await until(`${one.kind} dies ${one.point}`, () => victim.ended, DIES_WITHIN_MS);
  expect([one.point, victim.ended]).toEqual([one.point, 'SIGKILL']);
  const { runs } = await world.row<{ runs: number }>(
    'SELECT max(attempts) AS runs FROM provisioning_jobs WHERE service_id = $1 AND kind = $2',
    [one.serviceId, one.kind],
  );
  // It died of this job, and not of another one.
  expect([one.point, runs]).toEqual([one.point, one.point === 'before-intent' ? 0 : 1]);
  process.stderr.write(`killed ${one.kind} ${one.point}\n`);
  await park(world, one, `now() + interval '10 minutes'`);
}

async function post(api: ProgramProcess, world: World, path: string, body: unknown = {}) {
  const answer = await ask(`${api.url}/v1/${path}`, world.database.apiKey, { method: 'POST', body });
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Calls the move back while its old router is being told, or undone. */
async function callBack(world: World, api: ProgramProcess, jobId: number): Promise<void> {
  const told = `SELECT 1 FROM simulated_network.effects WHERE step_key LIKE 'provisioning-' || $1::integer || '-%-router'`;
  await until('the new router is told', async () => (await world.rows(told, [jobId])).length > 0, 20_000);
  await post(api, world, `provisioning/jobs/${jobId}/cancel`);
}

const where = (world: World, services: readonly number[]) =>
  world.rows<Made[number]>(
    `SELECT d.name AS at, host(u.address) AS address FROM subscribers u JOIN devices d ON d.id = u.router_id
      WHERE u.service_id = ANY ($1) ORDER BY u.service_id`,
    [services],
  );

it('F3: a move and a removal go on, or back, behind every step at which their worker is killed', async () => {
  await inWorld(async (world) => {
    const watch = stopwatch();
    const api = await world.start('api');
    const count = MOVE_FORWARD.length + MOVE_BACK.length + REMOVAL.length;
    const first = await world.start('worker');
    await order(world, api, count);
    await drained(world, FINISHED_WITHIN_MS);
    await first.terminate();
    let serviceId = 0;
    const casesOf = (points: readonly Point[], kind: Case['kind']): Case[] =>
      points.map((point) => ({ point, kind, serviceId: (serviceId += 1) }));
    const [forward, back, removal] = [
      casesOf(MOVE_FORWARD, 'move'),
      casesOf(MOVE_BACK, 'move'),
      casesOf(REMOVAL, 'deprovision'),
    ];
    const before = await where(
      world,
      back.map((one) => one.serviceId),
    );
    const newRouter = await world.setRouter('bad', {});
    const move = (one: Case) =>
      post(api, world, `services/${one.serviceId}/move`, { provisioning_data: { router_id: newRouter } });

    for (const one of forward) {
      const victim = await world.startDying('worker', `provisioning.${one.point}`);
      await move(one);
      await killed(world, one, victim);
    }
    for (const one of removal) {
      const victim = await world.startDying('worker', `provisioning.${one.point}`);
      await post(api, world, `services/${one.serviceId}/terminate`);
      await killed(world, one, victim);
    }
    await world.setRouter('good', { latency_ms: SLOW_MS });
    for (const one of back) {
      const victim = await world.startDying('worker', `provisioning.${one.point}`);
      const { provisioning_job_id: jobId } = await move(one);
      await callBack(world, api, jobId as number);
      await killed(world, one, victim);
    }
    await world.setRouter('good', {});

    for (const one of [...forward, ...back, ...removal]) await park(world, one, 'now()');
    await world.start('worker');
    await drained(world, FINISHED_WITHIN_MS);
    const settled = `SELECT 1 FROM subscribers WHERE convergence <> 'confirmed'`;
    await until('all confirmed', async () => (await world.rows(settled)).length === 0, 20_000);

    for (const one of forward)
      expect([one.point, await outcomeOf(world, one)]).toEqual([
        one.point,
        {
          job: 'succeeded',
          steps: 'validate:done reserve_address:done router:done read_back:done old_router:done confirm:done',
          service: 'active',
          access: 'open',
          settled: true,
          at: 'bad',
          address: expect.stringMatching(/^100\.65\./),
          held: 1,
          told: 'router old_router',
        },
      ]);
    for (const [index, one] of back.entries())
      expect([one.point, await outcomeOf(world, one)]).toEqual([
        one.point,
        {
          job: 'cancelled',
          steps: expect.stringMatching(/reserve_address:compensated router:compensated .*old_router:compensated/),
          service: 'active',
          access: 'open',
          settled: true,
          at: 'good',
          address: before[index]?.address,
          held: 1,
          told: 'router old_router old_router-undo router-undo',
        },
      ]);
    for (const one of removal)
      expect([one.point, await outcomeOf(world, one)]).toEqual([
        one.point,
        {
          job: 'succeeded',
          steps: expect.stringMatching(
            /^validate:done shut:done sessions:\w+ router:done read_back:done release_address:done/,
          ),
          service: 'terminated',
          access: 'closed',
          settled: true,
          at: null,
          address: null,
          held: 0,
          told: 'router',
        },
      ]);
    const again = await world.row<{ asked: number }>(
      `SELECT sum(times_asked - 1)::integer AS asked FROM simulated_network.effects`,
    );
    const dead = await world.rows(
      `SELECT name, payload, deaths, failures, last_error FROM work_items WHERE status = 'dead'`,
    );
    report('F3', {
      moves: forward.length,
      back: back.length,
      removals: removal.length,
      lost: 0,
      duplicated: 0,
      asked_again: again.asked,
      seconds: watch.seconds(),
    });
    expect(dead).toEqual([]);
    expect(again.asked).toBeGreaterThan(0);
  });
}, 600_000);
