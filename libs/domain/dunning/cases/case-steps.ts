import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { addSeconds, daysBetween, localDate } from '@isp/kernel';
import { failPoint } from '@isp/platform/fail-points';
import type { DunningLevel, DunningPolicyView, DunningStep } from '../policies/policy.types.js';
import { CaseRepository, type NewAction } from './case.repository.js';
import type { CaseView, ClosedFor } from './case.view.js';
import { DunningFacts } from './dunning.facts.js';
import { DunningFees } from './dunning-fees.js';
import type { PlannedStep } from './next-step.policy.js';
import { ServiceHolds } from './service-holds.js';
import type { Situation } from './situation.js';

/** Seconds until a service that is being provisioned is looked at again. */
const PROVISIONING_SECONDS = 3_600;

/** One look at an account: who looks, when, and what there is. */
export interface Look {
  readonly actor: Actor;
  readonly at: Date;
  readonly situation: Situation;
  readonly policy: DunningPolicyView;
  /** Whether what is overdue became less because somebody paid. */
  readonly paid: boolean;
}

/** Takes steps, and takes them back. In the transaction that has just read the account. */
@Injectable()
export class CaseSteps {
  constructor(
    private readonly cases: CaseRepository,
    private readonly holds: ServiceHolds,
    private readonly fees: DunningFees,
    private readonly facts: DunningFacts,
  ) {}

  /** The case after the step; closed by a termination. */
  async take(look: Look, it: CaseView, { step, key }: PlannedStep): Promise<CaseView> {
    const days = this.daysOf(look, it);
    if (step.action === 'terminate') return this.terminate(look, it, key, days);
    const details = await this.act(look, it, step);
    await this.cases.note(it.id, { ...this.noteOf(look, it), action: step.action, outcome: 'done', key, details });
    const level = LEVEL_OF[step.action] ?? it.level;
    const taken = await this.cases.save({ ...it, level });
    if (step.action === 'reminder') {
      const { account, disputed } = look.situation;
      this.facts.reminded(taken, days, await this.cases.oldestInvoice(account.id, it.overdueSince, disputed));
    } else this.facts.took(taken, days, step.action);
    failPoint('dunning.before-commit');
    return taken;
  }

  /** Goes back to less than what is in force: a round is over. */
  async lift(look: Look, it: CaseView, to: DunningLevel): Promise<CaseView> {
    const services = await this.letGo(look, it, to, 'paid in part');
    const lifted = await this.cases.save({ ...it, level: to, round: it.round + 1 });
    this.facts.restored(lifted, this.daysOf(look, it), services.length);
    return lifted;
  }

  /** Lets services go that the account does not pay for any more. */
  async releaseOthers({ actor, situation }: Look, it: CaseView): Promise<void> {
    const own = situation.services.map(({ id }) => id);
    for (const kind of ['suspend', 'throttle'] as const)
      await this.holds.letGo(actor, it, kind, 'paid by another account', own);
  }

  async close(look: Look, it: CaseView, closedFor: ClosedFor): Promise<CaseView> {
    const services = await this.letGo(look, it, 'none', closedFor);
    const { overdue } = look.situation;
    const note = { ...this.noteOf(look, it), overdueAmount: overdue.netAmount };
    await this.cases.note(it.id, { ...note, action: 'close', outcome: 'done', key: 'close', reason: closedFor });
    const closed = await this.cases.close(it.id, look.at, closedFor, overdue.netAmount);
    if (services.length > 0) this.facts.restored(closed, 0, services.length);
    this.facts.closed(closed);
    return closed;
  }

  /** Notes once why a step is not taken yet. */
  async hold(look: Look, it: CaseView, action: string, key: string, reason: string, until?: Date): Promise<void> {
    await this.cases.note(it.id, { ...this.noteOf(look, it), action, outcome: 'held', key, reason, until });
  }

  private async act(look: Look, it: CaseView, step: DunningStep): Promise<Readonly<Record<string, unknown>>> {
    const { actor, situation, policy } = look;
    const version = { policy_version: policy.version };
    switch (step.action) {
      case 'late_fee':
        await this.fees.charge(actor, it.accountId, step.amount ?? '0', `Late fee, overdue since ${it.overdueSince}`);
        return { ...version, amount: step.amount };
      case 'throttle': {
        const rate = { downloadKbps: step.downloadKbps ?? 0, uploadKbps: step.uploadKbps ?? 0 };
        return { ...version, services: await this.holds.throttle(it, situation.services, rate), ...rate };
      }
      case 'suspend':
        return { ...version, services: await this.holds.block(actor, it, situation.services) };
      case 'reminder':
      case 'terminate':
        return version;
    }
  }

  private async terminate(look: Look, it: CaseView, key: string, days: number): Promise<CaseView> {
    const { actor, at, situation } = look;
    if (!(await this.holds.terminate(actor, situation.services))) {
      const until = addSeconds(at, PROVISIONING_SECONDS);
      await this.hold(look, it, 'terminate', key, 'provisioning', until);
      return this.cases.save({ ...it, nextAt: until, waitsFor: 'provisioning' });
    }
    const details = { policy_version: look.policy.version, services: situation.services.map(({ id }) => id) };
    await this.cases.note(it.id, { ...this.noteOf(look, it), action: 'terminate', outcome: 'done', key, details });
    this.facts.took(it, days, 'terminate');
    return this.close(look, it, 'terminated');
  }

  private async letGo(look: Look, it: CaseView, to: DunningLevel, reason: string): Promise<number[]> {
    const { actor, policy } = look;
    const wasSuspended = it.level === 'suspended';
    const opened = wasSuspended ? await this.holds.letGo(actor, it, 'suspend', reason) : [];
    const faster = to === 'none' ? await this.holds.letGo(actor, it, 'throttle', reason) : [];
    const services = [...new Set([...opened, ...faster])];
    // What ended is not restored.
    if (it.level === 'none' || reason === 'terminated' || reason === 'no_service') return [];
    const fee = look.paid && opened.length > 0 && Number(policy.reconnectionAmount) > 0;
    const details = {
      services,
      level: [it.level, to],
      ...(fee ? { reconnection_fee: policy.reconnectionAmount } : {}),
    };
    const key = `restore:round-${it.round}`;
    await this.cases.note(it.id, {
      ...this.noteOf(look, it),
      action: 'restore',
      outcome: 'done',
      key,
      reason,
      details,
    });
    if (fee) await this.fees.charge(actor, it.accountId, policy.reconnectionAmount, 'Reconnection');
    return services;
  }

  private noteOf(look: Look, it: CaseView): Omit<NewAction, 'action' | 'outcome' | 'key'> {
    const { overdueAmount, overdueSince } = it;
    return { at: look.at, overdueAmount, overdueSince, daysOverdue: this.daysOf(look, it) };
  }

  private daysOf({ at, situation }: Look, { overdueSince }: CaseView): number {
    return daysBetween(overdueSince, localDate(at, situation.account.timeZone));
  }
}

const LEVEL_OF: Readonly<Partial<Record<string, DunningLevel>>> = { throttle: 'throttled', suspend: 'suspended' };
