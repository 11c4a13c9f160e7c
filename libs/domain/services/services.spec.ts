import { type INestApplicationContext, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { systemActor } from '@isp/contracts';
import { CreatePlan, catalogEntities } from '@isp/domain/catalog';
import { CreateCustomer, SetCustomerStatus, customersEntities } from '@isp/domain/customers';
import { accessEntities } from '@isp/domain/access';
import { partnersEntities } from '@isp/domain/partners';
import { addSeconds, systemClock } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { query } from '../../../test/support/embedded-postgres.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-postgres.js';
import { foundations } from '../../../test/support/webhooks-world.js';
import { ApplyDueChanges } from './changes/apply-due-changes.usecase.js';
import {
  CancelServiceChange,
  ChangeServicePlan,
  MoveService,
  OrderBundle,
  OrderInternetService,
  OrderVoiceService,
  PauseService,
  ReactivateService,
  RelocateService,
  ResumeService,
  ServiceHistoryQueries,
  ServiceQueries,
  type ServiceStatus,
  ServicesModule,
  SetOperationalStatus,
  SuspendService,
  TerminateService,
  servicesEntities,
} from './index.js';
import { serviceStates } from './services/service.states.js';
import { FollowCustomer } from './suspensions/follow-customer.usecase.js';

@Module({})
class World {}

const actor = systemActor('spec');
const clock = { shift: 0, now: () => addSeconds(systemClock.now(), clock.shift) };
const DAY = 86_400;
let database: TestDatabase;
let worlds: INestApplicationContext[];
let plans: { home: number; fast: number; euro: number; voice: number; duo: number };

const use = <T>(type: Type<T>, process = 0): T =>
  (worlds[process] as INestApplicationContext).get(type, { strict: false });
const sql = <R extends object>(text: string) => query<R>(database.ownerUrl, text);

beforeAll(async () => {
  database = await createTestDatabase();
  const entities = [
    ...accessEntities,
    ...partnersEntities,
    ...catalogEntities,
    ...customersEntities,
    ...servicesEntities,
  ];
  const start = () =>
    NestFactory.createApplicationContext(
      { module: World, imports: [...foundations(database.appUrl, clock, 'api', entities).imports, ServicesModule] },
      { logger: false, abortOnError: false },
    );
  worlds = [await start(), await start()];
  // New York's midnight is four or five hours after ours.
  await sql(`UPDATE partners SET time_zone = 'America/New_York' WHERE id = 1;
    INSERT INTO bandwidth_profiles VALUES ('100M', 100000, 20000), ('300M', 300000, 50000);
    INSERT INTO devices (name, driver) VALUES ('r1', 'simulated')`);
  const plan = async (
    sku: string,
    serviceType: 'internet' | 'voice' | 'bundle',
    monthlyAmount: string,
    speed?: number,
    currency = 'USD',
  ) =>
    (
      await use(CreatePlan).execute({
        actor,
        sku,
        name: sku,
        category: 'Spec',
        serviceType,
        monthlyAmount,
        currency,
        ...(speed ? { downloadMbps: speed, uploadMbps: 20 } : {}),
      })
    ).id;
  plans = {
    home: await plan('HOME', 'internet', '79.99', 100),
    fast: await plan('FAST', 'internet', '99.99', 300),
    euro: await plan('EURO', 'internet', '99.99', 300, 'EUR'),
    voice: await plan('VOICE', 'voice', '12.50'),
    duo: await plan('DUO', 'bundle', '84.99'),
  };
}, 120_000);
afterAll(async () => {
  await Promise.all(worlds.map((world) => world.close()));
  await database.drop();
});

let serial = 0;
async function customer(): Promise<number> {
  serial += 1;
  const values = {
    name: `C ${serial}`,
    email: `c${serial}@spec.example`,
    phone: `+1202555${String(serial).padStart(4, '0')}`,
  };
  return (await use(CreateCustomer).execute({ actor, partnerId: 1, ...values })).id;
}
const order = async (customerId?: number) =>
  (await use(OrderInternetService).execute({ actor, customerId: customerId ?? (await customer()), planId: plans.home }))
    .id;
const move = (serviceId: number, to: ServiceStatus) => use(MoveService).execute({ actor, serviceId, to });

/** A subscriber as provisioning leaves it. */
async function online(serviceId: number): Promise<number> {
  await move(serviceId, 'provisioning');
  await move(serviceId, 'active');
  await sql(`INSERT INTO subscribers (partner_id, customer_id, service_id, username, password_sealed, router_id, prefix_length, bandwidth_profile, download_kbps, upload_kbps)
    SELECT partner_id, customer_id, id, 'u' || id, 'x', 1, 24, '100M', 100000, 20000 FROM services WHERE id = ${serviceId} AND service_type = 'internet'`);
  return serviceId;
}
const active = async (customerId?: number) => online(await order(customerId));
const read = (id: number) => use(ServiceQueries).get(actor, id);
const stateOf = async (id: number) => {
  const { status, suspendedFor } = await read(id);
  return [status, suspendedFor.join('+')];
};
const wanted = async (id: number) => {
  const [row] = await sql<{ access: string; bandwidth_profile: string }>(
    `SELECT access, bandwidth_profile FROM subscribers WHERE service_id = ${id}`,
  );
  return row;
};
const events = async (id: number) =>
  (await sql<{ name: string }>(`SELECT name FROM outbox WHERE (payload->>'service_id')::int = ${id} ORDER BY id`)).map(
    ({ name }) => name.split('.')[2],
  );
const suspend = (serviceId: number, cause: 'manual' | 'payment' | 'abuse', walledGarden = true) =>
  use(SuspendService).execute({ actor, serviceId, cause, walledGarden });
const reactivate = (serviceId: number, cause?: 'manual' | 'payment' | 'abuse' | 'pause') =>
  use(ReactivateService).execute({ actor, serviceId, cause });
const due = (process = 0) => use(ApplyDueChanges, process).execute();
const refusal = (code: string) => expect.objectContaining({ code }) as never;
/** The day that it is in New York, `days` later. */
async function dayIn(days: number): Promise<string> {
  const [row] = await sql<{ day: string }>(
    `SELECT (('${clock.now().toISOString()}'::timestamptz AT TIME ZONE 'America/New_York')::date + ${days})::text AS day`,
  );
  return row?.day ?? '';
}

describe('the commercial states', () => {
  it('lead only where the table says, whatever is tried in whatever order', async () => {
    const states = serviceStates.states.filter((state) => state !== 'suspended');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...states), { minLength: 1, maxLength: 8 }), async (steps) => {
        const id = await order();
        let now: ServiceStatus = 'pending_activation';
        const expected: string[] = ['pending_activation'];
        for (const to of steps) {
          const legal = serviceStates.can(now, to);
          const moved = await move(id, to).then(
            () => true,
            () => false,
          );
          expect([now, to, moved]).toEqual([now, to, legal]);
          if (legal) expected.push((now = to));
        }
        const history = await use(ServiceHistoryQueries).list(actor, id, { axis: 'status' }, { limit: 100, offset: 0 });
        expect(history.rows.map(({ to }) => to).reverse()).toEqual(expected);
        expect((await read(id)).status).toBe(now);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it('move once, however many ask at once', async () => {
    const id = await order();
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => move(id, 'provisioning')));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { total } = await use(ServiceHistoryQueries).list(actor, id, { axis: 'status' }, { limit: 1, offset: 0 });
    expect(total).toBe(2);
  });

  it('keep the history of both axes, with who and why; a report that is no news adds nothing', async () => {
    const id = await active();
    const report = (status: 'degraded' | 'running') =>
      use(SetOperationalStatus).execute({ actor, serviceId: id, status, reason: 'optical power low' });
    expect([await report('degraded'), await report('degraded')]).toEqual([true, false]);
    const { version } = await read(id);
    const all = await use(ServiceHistoryQueries).list(actor, id, {}, { limit: 100, offset: 0 });
    expect(all.rows[0]).toMatchObject({
      axis: 'operational_status',
      from: 'running',
      to: 'degraded',
      actor: 'system:spec',
      reason: 'optical power low',
    });
    expect(all.rows.map(({ axis, to }) => `${axis === 'status' ? '' : 'o:'}${to}`).reverse()).toEqual([
      'pending_activation',
      'o:pending',
      'provisioning',
      'o:starting',
      'active',
      'o:running',
      'o:degraded',
    ]);
    await use(SetOperationalStatus).execute({ actor, serviceId: id, status: 'running' });
    expect((await read(id)).version).toBe(version);
  });

  it('cannot be contradicted behind our back', async () => {
    const id = await active();
    await expect(sql(`UPDATE services SET status = 'suspended' WHERE id = ${id}`)).rejects.toThrow(
      'services_suspended_for_a_cause',
    );
    await expect(sql(`UPDATE services SET suspended_for = '{payment}' WHERE id = ${id}`)).rejects.toThrow(
      'services_works_without_cause',
    );
  });
});

describe('causes of suspension', () => {
  it('are a set: the network opens when the last is gone, and at once then', async () => {
    const id = await active();
    const causes = ['manual', 'payment', 'abuse'] as const;
    const step = fc.record({ add: fc.boolean(), cause: fc.constantFrom(...causes) });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        const open = new Set<string>((await read(id)).suspendedFor);
        for (const { add, cause } of steps) {
          await (add ? suspend(id, cause) : reactivate(id, cause)).catch(() => undefined);
          if (add) open.add(cause);
          else open.delete(cause);
          const access = open.size === 0 ? 'open' : 'walled_garden';
          expect([...(await stateOf(id)), (await wanted(id))?.access]).toEqual([
            open.size === 0 ? 'active' : 'suspended',
            [...open].sort().join('+'),
            access,
          ]);
        }
      }),
      { numRuns: 20 },
    );
    const [row] = await sql<{ open: string }>(
      `SELECT string_agg(cause, '+' ORDER BY cause) AS open FROM service_suspensions WHERE service_id = ${id} AND ended_at IS NULL`,
    );
    expect(row?.open ?? '').toBe((await stateOf(id))[1]);
  }, 60_000);

  it('close the line altogether where one of them says so', async () => {
    const id = await active();
    await suspend(id, 'payment');
    await suspend(id, 'abuse', false);
    expect((await wanted(id))?.access).toBe('closed');
    await reactivate(id, 'abuse');
    expect((await wanted(id))?.access).toBe('walled_garden');
    expect(await events(id)).toEqual(['created', 'activated', 'suspended']);
    await reactivate(id);
    expect(await events(id)).toEqual(['created', 'activated', 'suspended', 'reactivated']);
  });

  it('must be named when there are several, and be there', async () => {
    const id = await active();
    await expect(reactivate(id)).rejects.toEqual(refusal('services.service.illegal_move'));
    await suspend(id, 'manual');
    await expect(suspend(id, 'manual')).rejects.toEqual(refusal('services.service.suspended_already'));
    await expect(reactivate(id, 'payment')).rejects.toEqual(refusal('services.service.not_suspended_for'));
    await suspend(id, 'payment');
    await expect(reactivate(id)).rejects.toEqual(refusal('services.service.cause_needed'));
  });

  it('of a customer come and go with it, once, and leave others alone', async () => {
    const customerId = await customer();
    const [one, two, waiting] = [await active(customerId), await active(customerId), await order(customerId)];
    await suspend(two, 'payment');
    const follow = () => use(FollowCustomer).execute({ actor, customerId });
    const set = (status: 'suspended' | 'active') => use(SetCustomerStatus).execute({ actor, customerId, status });
    await set('suspended');
    await Promise.all([follow(), follow()]);
    expect([await stateOf(one), await stateOf(two), await stateOf(waiting)]).toEqual([
      ['suspended', 'customer'],
      ['suspended', 'customer+payment'],
      ['pending_activation', 'customer'],
    ]);
    await expect(reactivate(one)).rejects.toEqual(refusal('services.service.follows'));
    // It comes up while its customer is suspended: it must not work.
    await online(waiting);
    expect(await stateOf(waiting)).toEqual(['suspended', 'customer']);
    await reactivate(two, 'payment');
    await set('active');
    // Late, twice, out of order: what counts is what the customer is.
    await Promise.all([follow(), follow()]);
    expect([await stateOf(one), await stateOf(two), await stateOf(waiting)]).toEqual([
      ['active', ''],
      ['active', ''],
      ['active', ''],
    ]);
    expect((await events(one)).filter((name) => name === 'suspended' || name === 'reactivated')).toEqual([
      'suspended',
      'reactivated',
    ]);
  });
});

describe('a bundle', () => {
  const bundle = async () => {
    const customerId = await customer();
    const number = `+1303555${String((serial += 1)).padStart(4, '0')}`;
    const { bundle: made, parts } = await use(OrderBundle).execute({
      actor,
      customerId,
      planId: plans.duo,
      parts: [
        { serviceType: 'internet', planId: plans.home },
        { serviceType: 'voice', planId: plans.voice, phoneNumber: number },
      ],
      installationAddress: { street: 'Old 1', city: 'Port', zip: '1' },
    });
    return {
      id: made.id,
      customerId,
      number,
      parts: parts.map(({ id }) => id) as [number, number],
      made,
      views: parts,
    };
  };

  it('has the price; its parts are free, and it is active when the last of them is', async () => {
    const { id, parts, made, views } = await bundle();
    expect([made.monthlyAmount, ...views.map(({ monthlyAmount }) => monthlyAmount)]).toEqual([
      '84.9900',
      '0.0000',
      '0.0000',
    ]);
    await online(parts[0]);
    expect((await read(id)).status).toBe('pending_activation');
    await online(parts[1]);
    expect((await read(id)).status).toBe('active');
  });

  it('is active also when its parts come up at the same time', async () => {
    const { id, parts } = await bundle();
    for (const part of parts) await move(part, 'provisioning');
    await Promise.all(
      parts.map((part, process) => use(MoveService, process).execute({ actor, serviceId: part, to: 'active' })),
    );
    expect((await read(id)).status).toBe('active');
  });

  it('takes its parts along, and a part keeps causes of its own', async () => {
    const { id, parts } = await bundle();
    for (const part of parts) await online(part);
    await suspend(parts[0], 'abuse');
    await suspend(id, 'manual');
    expect([await stateOf(parts[0]), await stateOf(parts[1])]).toEqual([
      ['suspended', 'abuse+bundle'],
      ['suspended', 'bundle'],
    ]);
    await reactivate(id);
    expect([await stateOf(id), await stateOf(parts[0]), await stateOf(parts[1])]).toEqual([
      ['active', ''],
      ['suspended', 'abuse'],
      ['active', ''],
    ]);
    await use(RelocateService).execute({
      actor,
      serviceId: id,
      installationAddress: { street: 'New 2', city: 'Port', zip: '2' },
    });
    expect((await read(parts[1])).installationAddress?.street).toBe('New 2');
    await expect(use(TerminateService).execute({ actor, serviceId: parts[0] })).rejects.toEqual(
      refusal('services.service.part_of_bundle'),
    );
    await use(TerminateService).execute({ actor, serviceId: id, reason: 'moved away' });
    expect([await stateOf(id), await stateOf(parts[0]), await stateOf(parts[1])]).toEqual(
      Array(3).fill(['terminated', '']),
    );
    expect((await wanted(parts[0]))?.access).toBe('closed');
  });

  it('has a number that no other service has, until it ends', async () => {
    const { id, customerId, number } = await bundle();
    const again = () => use(OrderVoiceService).execute({ actor, customerId, planId: plans.voice, phoneNumber: number });
    await expect(again()).rejects.toEqual(refusal('services.number.taken'));
    await use(TerminateService).execute({ actor, serviceId: id });
    expect((await again()).phoneNumber).toBe(number);
  });
});

describe('a change of plan', () => {
  const change = (serviceId: number, when: 'now' | 'period_end', planId = plans.fast) =>
    use(ChangeServicePlan).execute({ actor, serviceId, planId, when });

  it('takes effect at once, on the network too', async () => {
    const id = await active();
    const { change: made, service } = await change(id, 'now');
    expect([made.status, service.planId, service.monthlyAmount, service.downloadMbps]).toEqual([
      'applied',
      plans.fast,
      '99.9900',
      300,
    ]);
    expect((await wanted(id))?.bandwidth_profile).toBe('300M');
    expect(await events(id)).toContain('changed');
  });

  it('is refused where it makes no sense', async () => {
    const id = await active();
    await expect(change(id, 'now', plans.home)).rejects.toEqual(refusal('services.plan.same'));
    await expect(change(id, 'now', plans.euro)).rejects.toEqual(refusal('services.plan.other_currency'));
    await expect(change(id, 'now', plans.voice)).rejects.toEqual(refusal('catalog.plan.wrong_type'));
    await use(TerminateService).execute({ actor, serviceId: id });
    await expect(change(id, 'now')).rejects.toEqual(refusal('services.service.wrong_state'));
  });

  it('at the end of the period happens once, by whichever worker; and at the local midnight', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => active()));
    const made = [];
    for (const id of ids) made.push((await change(id, 'period_end')).change);
    const at = made[0]?.effectiveAt as Date;
    const local = await sql<{ at: string }>(
      `SELECT to_char('${at.toISOString()}'::timestamptz AT TIME ZONE 'America/New_York', 'DD HH24:MI') AS at`,
    );
    expect(local).toEqual([{ at: '01 00:00' }]);
    await expect(change(ids[0] as number, 'period_end')).rejects.toEqual(refusal('services.change.under_way'));
    await use(CancelServiceChange).execute({ actor, serviceId: ids[5] as number, changeId: made[5]?.id as number });
    // The price that was agreed stays, whatever the plan costs by then.
    await sql(`UPDATE plans SET monthly_amount = 120, status = 'retired' WHERE id = ${plans.fast}`);
    try {
      clock.shift = (at.getTime() - systemClock.now().getTime()) / 1_000 - 5;
      expect(await due()).toBe(0);
      clock.shift += 10;
      const counts = await Promise.all([due(0), due(1), due(0), due(1)]);
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(5);
    } finally {
      clock.shift = 0;
      await sql(`UPDATE plans SET monthly_amount = 99.99, status = 'active' WHERE id = ${plans.fast}`);
    }
    for (const id of ids.slice(0, 5)) {
      expect((await read(id)).monthlyAmount).toBe('99.9900');
      expect((await events(id)).filter((name) => name === 'changed')).toHaveLength(1);
    }
    expect((await read(ids[5] as number)).planId).toBe(plans.home);
  });

  it('is previewed as it would be', async () => {
    const id = await active();
    const preview = await use(ChangeServicePlan).preview({
      actor,
      serviceId: id,
      planId: plans.fast,
      when: 'period_end',
    });
    expect([preview.difference.toText(), preview.proration.net.toText(), preview.from.id, preview.to.id]).toEqual([
      '20.00',
      '0.00',
      plans.home,
      plans.fast,
    ]);
    const now = await use(ChangeServicePlan).preview({ actor, serviceId: id, planId: plans.fast, when: 'now' });
    expect(now.proration.daysLeft).toBeGreaterThan(0);
    expect((await read(id)).planId).toBe(plans.home);
  });

  it('that is due while the service is being provisioned waits for the end of that', async () => {
    const id = await order();
    const { change: made } = await change(id, 'period_end');
    await move(id, 'provisioning');
    clock.shift = (made.effectiveAt.getTime() - systemClock.now().getTime()) / 1_000 + 5;
    try {
      await due();
      expect((await read(id)).planId).toBe(plans.home);
      await move(id, 'active');
      await due();
      expect((await read(id)).planId).toBe(plans.fast);
    } finally {
      clock.shift = 0;
    }
  });
});

describe('pauses and endings', () => {
  it('a pause begins and ends by itself', async () => {
    const id = await active();
    await use(PauseService).execute({
      actor,
      serviceId: id,
      from: await dayIn(3),
      until: await dayIn(5),
      reason: 'holiday',
    });
    try {
      const seen: unknown[] = [];
      for (const day of [1, 4, 6]) {
        clock.shift = day * DAY;
        await due();
        seen.push([...(await stateOf(id)), (await wanted(id))?.access]);
      }
      expect(seen).toEqual([
        ['active', '', 'open'],
        ['suspended', 'pause', 'walled_garden'],
        ['active', '', 'open'],
      ]);
    } finally {
      clock.shift = 0;
    }
  });

  it('a pause that nobody carried out in time has no effect when it is over', async () => {
    const id = await active();
    await use(PauseService).execute({ actor, serviceId: id, from: await dayIn(3), until: await dayIn(5) });
    try {
      clock.shift = 9 * DAY;
      await due();
      expect(await stateOf(id)).toEqual(['active', '']);
    } finally {
      clock.shift = 0;
    }
  });

  it('a pause is ended or taken back by resuming, and does not end what else blocks', async () => {
    const id = await active();
    const pause = async (from?: string) =>
      use(PauseService).execute({ actor, serviceId: id, until: await dayIn(20), from });
    await pause();
    await suspend(id, 'payment');
    expect((await use(ResumeService).execute({ actor, serviceId: id })).suspendedFor).toEqual(['payment']);
    await pause(await dayIn(10));
    await use(ResumeService).execute({ actor, serviceId: id });
    await expect(use(ResumeService).execute({ actor, serviceId: id })).rejects.toEqual(
      refusal('services.service.not_suspended_for'),
    );
    await expect(
      use(PauseService).execute({ actor, serviceId: id, from: await dayIn(9), until: await dayIn(9) }),
    ).rejects.toEqual(refusal('services.period.backwards'));
    await expect(use(PauseService).execute({ actor, serviceId: id, until: await dayIn(-1) })).rejects.toEqual(
      refusal('services.schedule.in_the_past'),
    );
  });

  it('a service ends with its last day, and nothing that was scheduled outlives it', async () => {
    const id = await active();
    await suspend(id, 'payment');
    await use(ChangeServicePlan).execute({ actor, serviceId: id, planId: plans.fast, when: 'period_end' });
    const { change: made } = await use(TerminateService).execute({ actor, serviceId: id, lastDay: await dayIn(0) });
    expect(made.status).toBe('scheduled');
    clock.shift = (made.effectiveAt.getTime() - systemClock.now().getTime()) / 1_000 + 5;
    try {
      await due();
    } finally {
      clock.shift = 0;
    }
    expect([...(await stateOf(id)), (await wanted(id))?.access]).toEqual(['terminated', '', 'closed']);
    const left = await sql(`SELECT kind, status FROM service_changes WHERE service_id = ${id} ORDER BY id`);
    expect(left).toEqual([
      { kind: 'plan', status: expect.stringMatching(/cancelled|applied/) },
      { kind: 'terminate', status: 'applied' },
    ]);
    expect(await sql(`SELECT 1 FROM service_suspensions WHERE service_id = ${id} AND ended_at IS NULL`)).toEqual([]);
  });

  it('one change that fails for good says why and keeps nobody waiting', async () => {
    const [bad, good] = [await active(), await active()];
    for (const id of [bad, good])
      await use(RelocateService).execute({
        actor,
        serviceId: id,
        installationAddress: { street: 'Far', city: 'Away', zip: '9' },
        date: await dayIn(2),
      });
    await use(UnitOfWork).run(actor, () => Promise.resolve());
    await sql(`UPDATE services SET status = 'terminated' WHERE id = ${bad}`);
    clock.shift = 3 * DAY;
    try {
      await due();
    } finally {
      clock.shift = 0;
    }
    expect(await sql(`SELECT status, error FROM service_changes WHERE service_id = ${bad}`)).toEqual([
      { status: 'failed', error: 'The service is terminated.' },
    ]);
    expect((await read(good)).installationAddress?.street).toBe('Far');
  });
});
