import { Inject, Injectable } from '@nestjs/common';
import { type Clock, type Money, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { AccountFacts } from '../accounts/account-facts.js';
import type { AccountView } from '../accounts/account.view.js';
import type { BillingPeriod } from '../engine/billing-periods.js';
import { type Computed, compute } from '../engine/compute.js';
import { missingDays, periodFrom, wanting, withDays } from './prepaid-periods.js';

/** What the next period of an account comes to, with everything else that is due with it. */
export interface NextPrice {
  readonly period: BillingPeriod;
  readonly computed: Computed;
  readonly total: Money;
}

/** What accounts that pay ahead have to pay. Inside the walls of whoever asks, and without a lock. */
@Injectable()
export class PrepaidPrices {
  constructor(
    private readonly facts: AccountFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of the period that follows the one that is paid, else of one that begins today; none where nothing is to be paid for. */
  async next(account: AccountView): Promise<NextPrice | undefined> {
    const today = localDate(this.clock.now(), account.timeZone);
    const paidUntil = account.prepaid?.state === 'on' ? account.prepaid.until : null;
    const on = paidUntil ?? today;
    const facts = await this.facts.of(account, on);
    const wanted = wanting(facts, today);
    if (wanted.length === 0) return undefined;
    const { account: anchored, period } = periodFrom(account, on);
    const computed = compute(withDays(facts, missingDays(wanted, on, period.billedUntil), anchored));
    return { period, computed, total: computed.total };
  }

  /** What would be charged today beside new periods: what has changed since they were bought. */
  async pending(account: AccountView): Promise<Money> {
    const today = localDate(this.clock.now(), account.timeZone);
    return compute(await this.facts.of(account, today)).total;
  }
}
