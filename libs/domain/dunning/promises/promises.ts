import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, addDays, localDate, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { AssessAccount } from '../cases/assess-account.usecase.js';
import { CaseQueries } from '../cases/case.queries.js';
import { DunningFacts } from '../cases/dunning.facts.js';
import { Situations } from '../cases/situation.js';
import { dunningErrors } from '../dunning.errors.js';
import { PromiseBook } from './promise-book.js';
import { PROMISE_COLUMNS, type PromiseStatus, type PromiseView } from './promise.view.js';

/** How far ahead somebody may promise. */
const MOST_DAYS = 60;
const MATCH = `FROM dunning_promises r WHERE ($1::integer IS NULL OR r.partner_id = $1) AND ($2::integer IS NULL OR r.customer_id = $2)
  AND ($3::integer IS NULL OR r.case_id = $3) AND ($4::text IS NULL OR r.status = $4)`;
export const PROMISE_SORTING = sorting({
  id: 'r.id',
  partner: 'r.partner_id',
  otherwise: ['r.id DESC'],
  fields: {
    created_at: 'r.id',
    promised_on: 'r.promised_on',
  },
});
const LISTS = sortedStatements(
  'dunning-promises-list',
  PROMISE_SORTING,
  (order) => `SELECT ${PROMISE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT = statement('dunning-promises-count', `SELECT count(*)::integer AS total ${MATCH}`);

export interface PromiseFilter {
  readonly customerId?: number | undefined;
  readonly caseId?: number | undefined;
  readonly status?: PromiseStatus | undefined;
}

export interface MakePromiseInput {
  readonly actor: Actor;
  readonly caseId: number;
  /** Decimal text; all that is overdue when absent. */
  readonly amount?: string | undefined;
  /** The last day, where the account is. */
  readonly promisedOn: string;
  readonly notes?: string | undefined;
}

/** Promises to pay: until their day the steps of a case wait. */
@Injectable()
export class Promises {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: PromiseBook,
    private readonly cases: CaseQueries,
    private readonly situations: Situations,
    private readonly assess: AssessAccount,
    private readonly facts: DunningFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor, filter: PromiseFilter, page: SortedSlice<typeof PROMISE_SORTING>) {
    const values = [
      actor.reach === 'all' ? null : actor.partnerId,
      filter.customerId ?? null,
      filter.caseId ?? null,
      filter.status ?? null,
    ];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PromiseView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `dunning.case.not_found`, `dunning.case.closed`, `dunning.promise.open_already`, `dunning.promise.unfit` */
  make({ actor, caseId, amount, promisedOn, notes }: MakePromiseInput): Promise<PromiseView> {
    return this.uow.run(actor, async () => {
      const { accountId } = await this.cases.get(actor, caseId);
      const { account, overdue } = await this.situations.hold(actor, accountId);
      const it = await this.cases.get(actor, caseId);
      if (it.closedAt !== null) throw dunningErrors('dunning.case.closed');
      if (await this.book.openOf(caseId)) throw dunningErrors('dunning.promise.open_already');
      const at = this.clock.now();
      const today = localDate(at, account.timeZone);
      refuseUnfitDay(promisedOn, today);
      const promised = amountOf(amount ?? overdue.netAmount, overdue);
      const made = { amount: promised, owedAmount: overdue.unpaidAmount, promisedOn, notes, by: actor.name, at };
      const promise = await this.book.insert(caseId, made);
      this.facts.note(actor, 'promise', it, { amount: promised, promised_on: promisedOn });
      await this.assess.execute({ actor, accountId, cause: 'time' });
      return promise;
    });
  }

  /** @throws `dunning.promise.not_found`, `dunning.promise.over` */
  withdraw(actor: Actor, id: number): Promise<PromiseView> {
    return this.uow.run(actor, async () => {
      const found = await this.book.get(id);
      if (!found) throw dunningErrors('dunning.promise.not_found');
      await this.situations.hold(actor, found.accountId);
      const promise = (await this.book.get(id)) as PromiseView;
      if (promise.status !== 'open') throw dunningErrors('dunning.promise.over', { status: promise.status });
      const ended = await this.book.end(promise, 'withdrawn', this.clock.now());
      this.facts.note(actor, 'withdraw_promise', await this.cases.get(actor, promise.caseId), { promise_id: id });
      await this.assess.execute({ actor, accountId: promise.accountId, cause: 'time' });
      return ended;
    });
  }
}

const unfit = (problem: string): Error => dunningErrors('dunning.promise.unfit', { problem });

function refuseUnfitDay(day: string, today: string): void {
  if (day < today) throw unfit('The day is over.');
  if (day > addDays(today, MOST_DAYS)) throw unfit(`The day is more than ${MOST_DAYS} days ahead.`);
}

function amountOf(
  text: string,
  { currency, netAmount }: { readonly currency: string; readonly netAmount: string },
): string {
  const reading = readAmount(text, { currency });
  if (!reading.ok) throw unfit(`The amount ${reading.problem}.`);
  const amount = Money.of(text, currency);
  if (!amount.isPositive()) throw unfit('The amount must not be zero.');
  if (amount.compare(Money.of(netAmount, currency)) > 0)
    throw unfit(`No more than ${Money.of(netAmount, currency).toText()} ${currency} is overdue.`);
  return amount.toText();
}
