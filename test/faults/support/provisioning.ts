import { expect } from '@jest/globals';
import { askPatiently, inParallel } from './http.js';
import type { ProgramProcess } from './program-process.js';
import { type World, until } from './world.js';

export interface Accepted {
  readonly jobId: number;
  readonly serviceId: number;
}

/** Orders the provisioning of services `from` to `from + count - 1` over HTTP; each must be accepted with 202, at last. */
export async function order(
  world: World,
  api: ProgramProcess,
  count: number,
  from = 1,
  routerId?: number,
): Promise<Accepted[]> {
  const services = Array.from({ length: count }, (_, index) => from + index);
  const body = routerId === undefined ? {} : { provisioning_data: { router_id: routerId } };
  return inParallel(services, 16, async (serviceId) => {
    const request = { method: 'POST', body, key: `order-${serviceId}` } as const;
    const answer = await askPatiently(`${api.url}/v1/services/${serviceId}/provision`, world.database.apiKey, request);
    if (answer.status !== 202) throw new Error(`service ${serviceId}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return { jobId: answer.body['provisioning_job_id'] as number, serviceId };
  });
}

export interface Tally {
  readonly queued: number;
  readonly running: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly dead: number;
  readonly cancelled: number;
}

export function tally(world: World): Promise<Tally> {
  const states = ['queued', 'running', 'succeeded', 'failed', 'dead', 'cancelled'];
  const counts = states.map((state) => `count(*) FILTER (WHERE status = '${state}')::integer AS ${state}`);
  return world.row<Tally>(`SELECT ${counts.join(', ')} FROM provisioning_jobs`);
}

/** Waits until every accepted job is final. */
export async function drained(world: World, withinMs: number): Promise<Tally> {
  return until(
    'all jobs final',
    async () => {
      const counts = await tally(world);
      return counts.queued + counts.running === 0 ? counts : undefined;
    },
    withinMs,
  );
}

export interface Accounting {
  readonly accepted: number;
  readonly finished: number;
  readonly dead: number;
  readonly lost: number;
  readonly duplicated: number;
  /** Repetitions that the network recognized by their step key and did not carry out. */
  readonly askedAgain: number;
}

/**
 * Compares what callers were promised with what the network, the services and the outbox say: each succeeded job
 * changed its router once, holds one address, and told the world once.
 */
export async function account(world: World, accepted: readonly Accepted[]): Promise<Accounting> {
  const ids = accepted.map(({ jobId }) => jobId);
  const found = await world.rows<{
    id: number;
    status: string;
    service: string;
    keys: number;
    asked: number;
    changes: number;
    addresses: number;
    activated: number;
  }>(
    `SELECT j.id, j.status, s.status AS service,
            (SELECT count(*)::integer FROM simulated_network.effects e WHERE e.step_key LIKE 'provisioning-' || j.id || '-%-router') AS keys,
            (SELECT coalesce(sum(e.times_asked), 0)::integer FROM simulated_network.effects e WHERE e.step_key LIKE 'provisioning-' || j.id || '-%-router') AS asked,
            (SELECT count(*)::integer FROM simulated_network.journal n WHERE n.username = u.username) AS changes,
            (SELECT count(*)::integer FROM ip_addresses a WHERE a.service_id = j.service_id) AS addresses,
            (SELECT count(*)::integer FROM outbox o WHERE o.name = 'services.service.activated.v1' AND (o.payload->>'service_id')::integer = j.service_id) AS activated
       FROM provisioning_jobs j JOIN services s ON s.id = j.service_id LEFT JOIN subscribers u ON u.service_id = j.service_id
      WHERE j.id = ANY ($1)`,
    [ids],
  );
  const succeeded = found.filter(({ status }) => status === 'succeeded');
  const wrong = succeeded.filter(
    (one) =>
      one.keys !== 1 || one.changes !== 1 || one.addresses !== 1 || one.activated !== 1 || one.service !== 'active',
  );
  expect(wrong).toEqual([]);
  const strangers = await world.row<{ count: number }>(
    `SELECT count(*)::integer AS count FROM simulated_network.effects e
      WHERE NOT EXISTS (SELECT FROM provisioning_jobs j WHERE e.step_key LIKE 'provisioning-' || j.id || '-%-router')`,
  );
  expect(strangers.count).toBe(0);
  const final = found.filter(({ status }) => ['succeeded', 'failed', 'dead', 'cancelled'].includes(status));
  return {
    accepted: new Set(ids).size,
    finished: succeeded.length,
    dead: found.filter(({ status }) => status === 'dead').length,
    lost: new Set(ids).size - final.length,
    duplicated: found.filter(({ changes, activated }) => changes > 1 || activated > 1).length,
    askedAgain: found.reduce((sum, { asked, keys }) => sum + asked - keys, 0),
  };
}
