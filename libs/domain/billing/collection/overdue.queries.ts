import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';

// Money covers the oldest first, wherever it comes from: what counts as overdue is what no money is there for. What an
// invoice that does not count got since then is there for the others, but for what was credited of that very invoice. A
// step that the holder of a card was asked to take counts for an hour; whoever has not taken it by then has not paid.
const OVERDUE = statement(
  'billing-overdue-net',
  `WITH account AS (
     SELECT a.id, a.currency, ($2::timestamptz AT TIME ZONE a.time_zone)::date AS today,
            (SELECT coalesce(sum(p.amount - p.allocated_amount - p.refunded_amount), 0) FROM payments p WHERE p.account_id = a.id AND p.status = 'received')
          + (SELECT coalesce(-sum(n.total_amount + n.settled_amount), 0) FROM invoices n
              WHERE n.account_id = a.id AND n.status = 'issued')
          + (SELECT coalesce(sum(greatest(y.amount, 0)), 0) FROM (
               SELECT sum(l.amount) AS amount FROM unnest($3::integer[], $4::timestamptz[]) AS x (id, since)
                 JOIN allocations l ON l.partner_id = a.partner_id AND l.invoice_id = x.id AND l.at >= x.since
                 LEFT JOIN invoices n ON n.id = l.credit_note_id WHERE n.corrects_id IS DISTINCT FROM x.id AND l.write_off_id IS NULL
                GROUP BY x.id, l.payment_id, l.credit_note_id) y) AS credit,
            (SELECT coalesce(sum(c.amount), 0) FROM charges c WHERE c.account_id = a.id AND (c.status IN ('processing', 'unknown')
              OR (c.status = 'requires_action' AND c.updated_at > $2::timestamptz - interval '1 hour'))) AS pending
       FROM billing_accounts a WHERE a.id = $1),
   late AS (
     SELECT o.due_on, o.amount, sum(o.amount) OVER (ORDER BY o.due_on, o.id) AS up_to FROM (
       SELECT i.id, i.due_on, i.total_amount - i.settled_amount AS amount FROM invoices i, account
        WHERE i.account_id = $1 AND i.status IN ('pending', 'partially_paid', 'overdue') AND i.due_on < account.today AND i.id <> ALL ($3::integer[])
       UNION ALL
       SELECT -p.id, (p.reversed_at AT TIME ZONE a.time_zone)::date, p.excess_amount - p.covered_amount
         FROM payments p JOIN billing_accounts a ON a.id = p.account_id
        WHERE p.account_id = $1 AND p.excess_amount > p.covered_amount) o)
   SELECT account.id AS "accountId", account.currency, account.credit::text AS "creditAmount", account.pending::text AS "pendingAmount",
          coalesce(sum(late.amount), 0)::text AS "overdueAmount",
          greatest(coalesce(sum(late.amount), 0) - account.credit - account.pending, 0)::text AS "netAmount",
          min(late.due_on) FILTER (WHERE late.up_to > account.credit + account.pending)::text AS "dueOn",
          coalesce(account.today - min(late.due_on) FILTER (WHERE late.up_to > account.credit + account.pending), 0) AS "daysOverdue",
          greatest(coalesce(sum(late.amount), 0) - account.credit, 0)::text AS "unpaidAmount",
          min(late.due_on) FILTER (WHERE late.up_to > account.credit)::text AS "unpaidSince"
     FROM account LEFT JOIN late ON true
    GROUP BY account.id, account.currency, account.credit, account.pending, account.today`,
);

/** What an account is late with. Amounts are decimal text; days are those of its time zone. */
export interface OverdueView {
  readonly accountId: number;
  readonly currency: string;
  /** Open on invoices whose due date is over, and what a bank took back beyond a payment: that is due at once. */
  readonly overdueAmount: string;
  /** Paid ahead or credited, and not used for an invoice yet. */
  readonly creditAmount: string;
  /** Charges whose outcome is not known yet: the gateway may have taken the money. */
  readonly pendingAmount: string;
  /** Overdue, less both; never negative. */
  readonly netAmount: string;
  /** Due date of the oldest invoice that no money is there for, and the days since; null and 0 when there is none. */
  readonly dueOn: string | null;
  readonly daysOverdue: number;
  /** Overdue less credit alone, and the due date of its oldest invoice: a charge under way has paid nothing yet. */
  readonly unpaidAmount: string;
  readonly unpaidSince: string | null;
}

/** An invoice that does not count, and what it was paid since then: that counts for the others. */
export interface LeftOut {
  readonly id: number;
  readonly since: Date;
}

/** Who is late, after everything that was paid or may have been. */
@Injectable()
export class OverdueQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * As things are now.
   * @param excluding invoices that do not count (disputed ones)
   * @returns undefined for an account that is not there, or behind another wall
   */
  net(actor: Actor, accountId: number, excluding: readonly LeftOut[] = []): Promise<OverdueView | undefined> {
    return this.uow.run(actor, () => this.read(accountId, excluding));
  }

  /**
   * As `net`, in the transaction of a caller who acts on the answer: until it ends no money of the account moves.
   * @throws `billing.account.not_found`
   */
  async lockedNet(accountId: number, excluding: readonly LeftOut[] = []): Promise<OverdueView> {
    await this.accounts.lock(accountId);
    return (await this.read(accountId, excluding)) as OverdueView;
  }

  private read(accountId: number, excluding: readonly LeftOut[]): Promise<OverdueView | undefined> {
    const left = [excluding.map(({ id }) => id), excluding.map(({ since }) => since)];
    return this.uow.tx.one<OverdueView>(OVERDUE, [accountId, this.clock.now(), ...left]);
  }
}
