import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, changesBetween, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { dunningErrors } from '../dunning.errors.js';
import { type PolicyFilter, PolicyRepository } from './policy.repository.js';
import type { DunningPolicyView, DunningSegment, DunningTerms } from './policy.types.js';

export interface NewPolicy extends DunningTerms, DunningSegment {
  readonly name: string;
}
type Changeable = DunningTerms & { readonly name: string };
export type PolicyChanges = { readonly [K in keyof Changeable]?: Changeable[K] | undefined };

const unfit = (problem: string): Error => dunningErrors('dunning.policy.unfit', { problem });

/** Refuses what cannot be carried out. @throws `dunning.policy.unfit` */
function assertFits(
  { graceDays, fromMinute, untilMinute, reconnectionAmount, steps }: DunningTerms,
  currency: string,
): void {
  if (fromMinute >= untilMinute) throw unfit('The hours end before they begin.');
  const amounts = steps.flatMap(({ minAmount, amount }) => [minAmount, ...(amount === null ? [] : [amount])]);
  for (const amount of [reconnectionAmount, ...amounts]) {
    const reading = readAmount(amount, { currency });
    if (!reading.ok) throw unfit(`The amount ${amount} ${reading.problem}.`);
  }
  steps.forEach((step, index) => {
    const { days, action } = step;
    if (days < (steps[index - 1]?.days ?? 0)) throw unfit('The steps must be in the order of their days.');
    if (action !== 'reminder' && days < graceDays) throw unfit('Within the days of grace there are reminders only.');
    if ((action === 'late_fee') !== (step.amount !== null)) throw unfit('A late fee, and only that, has an amount.');
    const throttles = step.downloadKbps !== null && step.uploadKbps !== null;
    const rates = throttles || (step.downloadKbps === null && step.uploadKbps === null);
    if (!rates || (action === 'throttle') !== throttles) throw unfit('A throttling, and only that, has two rates.');
    if (action === 'terminate' && index < steps.length - 1) throw unfit('Nothing comes after a termination.');
  });
}

/** What is done about accounts that do not pay, as data; the operator's. A case goes by the version it was opened with. */
@Injectable()
export class DunningPolicies {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly policies: PolicyRepository,
    private readonly work: WorkQueue,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor, filter: PolicyFilter, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.read(actor, () => this.policies.list(filter, page));
  }

  /** @throws `dunning.policy.not_found` */
  get(actor: Actor, id: number): Promise<DunningPolicyView> {
    return this.uow.read(actor, () => this.policies.get(id));
  }

  /**
   * Accounts that are overdue already are looked at one after the other.
   * @throws `dunning.policy.unfit`, `dunning.policy.segment_taken`, `dunning.policy.unknown_segment`
   */
  create(actor: Actor, { name, currency, partnerId, planId, tag, ...terms }: NewPolicy): Promise<DunningPolicyView> {
    return this.uow.run(actor, async () => {
      assertFits(terms, currency);
      const now = this.clock.now();
      const id = await this.policies.insert(name, { currency, partnerId, planId, tag }, now);
      await this.policies.addVersion(id, 1, name, terms, now, actor.name);
      this.note(actor, 'create', id, { name, currency, partner_id: partnerId, plan_id: planId, tag });
      this.work.enqueueOnCommit('dunning.enrol', { policy_id: id }, { dedupeKey: String(id) });
      return this.policies.get(id);
    });
  }

  /**
   * A new version; cases that are open keep theirs.
   * @throws `dunning.policy.not_found`, `dunning.policy.stale`, `dunning.policy.retired`, `dunning.policy.unfit`
   */
  change(actor: Actor, id: number, changes: PolicyChanges, ifMatch?: number): Promise<DunningPolicyView> {
    return this.uow.run(actor, async () => {
      const before = await this.policies.lock(id);
      if (ifMatch !== undefined && ifMatch !== before.version) throw dunningErrors('dunning.policy.stale');
      if (before.retiredAt !== null) throw dunningErrors('dunning.policy.retired');
      const present = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
      const after: DunningPolicyView = { ...before, ...present };
      assertFits(after, before.currency);
      await this.policies.addVersion(id, before.version + 1, after.name, after, this.clock.now(), actor.name);
      this.note(actor, 'update', id, changesBetween(before, present));
      return this.policies.get(id);
    });
  }

  /** Opens no more cases; those that are open go on. @throws `dunning.policy.not_found`, `dunning.policy.retired` */
  retire(actor: Actor, id: number): Promise<DunningPolicyView> {
    return this.uow.run(actor, async () => {
      const before = await this.policies.lock(id);
      if (before.retiredAt !== null) throw dunningErrors('dunning.policy.retired');
      await this.policies.retire(id, this.clock.now());
      this.note(actor, 'retire', id, {});
      return this.policies.get(id);
    });
  }

  private note(actor: Actor, verb: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'dunning_policy', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `dunning_policy.${verb}`, subject, changes });
  }
}
