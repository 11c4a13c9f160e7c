import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AddressPool, DefineRouter, PrepareSubscriber, SubscriberSteps } from '@isp/domain/network';
import { ChangeServicePlan, ReactivateService, SuspendService, TerminateService } from '@isp/domain/services';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { actor, closeServices, move, openServices, order, plans, read, sql, use } from '../support/services-world.js';

const SCHEDULES = 1_000;
const LEGAL = new Set([
  'null>pending_activation',
  'pending_activation>provisioning',
  'pending_activation>terminated',
  'provisioning>active',
  'active>suspended',
  'active>terminated',
  'suspended>active',
  'suspended>terminated',
]);
let router: number;

beforeAll(async () => {
  await openServices();
  const input = { actor, name: 'small', driver: 'simulated', settings: {}, prefixes: ['10.77.0.0/29'] };
  router = (await use(DefineRouter).execute(input)).id;
}, 120_000);
afterAll(closeServices, 60_000);

type Step = (serviceId: number, process: number) => Promise<unknown>;
const STEPS: Readonly<Record<string, Step>> = {
  suspend: (serviceId, at) => use(SuspendService, at).execute({ actor, serviceId, cause: 'manual' }),
  reactivate: (serviceId, at) => use(ReactivateService, at).execute({ actor, serviceId }),
  terminate: (serviceId, at) => use(TerminateService, at).execute({ actor, serviceId }),
  faster: (serviceId, at) => use(ChangeServicePlan, at).execute({ actor, serviceId, planId: plans.fast, when: 'now' }),
  slower: (serviceId, at) => use(ChangeServicePlan, at).execute({ actor, serviceId, planId: plans.home, when: 'now' }),
  allocate: (serviceId, at) => use(UnitOfWork, at).run(actor, () => use(AddressPool, at).assign(serviceId, router)),
  release: (serviceId, at) => use(UnitOfWork, at).run(actor, () => use(SubscriberSteps, at).close(serviceId)),
};

async function living(): Promise<number> {
  const id = await order();
  await move(id, 'provisioning');
  const { partnerId, customerId, guid } = await read(id);
  const place = { serviceId: id, serviceGuid: guid, downloadMbps: 100, uploadMbps: 20, routerId: router };
  await use(PrepareSubscriber).execute({ actor, partnerId, customerId, ...place });
  await move(id, 'active');
  return id;
}

it(`C7: ${SCHEDULES} random schedules of one service at a time keep to legal moves and to one owner of an address`, async () => {
  let [accepted, refused] = [0, 0];
  const strange: unknown[] = [];
  const services: number[] = [];
  const names = Object.keys(STEPS);
  // Ending is rarer than the rest, so that services live through several schedules.
  const step = fc.oneof(
    { weight: 14, arbitrary: fc.constantFrom(...names.filter((name) => name !== 'terminate')) },
    { weight: 1, arbitrary: fc.constant('terminate') },
  );
  const schedules = fc.sample(fc.array(step, { minLength: 2, maxLength: 4 }), { numRuns: SCHEDULES, seed: 7 });
  const lanes = [0, 1, 2, 3].map(async (lane) => {
    let service = await living();
    services.push(service);
    for (const [index, schedule] of schedules.entries()) {
      if (index % 4 !== lane) continue;
      const ends = await Promise.allSettled(schedule.map((name, at) => (STEPS[name] as Step)(service, at % 2)));
      for (const end of ends) {
        if (end.status === 'fulfilled') accepted += 1;
        else if (end.reason instanceof DomainError) refused += 1;
        else strange.push(end.reason);
      }
      if (!schedule.includes('terminate') || (await read(service)).status !== 'terminated') continue;
      await use(UnitOfWork).run(actor, () => use(SubscriberSteps).close(service));
      await sql(
        `UPDATE ip_addresses SET free_from = now() - interval '1 s' WHERE service_id IS NULL AND free_from > now()`,
      );
      service = await living();
      services.push(service);
    }
  });
  await Promise.all(lanes);
  const moves = await sql<{ move: string }>(
    `SELECT coalesce(from_value, 'null') || '>' || to_value AS move FROM service_history
      WHERE axis = 'status' AND service_id = ANY ('{${services.join(',')}}')`,
  );
  const illegal = moves.filter(({ move: made }) => !LEGAL.has(made));
  const shared = await sql(
    `SELECT address FROM ip_addresses WHERE service_id IS NOT NULL GROUP BY vrf_id, address HAVING count(DISTINCT service_id) > 1
     UNION ALL SELECT h.address FROM address_history h JOIN address_history o
       ON (o.vrf_id, o.address) = (h.vrf_id, h.address) AND o.service_id <> h.service_id AND o.during && h.during`,
  );
  process.stdout.write(
    `C7: ${SCHEDULES} schedules, ${services.length} services, accepted ${accepted}, refused ${refused}, lost ${strange.length}, duplicated ${shared.length}\n`,
  );
  expect([illegal, shared, strange]).toEqual([[], [], []]);
  expect(accepted).toBeGreaterThan(SCHEDULES);
}, 150_000);
