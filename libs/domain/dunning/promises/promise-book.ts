import { Injectable } from '@nestjs/common';
import { Money, addDays, startOfDay } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Outbox } from '@isp/platform/work';
import { PROMISE_COLUMNS, type PromiseStatus, type PromiseView } from './promise.view.js';

const OPEN = statement(
  'dunning-promises-open-of',
  `SELECT ${PROMISE_COLUMNS} FROM dunning_promises r WHERE r.case_id = $1 AND r.status = 'open'`,
);
const GET = statement('dunning-promises-get', `SELECT ${PROMISE_COLUMNS} FROM dunning_promises r WHERE r.id = $1`);
const INSERT = statement(
  'dunning-promises-insert',
  `INSERT INTO dunning_promises AS r (partner_id, customer_id, account_id, case_id, amount, owed_amount, promised_on, notes, created_by, created_at)
   SELECT c.partner_id, c.customer_id, c.account_id, c.id, $2, $3, $4, $5, $6, $7 FROM dunning_cases c WHERE c.id = $1
   RETURNING ${PROMISE_COLUMNS}`,
);
const END = statement(
  'dunning-promises-end',
  `UPDATE dunning_promises r SET status = $2, ended_at = $3 WHERE r.id = $1 AND r.status = 'open' RETURNING ${PROMISE_COLUMNS}`,
);

export interface NewPromise {
  readonly amount: string;
  readonly owedAmount: string;
  readonly promisedOn: string;
  readonly notes?: string | undefined;
  readonly by: string;
  readonly at: Date;
}

/** Rows of promises, and whether they were kept. The account is locked by whoever writes. */
@Injectable()
export class PromiseBook {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outbox: Outbox,
  ) {}

  openOf(caseId: number): Promise<PromiseView | undefined> {
    return this.uow.tx.one<PromiseView>(OPEN, [caseId]);
  }

  get(id: number): Promise<PromiseView | undefined> {
    return this.uow.tx.one<PromiseView>(GET, [id]);
  }

  async insert(caseId: number, made: NewPromise): Promise<PromiseView> {
    const { amount, owedAmount, promisedOn, notes, by, at } = made;
    const values = [caseId, amount, owedAmount, promisedOn, notes ?? null, by, at];
    const promise = (await this.uow.tx.one<PromiseView>(INSERT, values)) as PromiseView;
    this.outbox.add('dunning.promise.made.v1', payloadOf(promise));
    return promise;
  }

  async end(promise: PromiseView, status: Exclude<PromiseStatus, 'open'>, at: Date): Promise<PromiseView> {
    const ended = (await this.uow.tx.one<PromiseView>(END, [promise.id, status, at])) as PromiseView;
    if (status !== 'withdrawn') this.outbox.add(`dunning.promise.${status}.v1`, payloadOf(ended));
    return ended;
  }

  /**
   * Ends the open promise of a case where what is overdue now, or the day, says so.
   * @param overdue what nothing was paid of yet, decimal text
   * @param place with `pending`, money is under way that may keep it: it is not broken until that is known
   * @returns until when the promise holds the steps; null when there is none any more
   */
  async judge(caseId: number, overdue: string, place: { timeZone: string; pending: boolean }, at: Date) {
    const promise = await this.openOf(caseId);
    if (!promise) return null;
    const { amount, owedAmount, currency, promisedOn } = promise;
    const paid = Money.of(owedAmount, currency).minus(Money.of(overdue, currency));
    const until = startOfDay(addDays(promisedOn, 1), place.timeZone);
    const kept = paid.compare(Money.of(amount, currency)) >= 0;
    if (!kept && (at < until || place.pending)) return until;
    await this.end(promise, kept ? 'kept' : 'broken', at);
    return null;
  }
}

function payloadOf(promise: PromiseView) {
  return {
    partner_id: promise.partnerId,
    customer_id: promise.customerId,
    promise_id: promise.id,
    dunning_case_id: promise.caseId,
    account_id: promise.accountId,
    amount: promise.amount,
    currency: promise.currency,
    promised_on: promise.promisedOn,
    status: promise.status,
  };
}
