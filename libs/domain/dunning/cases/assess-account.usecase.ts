import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { PolicyRepository } from '../policies/policy.repository.js';
import { CaseRepository } from './case.repository.js';
import { CaseRules } from './case-rules.js';
import type { CaseView, ClosedFor } from './case.view.js';
import { type Situation, Situations } from './situation.js';

/** Why an account is looked at. */
export type LookCause = 'time' | 'money' | 'credit' | 'void' | 'write_off' | 'dispute';

export interface AssessInput {
  readonly actor: Actor;
  readonly accountId: number;
  readonly cause: LookCause;
  /** As of when; now when absent. */
  readonly at?: Date | undefined;
}

const CLOSED_FOR: Readonly<Record<LookCause, ClosedFor>> = {
  time: 'paid',
  money: 'paid',
  credit: 'credited',
  void: 'voided',
  write_off: 'written_off',
  dispute: 'disputed',
};

/**
 * The one place that decides about an account that is late. It holds the account, reads what it owes at this moment, and
 * does in the same transaction at most one step of its policy, or takes back what is in force. Whatever happened before
 * is seen, and whatever happens after is told to it by an event; so it may be called at any time, by anybody, twice.
 */
@Injectable()
export class AssessAccount {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly situations: Situations,
    private readonly cases: CaseRepository,
    private readonly policies: PolicyRepository,
    private readonly rules: CaseRules,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The account's open case after the look, or the one that it closed. @throws `billing.account.not_found` */
  execute({ actor, accountId, cause, at = this.clock.now() }: AssessInput): Promise<CaseView | undefined> {
    return this.uow.run(actor, async () => {
      const situation = await this.situations.hold(actor, accountId);
      const open = await this.cases.openOf(accountId);
      if (open) {
        const policy = await this.policies.version(open.policyId, open.policyVersion);
        const paid = cause === 'money' || cause === 'time';
        return this.rules.proceed({ actor, at, situation, policy, paid }, open, CLOSED_FOR[cause]);
      }
      return this.open(actor, situation, at);
    });
  }

  private async open(actor: Actor, situation: Situation, at: Date): Promise<CaseView | undefined> {
    const { account, overdue, services, pending } = situation;
    // Who pays ahead is never dunned: what is not covered does not begin.
    if (account.kind === 'prepaid') return undefined;
    if ((Number(overdue.netAmount) === 0 && !pending) || services.length === 0) return undefined;
    const { currency, partnerId, customerId } = account;
    const planIds = services.map(({ planId }) => planId);
    const policy = await this.policies.forAccount({ currency, partnerId, customerId, planIds });
    if (!policy) return undefined;
    return this.rules.open({ actor, at, situation, policy, paid: false });
  }
}
