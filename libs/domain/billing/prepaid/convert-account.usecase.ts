import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountKind, AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';
import { dueDayOf, nextDue, periodsDue } from '../engine/billing-periods.js';
import { compute } from '../engine/compute.js';
import type { AccountTerms, EngineFacts } from '../engine/engine.types.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { LookAtPrepaid } from './look-at-prepaid.usecase.js';
import { missingDays, termsOn, wanting } from './prepaid-periods.js';
import { PrepaidMoves } from './prepaid-moves.js';

export interface ConvertAccountInput {
  readonly actor: Actor;
  readonly accountId: number;
  readonly kind: AccountKind;
}

/**
 * Has an account pay ahead from now on, or afterwards. Only where nothing is owed; what is paid for already stays paid, so
 * that the first period of the other kind begins when the present one ends.
 * @throws `billing.account.not_found`, `billing.account.kind_already`, `billing.account.parked`, `billing.account.owes`,
 *   `billing.account.shared`, `billing.account.mid_period`
 */
@Injectable()
export class ConvertAccount {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly accountFacts: AccountFacts,
    private readonly moves: PrepaidMoves,
    private readonly look: LookAtPrepaid,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, accountId, kind }: ConvertAccountInput): Promise<AccountView> {
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock(accountId);
      if (account.kind === kind) throw billingErrors('billing.account.kind_already', { kind });
      if (account.parkedFor !== null) throw billingErrors('billing.account.parked', { reason: account.parkedFor });
      const today = localDate(this.clock.now(), account.timeZone);
      if (kind === 'prepaid') await this.toPrepaid(account, today);
      else await this.toPostpaid(actor, account, today);
      this.facts.note(actor, 'billing_account.convert', account, { kind: [account.kind, kind] });
      return kind === 'prepaid' ? this.look.execute({ actor, accountId }) : this.accounts.lock(accountId);
    });
  }

  private async toPrepaid(account: AccountView, today: string): Promise<void> {
    if (account.payerAccountId !== null || (await this.accounts.paysForOthers(account.id)))
      throw billingErrors('billing.account.shared');
    const facts = await this.accountFacts.of(account, today);
    await this.refuseDebts(account, facts);
    const wanted = wanting(facts, today);
    const held = termsOn(account.terms, today);
    const until = held.timing === 'advance' ? (periodsDue(account, today).at(-1)?.billedUntil ?? today) : today;
    if (held.timing === 'arrears' && facts.services.length > 0) refuseWithin(account, today);
    await this.accountsTerms(account, held, today);
    const on = wanted.length > 0;
    // Everything until the end of the period is invoiced and paid, also of what has ended in it.
    const begun = facts.services.filter(({ activatedAt }) => activatedAt !== null);
    const days = missingDays(
      begun.map((service) => ({ ...service, bought: [] })),
      today,
      until,
    );
    await this.moves.toPrepaid(account, today, { state: on ? 'on' : 'idle', until: on ? until : null, days });
  }

  private async refuseDebts(account: AccountView, facts: EngineFacts): Promise<void> {
    const { total } = compute(facts);
    const drafts = await this.moves.drafts(account);
    const open = Money.of(account.openAmount, account.currency);
    if (open.isPositive() || drafts > 0 || total.isPositive())
      throw billingErrors('billing.account.owes', { open: open.toText(), drafts, due: total.toText() });
  }

  /** Whoever pays ahead pays in advance, whatever was agreed for later. */
  private async accountsTerms({ id, terms }: AccountView, held: AccountTerms, today: string): Promise<void> {
    const late = terms.filter(({ fromOn, timing }) => fromOn > today && timing === 'arrears');
    const own = held.timing === 'arrears' ? [{ ...held, fromOn: today }] : [];
    for (const term of [...own, ...late]) await this.accounts.putTerms(id, { ...term, timing: 'advance' });
  }

  private async toPostpaid(actor: Actor, account: AccountView, today: string): Promise<void> {
    const open = Money.of(account.openAmount, account.currency);
    if (open.isPositive()) throw billingErrors('billing.account.owes', { open: open.toText(), drafts: 0, due: '0' });
    const paidUntil = account.prepaid?.state === 'on' ? account.prepaid.until : null;
    await this.moves.toPostpaid(actor, account, today, paidUntil !== null && paidUntil > today ? paidUntil : today);
  }
}

/** In arrears the present period is not invoiced yet: only on the day on which one ends nothing is owed. */
function refuseWithin(account: AccountView, today: string): void {
  const ends = periodsDue(account, today).some(({ billedUntil }) => billedUntil === today);
  if (!ends) throw billingErrors('billing.account.mid_period', { date: dueDayOf(nextDue(account, today)) });
}
