import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { PrepaidState } from '../accounts/account.view.js';
import type { ServiceDays } from './prepaid-periods.js';

const BEGIN = statement(
  'prepaid-begin',
  `INSERT INTO billing_prepaid_spans (partner_id, customer_id, account_id, from_on)
   SELECT partner_id, customer_id, id, $2 FROM billing_accounts WHERE id = $1`,
);
const REOPEN = statement(
  'prepaid-reopen',
  'UPDATE billing_prepaid_spans SET until_on = NULL WHERE account_id = $1 AND until_on = $2',
);
const END = statement(
  'prepaid-end',
  `WITH gone AS (DELETE FROM billing_prepaid_spans WHERE account_id = $1 AND until_on IS NULL AND from_on >= $2)
   UPDATE billing_prepaid_spans SET until_on = $2 WHERE account_id = $1 AND until_on IS NULL AND from_on < $2`,
);
const TO_PREPAID = statement(
  'prepaid-to-prepaid',
  `UPDATE billing_accounts SET kind = 'prepaid', prepaid_state = $2, prepaid_until = $3, prepaid_off_since = NULL, warned_for = NULL, look_at = $4,
          version = version + 1, updated_at = $4 WHERE id = $1`,
);
const TO_POSTPAID = statement(
  'prepaid-to-postpaid',
  `UPDATE billing_accounts SET kind = 'postpaid', prepaid_state = NULL, prepaid_until = NULL, prepaid_off_since = NULL, warned_for = NULL, look_at = NULL,
          next_run_on = $2, version = version + 1, updated_at = $3 WHERE id = $1`,
);
const BECOME = statement(
  'prepaid-become',
  `UPDATE billing_accounts SET prepaid_state = $2, prepaid_until = $3,
          prepaid_off_since = CASE WHEN $2 = 'off' THEN coalesce(prepaid_off_since, $4::timestamptz) END WHERE id = $1 AND kind = 'prepaid'`,
);
const LOOK_AT = statement(
  'prepaid-look-at',
  `UPDATE billing_accounts SET look_at = $2 WHERE id = $1 AND kind = 'prepaid'`,
);
const WARNED = statement('prepaid-warned', 'UPDATE billing_accounts SET warned_for = $2 WHERE id = $1');
const BUY = statement(
  'prepaid-buy',
  `INSERT INTO billing_prepaid_days (partner_id, customer_id, account_id, service_id, from_on, until_on)
   SELECT a.partner_id, a.customer_id, a.id, d.service_id, d.from_on, d.until_on FROM billing_accounts a
     CROSS JOIN unnest($2::integer[], $3::date[], $4::date[]) AS d (service_id, from_on, until_on) WHERE a.id = $1`,
);
const CUT = statement(
  'prepaid-cut',
  `WITH gone AS (DELETE FROM billing_prepaid_days WHERE account_id = $1 AND from_on >= $2 AND ($3::integer[] IS NULL OR service_id = ANY ($3)) RETURNING id),
   cut AS (UPDATE billing_prepaid_days SET until_on = $2 WHERE account_id = $1 AND from_on < $2 AND until_on > $2 AND ($3::integer[] IS NULL OR service_id = ANY ($3))
           RETURNING id)
   SELECT (SELECT count(*) FROM gone)::integer + (SELECT count(*) FROM cut)::integer AS days`,
);
const DRAFTS = statement(
  'prepaid-drafts',
  `SELECT count(*)::integer AS drafts FROM invoices WHERE account_id = $1 AND status = 'draft'`,
);
const DUE = statement(
  'prepaid-due',
  `SELECT id FROM billing_accounts WHERE kind = 'prepaid' AND look_at <= $1 ORDER BY look_at, id LIMIT $2`,
);
const OF_CUSTOMER = statement(
  'prepaid-of-customer',
  `SELECT id FROM billing_accounts WHERE partner_id = $1 AND customer_id = $2 AND kind = 'prepaid' ORDER BY id`,
);
const HELD = statement(
  'prepaid-held',
  `SELECT s.id FROM services s JOIN billing_accounts a ON a.partner_id = s.partner_id AND a.customer_id = s.customer_id
    WHERE a.id = $1 AND 'balance' = ANY (s.suspended_for) AND s.bundle_id IS NULL AND s.status <> 'terminated' ORDER BY s.id`,
);

/** The rows of accounts that pay ahead. Whoever writes them holds the account. */
@Injectable()
export class PrepaidRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** From a day on only what is bought is charged. */
  async begin(id: number, on: string, state: PrepaidState, until: string | null, now: Date): Promise<void> {
    // What was ended on this very day goes on.
    if ((await this.uow.tx.execute(REOPEN, [id, on])) === 0) await this.uow.tx.execute(BEGIN, [id, on]);
    await this.uow.tx.execute(TO_PREPAID, [id, state, until, now]);
  }

  /** From a day on it is invoiced, by the run of that day or later. */
  async end(id: number, on: string, nextRunOn: string, now: Date): Promise<void> {
    await this.uow.tx.execute(END, [id, on]);
    await this.uow.tx.execute(TO_POSTPAID, [id, nextRunOn, now]);
  }

  async become(id: number, state: PrepaidState, until: string | null, now: Date): Promise<void> {
    await this.uow.tx.execute(BECOME, [id, state, until, now]);
  }

  async lookAt(id: number, at: Date): Promise<void> {
    await this.uow.tx.execute(LOOK_AT, [id, at]);
  }

  async warned(id: number, until: string): Promise<void> {
    await this.uow.tx.execute(WARNED, [id, until]);
  }

  async buy(id: number, days: readonly ServiceDays[]): Promise<void> {
    if (days.length === 0) return;
    const columns = [
      days.map(({ serviceId }) => serviceId),
      days.map(({ from }) => from),
      days.map(({ until }) => until),
    ];
    await this.uow.tx.execute(BUY, [id, ...columns]);
  }

  /** Takes days from one on back, of these services or of all; answers whether there were any. */
  async cut(id: number, from: string, serviceIds: readonly number[] | null): Promise<boolean> {
    return ((await this.uow.tx.one<{ days: number }>(CUT, [id, from, serviceIds]))?.days ?? 0) > 0;
  }

  async drafts(id: number): Promise<number> {
    return (await this.uow.tx.one<{ drafts: number }>(DRAFTS, [id]))?.drafts ?? 0;
  }

  /** Accounts whose time has come. */
  async due(at: Date, most: number): Promise<number[]> {
    return (await this.uow.tx.query<{ id: number }>(DUE, [at, most])).map(({ id }) => id);
  }

  async ofCustomer(partnerId: number, customerId: number): Promise<number[]> {
    return (await this.uow.tx.query<{ id: number }>(OF_CUSTOMER, [partnerId, customerId])).map(({ id }) => id);
  }

  /** Services of the account's customer that a balance holds back, whoever pays for them. */
  async held(id: number): Promise<number[]> {
    return (await this.uow.tx.query<{ id: number }>(HELD, [id])).map(({ id: serviceId }) => serviceId);
  }
}
