import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, addDays, addSeconds, localDate, startOfDay } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { Outbox } from '@isp/platform/work';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import type { Computed } from '../engine/compute.js';
import { Settlement } from '../payments/settlement.js';
import { balanceOf, unusedOf } from '../accounts/balance.js';
import { PrepaidDocuments } from './prepaid-documents.js';
import { PrepaidPrices } from './prepaid-prices.js';
import type { NextPeriod, ServiceDays } from './prepaid-periods.js';
import { PrepaidRepository } from './prepaid.repository.js';

/** Seconds until an account that is off is looked at again, should nobody tell that its balance has changed. */
const OFF_SECONDS = 3_600;
const DAY_SECONDS = 86_400;

export interface BeginningPeriod extends NextPeriod {
  readonly days: readonly ServiceDays[];
  readonly price: Computed;
}

/** Writes down what a look has decided. The account is locked. */
@Injectable()
export class PrepaidBook {
  constructor(
    readonly documents: PrepaidDocuments,
    private readonly rows: PrepaidRepository,
    private readonly accounts: AccountRepository,
    private readonly prices: PrepaidPrices,
    private readonly settlement: Settlement,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Pays what is open with what is free; answers whether there was any of both. */
  async settle(account: AccountView): Promise<boolean> {
    if (!balanceOf(account).isPositive()) return false;
    await this.settlement.run(account, this.clock.now());
    return true;
  }

  /** Begins a period: its document is issued and paid, and its days are bought. */
  async begin(actor: Actor, account: AccountView, { terms, period, days, price }: BeginningPeriod): Promise<void> {
    if (terms) await this.accounts.putTerms(account.id, terms);
    await this.documents.issue(actor, account, price, period);
    await this.rows.buy(account.id, days);
    await this.rows.become(account.id, 'on', period.billedUntil, this.clock.now());
  }

  async buy(account: AccountView, days: readonly ServiceDays[]): Promise<void> {
    await this.rows.buy(account.id, days);
  }

  /** Days of services that are not to be paid for any more. */
  giveUp(account: AccountView, from: string, serviceIds: readonly number[]): Promise<boolean> {
    return this.rows.cut(account.id, from, serviceIds);
  }

  /** Everything that was bought from a day on; answers whether there was anything. */
  async takeBack(account: AccountView, from: string): Promise<boolean> {
    const had = await this.rows.cut(account.id, from, null);
    if (had) await this.rows.become(account.id, account.prepaid?.state ?? 'idle', from, this.clock.now());
    return had;
  }

  async idle(account: AccountView): Promise<void> {
    await this.rows.become(account.id, 'idle', account.prepaid?.until ?? null, this.clock.now());
  }

  /** Says once that the balance is used up. */
  async turnOff(account: AccountView): Promise<void> {
    const was = account.prepaid?.state;
    const today = localDate(this.clock.now(), account.timeZone);
    const until = account.prepaid?.until ?? null;
    await this.rows.become(account.id, 'off', until !== null && until > today ? today : until, this.clock.now());
    if (was === 'off') return;
    const price = await this.prices.next(account);
    this.outbox.add(
      'billing.balance.exhausted.v1',
      payloadOf(account, price?.total ?? Money.zero(account.currency), today),
    );
  }

  /** When the account is looked at next; and a word beforehand where the balance will not do. */
  async plan(accountId: number): Promise<AccountView> {
    const account = await this.accounts.lock(accountId);
    const now = this.clock.now();
    const until = account.prepaid?.state === 'on' ? account.prepaid.until : null;
    const again = addSeconds(now, account.prepaid?.state === 'off' ? OFF_SECONDS : DAY_SECONDS);
    if (until === null || account.parkedFor !== null) {
      await this.rows.lookAt(accountId, again);
      return account;
    }
    const warnOn = addDays(until, -account.warnDays);
    const today = localDate(now, account.timeZone);
    if (today >= warnOn) await this.warn(account, until);
    const wakes = [until, ...(today < warnOn ? [warnOn] : [])].map((day) => startOfDay(day, account.timeZone));
    await this.rows.lookAt(
      accountId,
      wakes.reduce((first, at) => (at < first ? at : first), again),
    );
    return account;
  }

  /** Says once a period that the balance does not cover the next one. */
  private async warn(account: AccountView, until: string): Promise<void> {
    if (account.prepaid?.warnedFor === until || account.warnDays === 0) return;
    const price = await this.prices.next(account);
    if (!price || price.total.compare(balanceOf(account)) <= 0) return;
    await this.rows.warned(account.id, until);
    this.outbox.add('billing.balance.low.v1', payloadOf(account, price.total, until));
  }
}

function payloadOf(account: AccountView, price: Money, from: string) {
  const balance = balanceOf(account);
  return {
    partner_id: account.partnerId,
    customer_id: account.customerId,
    account_id: account.id,
    currency: account.currency,
    balance: balance.toText(),
    price: price.toText(),
    missing: price.minus(unusedOf(account)).toText(),
    period_from: from,
  };
}
