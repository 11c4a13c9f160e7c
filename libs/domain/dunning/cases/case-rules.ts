import { Injectable } from '@nestjs/common';
import { addSeconds, localDate } from '@isp/kernel';
import { Holidays } from '../policies/holidays.js';
import { PromiseBook } from '../promises/promise-book.js';
import { CaseRepository } from './case.repository.js';
import { CaseSteps, type Look } from './case-steps.js';
import type { CaseView, ClosedFor } from './case.view.js';
import { DunningFacts } from './dunning.facts.js';
import { type CaseState, type Standing, nextStep, tooLittleFor, warrantedLevel } from './next-step.policy.js';

/** Seconds after which a charge under way is looked at again, should nobody tell how it ended. */
const PENDING_SECONDS = 3_600;

const DAY_SECONDS = 86_400;

/** What a policy makes of a situation. */
@Injectable()
export class CaseRules {
  constructor(
    private readonly cases: CaseRepository,
    private readonly steps: CaseSteps,
    private readonly promises: PromiseBook,
    private readonly holidays: Holidays,
    private readonly facts: DunningFacts,
  ) {}

  async open(look: Look): Promise<CaseView> {
    const { actor, at, situation, policy } = look;
    const { account, overdue } = situation;
    const since = overdue.dueOn ?? localDate(at, account.timeZone);
    const opened = await this.cases.insert(account.id, policy, { amount: overdue.netAmount, since }, at);
    this.facts.note(actor, 'open', opened, { policy_id: policy.id, policy_version: policy.version });
    this.facts.opened(opened, overdue.daysOverdue);
    return this.proceed(look, opened, 'paid');
  }

  async proceed(look: Look, it: CaseView, closedFor: ClosedFor): Promise<CaseView> {
    const { situation, at, policy } = look;
    const { overdue, account } = situation;
    const { timeZone } = account;
    const promisedUntil = await this.promises.judge(
      it.id,
      overdue.unpaidAmount,
      { timeZone, pending: situation.pending },
      at,
    );
    if (account.kind === 'prepaid') return this.steps.close(look, it, closedFor);
    if (situation.pending) return this.awaitCharge(look, it);
    if (overdue.dueOn === null) return this.steps.close(look, it, situation.owesDisputed ? 'disputed' : closedFor);
    if (situation.services.length === 0) return this.steps.close(look, it, 'no_service');
    await this.steps.releaseOthers(look, it);
    const standing = { amount: overdue.netAmount, currency: overdue.currency, since: overdue.dueOn };
    let now = { ...it, overdueAmount: standing.amount, overdueSince: standing.since };
    const today = localDate(at, timeZone);
    // What is under way holds steps back, and takes back none: it may still fail.
    const unpaid = { ...standing, amount: overdue.unpaidAmount, since: overdue.unpaidSince ?? overdue.dueOn };
    const level = warrantedLevel(policy, unpaid, it.level, today);
    if (level !== it.level) now = await this.steps.lift(look, now, level);
    const holidays = await this.holidays.of(policy.calendar, today);
    const plan = async (state: CaseView) =>
      nextStep(policy, standing, await this.stateOf(state, timeZone, promisedUntil), { timeZone, holidays }, at);
    const planned = await plan(now);
    if (planned && planned.at <= at) {
      now = await this.steps.take(look, now, planned);
      if (now.closedAt !== null || now.waitsFor === 'provisioning') return now;
      const next = await plan(now);
      return this.schedule(look, now, standing, next, promisedUntil);
    }
    return this.schedule(look, now, standing, planned, promisedUntil);
  }

  private async schedule(
    look: Look,
    it: CaseView,
    standing: Standing,
    planned: ReturnType<typeof nextStep>,
    promisedUntil: Date | null,
  ): Promise<CaseView> {
    const { policy, at, situation } = look;
    const { timeZone } = situation.account;
    const today = localDate(at, timeZone);
    for (const key of tooLittleFor(policy, standing, await this.stateOf(it, timeZone, promisedUntil), today))
      await this.steps.hold(look, it, key.split(':')[1] ?? '', key, 'below_amount');
    if (planned?.heldFor)
      await this.steps.hold(look, it, planned.step.action, planned.key, planned.heldFor, planned.at);
    const wakes = [planned?.at, promisedUntil ?? undefined].filter((one) => one !== undefined);
    // Nothing tells of a service that another account pays for by now: a case is looked at every day.
    const [nextAt = addSeconds(at, DAY_SECONDS)] = wakes.sort((a, b) => a.getTime() - b.getTime());
    return this.cases.save({
      ...it,
      nextAction: planned?.step.action ?? null,
      nextAt,
      waitsFor: planned?.heldFor ?? null,
    });
  }

  /** Money is under way that would pay what is overdue: nothing is done until it is known whether it came. */
  private async awaitCharge(look: Look, it: CaseView): Promise<CaseView> {
    const until = addSeconds(look.at, PENDING_SECONDS);
    await this.steps.hold(look, it, it.nextAction ?? 'wait', `pending:${it.overdueSince}`, 'payment_pending', until);
    return this.cases.save({ ...it, nextAt: until, waitsFor: 'payment_pending' });
  }

  private async stateOf(
    { id, level, round }: CaseView,
    timeZone: string,
    promisedUntil: Date | null,
  ): Promise<CaseState> {
    const done = await this.cases.done(id, timeZone);
    return {
      level,
      round,
      done: new Set(done.map(({ key }) => key)),
      lastStepOn: done.at(-1)?.on ?? null,
      promisedUntil,
    };
  }
}
