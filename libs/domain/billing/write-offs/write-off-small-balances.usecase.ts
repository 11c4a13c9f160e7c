import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { allOf } from './write-off-debts.usecases.js';
import { CREDITED, DEBT_COLUMNS, WriteOffBook } from './write-off-book.js';
import type { OpenDebt } from './write-off.policy.js';

/** As many as are written off in one transaction. */
const MOST = 500;
// $1 currency, $2 below, $3 days, $4 now, $5 partner. Days since it was due, where the account is.
const SMALL = `FROM invoices i JOIN billing_accounts a ON a.id = i.account_id ${CREDITED}
  WHERE i.status IN ('pending', 'partially_paid', 'overdue') AND i.currency = $1 AND ($5::integer IS NULL OR i.partner_id = $5)
    AND i.total_amount - i.settled_amount < $2 AND i.due_on < ($4::timestamptz AT TIME ZONE a.time_zone)::date - $3::integer`;
const FIND = statement(
  'write-offs-small',
  `SELECT ${DEBT_COLUMNS}, i.number AS "invoiceNumber", i.customer_id AS "customerId", i.due_on::text AS "dueOn",
          count(*) OVER ()::integer AS found, (sum(i.total_amount - i.settled_amount) OVER ())::text AS "foundAmount"
     ${SMALL} ORDER BY i.due_on, i.id LIMIT ${MOST}`,
);
// In the order of their ids, as whoever locks several does.
const LOCK = statement(
  'write-offs-lock-accounts',
  'SELECT id FROM billing_accounts WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE',
);
const STILL = statement(
  'write-offs-still-small',
  `SELECT ${DEBT_COLUMNS}, i.number AS "invoiceNumber", i.customer_id AS "customerId", i.due_on::text AS "dueOn"
     ${SMALL} AND i.id = ANY ($6) ORDER BY i.due_on, i.id`,
);

/** The rest of an invoice that is not worth its collection. */
export interface SmallBalance extends OpenDebt {
  readonly invoiceId: number;
  readonly invoiceNumber: string;
  readonly customerId: number;
  readonly dueOn: string;
}

export interface SmallBalancesInput {
  readonly actor: Actor;
  readonly currency: string;
  /** Decimal text: a rest that is below it. */
  readonly below: string;
  /** Days since it was due, more than these, where the account is. */
  readonly olderThanDays: number;
  readonly partnerId?: number | undefined;
  readonly note?: string | undefined;
  readonly reclaimTax?: boolean | undefined;
  /** Say only which they are. */
  readonly dryRun: boolean;
}

export interface SmallBalancesResult {
  readonly currency: string;
  /** Those that were written off, or would be: the oldest 500. */
  readonly balances: readonly SmallBalance[];
  readonly amount: string;
  /** How many more there are, and what they come to. */
  readonly remaining: number;
  readonly remainingAmount: string;
}

/**
 * Writes off what is too little to be collected. What is paid at that moment is left alone.
 * @throws `billing.payment.unfit`
 */
@Injectable()
export class WriteOffSmallBalances {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: WriteOffBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: SmallBalancesInput): Promise<SmallBalancesResult> {
    const { actor, currency, below, olderThanDays, partnerId, note, reclaimTax, dryRun } = input;
    return this.uow.run(actor, async (tx) => {
      const reading = readAmount(below, { currency });
      if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
      const at = this.clock.now();
      const partner = actor.reach === 'all' ? (partnerId ?? null) : actor.partnerId;
      const wanted = [currency, below, olderThanDays, at, partner];
      const found = await tx.query<SmallBalance & { found: number; foundAmount: string }>(FIND, wanted);
      const [first] = found;
      const listed = totalOf(found, currency);
      const remainingAmount = Money.of(first?.foundAmount ?? '0', currency)
        .minus(listed)
        .toText();
      const rest = { currency, remaining: (first?.found ?? 0) - found.length, remainingAmount };
      if (dryRun) return { ...rest, balances: found, amount: listed.toText() };
      await tx.query(LOCK, [found.map(({ accountId }) => accountId)]);
      const balances = await tx.query<SmallBalance>(STILL, [...wanted, found.map(({ invoiceId }) => invoiceId)]);
      if (balances.length > 0)
        await this.book.write(allOf(balances), { actor, reason: 'small_balance', note, reclaimTax, at });
      return { ...rest, balances, amount: totalOf(balances, currency).toText() };
    });
  }
}

const totalOf = (balances: readonly OpenDebt[], currency: string): Money =>
  Money.sum(
    balances.map(({ openAmount }) => Money.of(openAmount, currency)),
    currency,
  );
