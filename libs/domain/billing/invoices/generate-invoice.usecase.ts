import { Inject, Injectable } from '@nestjs/common';
import { type Actor, systemActor } from '@isp/contracts';
import { type Clock, addDays, addMonths, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AccountFacts } from '../accounts/account-facts.js';
import { AccountQueries } from '../accounts/account.queries.js';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { refuseFar, refuseLongAgo } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import { type BillingPeriod, dueDayOf, nextDue, periodsDue } from '../engine/billing-periods.js';
import { type Computed, compute } from '../engine/compute.js';
import { asIfBought } from '../prepaid/prepaid-periods.js';
import { InvoiceRepository } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';
import { Issuer } from './issuer.js';

/** Who looks behind the caller's wall, at services that the caller's account pays for. */
export const ESTIMATOR = systemActor('billing-estimates');

/** How far ahead anybody can look. */
export const MOST_MONTHS_FORESEEN = 24;
/** How far ahead the first day of a period may lie that is invoiced before it is due. */
const MOST_MONTHS_AHEAD = 12;

/** The first and the last day of a period, both included. */
export interface AskedPeriod {
  readonly startDate: string;
  readonly endDate: string;
}

export interface GenerateInvoiceInput {
  readonly actor: Actor;
  readonly accountId: number;
  /** One of the account's own periods; whatever is due today when absent. */
  readonly period?: AskedPeriod | undefined;
  readonly dueOn?: string | undefined;
  /** Left for a person to review. */
  readonly draft?: boolean | undefined;
  readonly notes?: string | undefined;
}

/** What the next invoice of an account would say. */
export interface InvoicePreview {
  readonly account: AccountView;
  /** When it is due to be made. */
  readonly on: string;
  readonly period: BillingPeriod;
  readonly computed: Computed;
}

/** The end of what a prepaid account has bought, or the day itself. */
export function boughtUntil({ prepaid }: AccountView, today: string): string {
  const until = prepaid?.state === 'on' ? prepaid.until : null;
  return until !== null && until > today ? until : today;
}

/** @throws `billing.period.backwards`, `billing.period.not_of_account`, `billing.period.not_over`, `billing.period.too_far` */
function askedPeriod(account: AccountView, { startDate, endDate }: AskedPeriod, today: string): BillingPeriod {
  if (endDate < startDate) throw billingErrors('billing.period.backwards');
  if (startDate > addMonths(today, MOST_MONTHS_AHEAD)) throw billingErrors('billing.period.too_far');
  const until = addDays(endDate, 1);
  const period = periodsDue(account, until).find((one) => one.billedFrom === startDate && one.billedUntil === until);
  if (!period) throw billingErrors('billing.period.not_of_account');
  if (period.terms.timing === 'arrears' && dueDayOf(period) > today) throw billingErrors('billing.period.not_over');
  return period;
}

/** Up to which day what a document says of a period is computed: one that is not due has nothing but its own. */
export function targetFor(period: BillingPeriod, today: string): { targetOn: string; onlyPeriod?: string } {
  const due = dueDayOf(period);
  return due > today ? { targetOn: today, onlyPeriod: period.from } : { targetOn: due };
}

/**
 * Invoices what an account owes by the history of its services and was not invoiced yet. Run again it finds nothing;
 * after a change of history it adds the difference, as a credit note where that is negative. What cannot be parks the
 * account instead.
 * @throws `billing.account.not_found`, `billing.account.prepaid`, `billing.account.parked`, `billing.period.not_of_account`,
 *   `billing.period.not_over`, `billing.period.too_far`, `billing.day.far`, `billing.invoice.nothing_due`, `billing.period.already_invoiced`
 */
@Injectable()
export class GenerateInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly queries: AccountQueries,
    private readonly facts: AccountFacts,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: GenerateInvoiceInput): Promise<InvoiceView> {
    const { actor, accountId } = input;
    return this.uow.run(actor, async () => {
      const account = await this.accounts.lock(accountId);
      if (account.kind === 'prepaid') throw billingErrors('billing.account.prepaid');
      if (account.parkedFor !== null) throw billingErrors('billing.account.parked', { reason: account.parkedFor });
      const today = localDate(this.clock.now(), account.timeZone);
      if (input.dueOn !== undefined) refuseLongAgo('due_date', input.dueOn, today);
      const period = input.period ? askedPeriod(account, input.period, today) : periodsDue(account, today).at(-1);
      const { targetOn, onlyPeriod } = input.period && period ? targetFor(period, today) : { targetOn: today };
      const computed = compute(await this.facts.of(account, targetOn, { onlyPeriod }));
      if (computed.nonsense !== null) return this.park(actor, account, computed);
      if (computed.lines.length === 0) throw billingErrors('billing.invoice.nothing_due', { date: targetOn });
      const draft = await this.write(input, account, computed, period);
      return input.draft ? draft : this.issuer.issue(actor, account, draft);
    });
  }

  /** Computes the next invoice and writes nothing. @throws `billing.account.not_found`, `billing.day.far` */
  async preview(actor: Actor, accountId: number, on?: string): Promise<InvoicePreview> {
    const account = await this.queries.get(actor, accountId);
    const today = localDate(this.clock.now(), account.timeZone);
    if (on !== undefined) refuseFar('on', on, today, MOST_MONTHS_FORESEEN);
    if (on !== undefined) return this.previewOf(account, nextDue(account, addDays(on, -1)), on, today);
    // The invoice that a run makes next, which may be due today; one that was made by hand leaves nothing of it.
    const first = account.kind === 'prepaid' ? today : addDays(account.nextRunOn, -1);
    const preview = await this.previewOf(account, nextDue(account, first), undefined, today);
    if (preview.on > today || preview.computed.lines.length > 0) return preview;
    return this.previewOf(account, nextDue(account, today), undefined, today);
  }

  private async previewOf(
    account: AccountView,
    period: BillingPeriod,
    on: string | undefined,
    today: string,
  ): Promise<InvoicePreview> {
    const due = dueDayOf(period);
    const targetOn = on !== undefined && on < due ? on : due;
    const facts = await this.uow.outside(() => this.uow.run(ESTIMATOR, () => this.facts.of(account, targetOn)));
    // What is not bought yet is what it would say.
    const computed = compute(asIfBought(facts, boughtUntil(account, today)));
    return { account, on: targetOn, period, computed };
  }

  private async write(
    { actor, dueOn, notes }: GenerateInvoiceInput,
    account: AccountView,
    { lines, total }: Computed,
    period: BillingPeriod | undefined,
  ): Promise<InvoiceView> {
    const asked = period ? [{ accountId: account.id, from: period.billedFrom }] : [];
    const again = (await this.invoices.havePeriods(asked)).size > 0;
    return this.invoices.insert({
      account,
      document: total.isNegative() ? 'credit_note' : 'invoice',
      kind: again || total.isNegative() || !period ? 'adjustment' : 'recurring',
      origin: 'engine',
      period: period && { from: period.billedFrom, until: period.billedUntil },
      dueOn,
      notes,
      createdBy: actor.name,
      createdAt: this.clock.now(),
      lines,
    });
  }

  /** The note must outlive the refusal. Its foreign key asks for less than the lock that is held here. */
  private async park(actor: Actor, account: AccountView, { nonsense, total }: Computed): Promise<never> {
    const reason = nonsense ?? '';
    await this.uow.outside(() =>
      this.uow.run(actor, () => this.accounts.park(account.id, reason, total.toText(), this.clock.now())),
    );
    throw billingErrors('billing.account.parked', { reason });
  }
}
