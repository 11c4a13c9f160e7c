import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import {
  AccountQueries,
  type AccountView,
  OverdueQueries,
  type OverdueView,
  type PaidService,
  PaidServices,
} from '@isp/domain/billing';
import { Money } from '@isp/kernel';
import { CaseRepository } from './case.repository.js';

/** An account as it is, held until the transaction ends: no money of it moves meanwhile. */
export interface Situation {
  readonly account: AccountView;
  readonly overdue: OverdueView;
  readonly disputed: readonly number[];
  readonly services: readonly PaidService[];
  /** Whether anything is overdue if disputed invoices count as well. */
  readonly owesDisputed: boolean;
  /** Whether only a charge under way covers what is overdue. */
  readonly pending: boolean;
}

/** Reads an account right before something is done about it. */
@Injectable()
export class Situations {
  constructor(
    private readonly overdue: OverdueQueries,
    private readonly accounts: AccountQueries,
    private readonly paid: PaidServices,
    private readonly cases: CaseRepository,
  ) {}

  /** @throws `billing.account.not_found` */
  async hold(actor: Actor, accountId: number): Promise<Situation> {
    // The lock comes first: a dispute that is opened at this moment is seen by what is read behind it.
    const all = await this.overdue.lockedNet(accountId);
    const disputed = await this.cases.disputed(accountId);
    const overdue = disputed.length > 0 ? await this.overdue.lockedNet(accountId, disputed) : all;
    const account = await this.accounts.get(actor, accountId);
    const owed = Money.of(overdue.overdueAmount, overdue.currency).minus(
      Money.of(overdue.creditAmount, overdue.currency),
    );
    return {
      account,
      overdue,
      disputed: disputed.map(({ id }) => id),
      services: await this.paid.of(account),
      owesDisputed: Number(all.netAmount) > 0,
      pending: Number(overdue.netAmount) === 0 && owed.isPositive(),
    };
  }
}
