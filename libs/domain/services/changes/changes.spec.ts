import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemClock } from '@isp/kernel';
import {
  actor,
  clock,
  plans,
  use,
  sql,
  order,
  move,
  active,
  read,
  stateOf,
  wanted,
  events,
  suspend,
  dayIn,
  openServices,
  closeServices,
} from '../../../../test/support/services-world.js';
import { CancelServiceChange } from './cancel-service-change.usecase.js';
import { ChangeServicePlan } from './change-service-plan.usecase.js';
import { PauseService } from './pause-service.usecase.js';
import { RelocateService } from './relocate-service.usecase.js';
import { ResumeService } from './resume-service.usecase.js';
import { TerminateService } from './terminate-service.usecase.js';
import { ApplyDueChanges } from './apply-due-changes.usecase.js';

beforeAll(openServices, 120_000);
afterAll(closeServices);

const DAY = 86_400;
const due = (process = 0) => use(ApplyDueChanges, process).execute();
const refusal = (code: string) => expect.objectContaining({ code }) as never;

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
    await sql(
      `UPDATE plans SET monthly_amount = 120, version = version + 1, status = 'retired' WHERE id = ${plans.fast}`,
    );
    try {
      clock.shift = (at.getTime() - systemClock.now().getTime()) / 1_000 - 5;
      expect(await due()).toBe(0);
      clock.shift += 10;
      const counts = await Promise.all([due(0), due(1), due(0), due(1)]);
      expect(counts.reduce((sum, n) => sum + n, 0)).toBe(5);
    } finally {
      clock.shift = 0;
      await sql(
        `UPDATE plans SET monthly_amount = 99.99, version = version + 1, status = 'active' WHERE id = ${plans.fast}`,
      );
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
    await sql(
      `UPDATE services SET status = 'terminated' WHERE id = ${bad}; UPDATE subscribers SET access = 'closed' WHERE service_id = ${bad}`,
    );
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
