import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  actor,
  plans,
  use,
  sql,
  order,
  move,
  active,
  read,
  stateOf,
  wanted,
  suspend,
  reactivate,
  customer,
  online,
  unique,
  openServices,
  clock,
  closeServices,
  dayIn,
} from '../../../../test/support/services-world.js';
import { MoveService } from './move-service.usecase.js';
import { OrderBundle } from './order-bundle.usecase.js';
import { OrderVoiceService } from './order-voice-service.usecase.js';
import { ApplyDueChanges } from '../changes/apply-due-changes.usecase.js';
import { PauseService } from '../changes/pause-service.usecase.js';
import { RelocateService } from '../changes/relocate-service.usecase.js';
import { ServiceHistoryQueries } from './service-history.queries.js';
import { SetOperationalStatus } from './set-operational-status.usecase.js';
import { TerminateService } from '../changes/terminate-service.usecase.js';
import { serviceStates } from './service.states.js';
import type { ServiceStatus } from './service.entity.js';

beforeAll(openServices, 120_000);
afterAll(closeServices);

const refusal = (code: string) => expect.objectContaining({ code }) as never;

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

describe('a bundle', () => {
  const bundle = async () => {
    const customerId = await customer();
    const number = `+1303555${String(unique()).padStart(4, '0')}`;
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

  it('that is paused late takes its parts along from when that was to be', async () => {
    const { id, parts } = await bundle();
    for (const part of parts) await online(part);
    await use(PauseService).execute({ actor, serviceId: id, from: await dayIn(2), until: await dayIn(9) });
    clock.shift = 5 * 86_400;
    await use(ApplyDueChanges).execute();
    clock.shift = 0;
    const rows = await sql<{ since: Date }>(
      `SELECT since FROM service_suspensions WHERE service_id IN (${id}, ${parts.join()}) AND cause IN ('pause', 'bundle')`,
    );
    expect(rows.length).toBe(3);
    expect(new Set(rows.map(({ since }) => since.toISOString())).size).toBe(1);
  });

  it('has a number that no other service has, until it ends', async () => {
    const { id, customerId, number } = await bundle();
    const again = () => use(OrderVoiceService).execute({ actor, customerId, planId: plans.voice, phoneNumber: number });
    await expect(again()).rejects.toEqual(refusal('services.number.taken'));
    await use(TerminateService).execute({ actor, serviceId: id });
    expect((await again()).phoneNumber).toBe(number);
  });
});
