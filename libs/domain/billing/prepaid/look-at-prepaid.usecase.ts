import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, addDays, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView, PrepaidView } from '../accounts/account.view.js';
import { type Computed, compute } from '../engine/compute.js';
import { PrepaidBook } from './prepaid-book.js';
import { balanceOf } from '../accounts/balance.js';
import { boughtInVain, missingDays, periodFrom, wanting, withDays } from './prepaid-periods.js';
import { PrepaidServices } from './prepaid-services.js';

/** One turn settles an old debt, takes something back or begins a period; more than these are not behind anybody. */
const MOST_TURNS = 100;

type Prepaid = AccountView & { readonly prepaid: PrepaidView };
/** Whether the account is as it should be, or is to be looked at again after what was done. */
type Turn = 'settled' | 'again';

export interface LookInput {
  readonly actor: Actor;
  readonly accountId: number;
}

/**
 * The one place that decides about an account that pays ahead. It holds the account, reads balance and price of this
 * moment, and in the same transaction begins the period that the balance covers (the document is issued and paid), or
 * holds the services back. Payments hold the same row: one that was committed before is seen, and one that comes after
 * wakes the next look. So it may be called at any time, by anybody, twice.
 */
@Injectable()
export class LookAtPrepaid {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: AccountFacts,
    private readonly book: PrepaidBook,
    private readonly services: PrepaidServices,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The account as it is then; one that does not pay ahead is left alone. @throws `billing.account.not_found` */
  execute({ actor, accountId }: LookInput): Promise<AccountView> {
    return this.uow.run(actor, async () => {
      for (let turn = 0; turn < MOST_TURNS; turn += 1) {
        const account = await this.accounts.lock(accountId);
        if (!isPrepaid(account)) return account;
        if (account.parkedFor !== null || (await this.turn(actor, account)) === 'settled') break;
      }
      failPoint('billing.prepaid-before-commit');
      await this.services.releaseOthers(actor, await this.accounts.lock(accountId));
      return this.book.plan(accountId);
    });
  }

  private async turn(actor: Actor, account: Prepaid): Promise<Turn> {
    const today = localDate(this.clock.now(), account.timeZone);
    if (Number(account.openAmount) > 0) return this.owing(actor, account, today);
    const { state, until } = account.prepaid;
    return state === 'on' && until !== null && until > today
      ? this.within(actor, account, today, until)
      : this.next(actor, account, today);
  }

  /** A payment did not stay: what it had bought is taken back from today on, and nothing begins until the rest is paid. */
  private async owing(actor: Actor, account: Prepaid, today: string): Promise<Turn> {
    if (await this.book.settle(account)) return 'again';
    if (await this.book.takeBack(account, today)) {
      const facts = await this.facts.of(account, today);
      const back = compute(facts);
      if (back.total.isNegative() && back.nonsense === null) {
        await this.book.documents.issue(actor, account, back);
        return 'again';
      }
    }
    return this.turnOff(actor, account);
  }

  /** In a period that is paid: what has changed since is charged where it is covered, and given back. */
  private async within(actor: Actor, account: Prepaid, today: string, until: string): Promise<Turn> {
    const facts = await this.facts.of(account, today);
    const wanted = wanting(facts, today);
    const vain = boughtInVain(facts, wanted, today);
    if (vain.length > 0 && (await this.book.giveUp(account, addDays(today, 1), vain))) return 'again';
    const days = missingDays(wanted, today, until);
    const whole = compute(withDays(facts, days));
    if (whole.nonsense !== null) return this.park(account, whole);
    if (covered(account, whole)) {
      await this.book.documents.issue(actor, account, whole);
      await this.book.buy(account, days);
      await this.services.release(actor, account);
      return 'settled';
    }
    const newcomers = days.map(({ serviceId }) => serviceId);
    await this.services.hold(actor, account, newcomers);
    await this.services.release(actor, account, newcomers);
    const bought = compute(facts);
    if (newcomers.length === 0 || bought.lines.length === 0 || !covered(account, bought)) return 'settled';
    await this.book.documents.issue(actor, account, bought);
    return 'again';
  }

  /** No period is paid: the next one begins, where the last one ended or today, if the balance covers it. */
  private async next(actor: Actor, account: Prepaid, today: string): Promise<Turn> {
    const facts = await this.facts.of(account, today);
    const wanted = wanting(facts, today);
    if (wanted.length === 0) return this.rest(actor, account, compute(facts));
    const { state, until } = account.prepaid;
    const on = state === 'on' && until !== null ? until : today;
    const next = periodFrom(account, on);
    const days = missingDays(wanted, on, next.period.billedUntil);
    const price = compute({ ...withDays(facts, days, next.account), targetOn: on });
    if (price.nonsense !== null) return this.park(account, price);
    if (covered(account, price)) {
      await this.book.begin(actor, account, { ...next, days, price });
      await this.services.release(actor, account);
      return next.period.billedUntil > today ? 'settled' : 'again';
    }
    const back = compute(facts);
    if (back.total.isNegative() && back.nonsense === null) {
      await this.book.documents.issue(actor, account, back);
      return 'again';
    }
    return this.turnOff(actor, account);
  }

  /** Nothing is to be paid for: what is left to charge or to give back is, as far as it is covered. */
  private async rest(actor: Actor, account: Prepaid, left: Computed): Promise<Turn> {
    if (left.nonsense !== null) return this.park(account, left);
    if (left.lines.length > 0 && covered(account, left)) await this.book.documents.issue(actor, account, left);
    await this.book.idle(account);
    await this.services.release(actor, account);
    return 'settled';
  }

  private async turnOff(actor: Actor, account: Prepaid): Promise<Turn> {
    await this.services.hold(actor, account);
    await this.book.turnOff(account);
    return 'settled';
  }

  private async park(account: Prepaid, { nonsense, total }: Computed): Promise<Turn> {
    await this.accounts.park(account.id, nonsense ?? '', total.toText(), this.clock.now());
    return 'settled';
  }
}

const isPrepaid = (account: AccountView): account is Prepaid => account.prepaid !== null;
const covered = (account: AccountView, { total }: Computed): boolean => total.compare(balanceOf(account)) <= 0;
