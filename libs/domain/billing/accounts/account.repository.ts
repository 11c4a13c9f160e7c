import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { AccountTerms } from '../engine/engine.types.js';
import { billingErrors } from '../billing.errors.js';
import { ACCOUNT_COLUMNS, type AccountView } from './account.view.js';

const LOCK = statement('billing-accounts-lock', 'SELECT id FROM billing_accounts WHERE id = $1 FOR NO KEY UPDATE');
const GET = statement('billing-accounts-get', `SELECT ${ACCOUNT_COLUMNS} FROM billing_accounts a WHERE a.id = $1`);
const FIRST = statement(
  'billing-accounts-first',
  'SELECT id FROM billing_accounts WHERE customer_id = $1 ORDER BY id LIMIT 1',
);
const INSERT = statement(
  'billing-accounts-insert',
  `INSERT INTO billing_accounts (partner_id, customer_id, name, currency, time_zone, payment_days, starts_on)
   VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id`,
);
const SAVE = statement(
  'billing-accounts-save',
  `UPDATE billing_accounts SET name = $2, payment_days = $3, limit_amount = $4, tax_exemptions = $5, minimum_amount = $7, language = $8,
          review_hours = $9, warn_days = $10, invoice_delivery = $11, version = version + 1, updated_at = $6 WHERE id = $1`,
);
const PUT_TERMS = statement(
  'billing-accounts-put-terms',
  `INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on, cycle_months, billing_day, timing, proration, tax_region)
   SELECT partner_id, customer_id, id, $2, $3, $4, $5, $6, $7 FROM billing_accounts
    WHERE id = $1 AND ($7::text IS NULL OR EXISTS (SELECT FROM tax_rates WHERE region = $7))
   ON CONFLICT (account_id, from_on) DO UPDATE SET cycle_months = excluded.cycle_months, billing_day = excluded.billing_day,
     timing = excluded.timing, proration = excluded.proration, tax_region = excluded.tax_region`,
);
const END_PAYER = statement(
  'billing-accounts-end-payer',
  `WITH gone AS (DELETE FROM billing_payers WHERE account_id = $1 AND until_on IS NULL AND from_on >= $2)
   UPDATE billing_payers SET until_on = $2 WHERE account_id = $1 AND until_on IS NULL AND from_on < $2`,
);
const SET_PAYER = statement(
  'billing-accounts-set-payer',
  `INSERT INTO billing_payers (partner_id, customer_id, account_id, payer_account_id, from_on)
   SELECT partner_id, customer_id, id, $2, $3 FROM billing_accounts WHERE id = $1`,
);
const PAYS_FOR_OTHERS = statement(
  'billing-accounts-pays-for-others',
  'SELECT EXISTS (SELECT FROM billing_payers WHERE payer_account_id = $1 AND until_on IS NULL) AS pays',
);
const ASSIGN = statement(
  'billing-accounts-assign',
  `INSERT INTO billing_account_services (partner_id, customer_id, service_id, account_id, from_on)
   SELECT s.partner_id, s.customer_id, s.id, $1, $3 FROM services s JOIN billing_accounts a ON a.id = $1
    WHERE s.id = $2 AND s.partner_id = a.partner_id AND s.customer_id = a.customer_id AND s.currency = a.currency
   ON CONFLICT (service_id, from_on) DO UPDATE SET account_id = excluded.account_id`,
);
const PARK = statement(
  'billing-accounts-park',
  `INSERT INTO billing_parkings (partner_id, customer_id, account_id, reason, total_amount, at)
   SELECT partner_id, customer_id, id, $2, $3, $4 FROM billing_accounts WHERE id = $1
   ON CONFLICT (account_id) WHERE ended_at IS NULL DO NOTHING`,
);
const UNPARK = statement(
  'billing-accounts-unpark',
  'UPDATE billing_parkings SET ended_at = $2, ended_by = $3 WHERE account_id = $1 AND ended_at IS NULL',
);

export interface NewAccount {
  readonly partnerId: number;
  readonly customerId: number;
  readonly name: string;
  readonly currency: string;
  readonly timeZone: string;
  readonly paymentDays: number;
  readonly startsOn: string;
}

@Injectable()
export class AccountRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * The account, locked until the transaction ends: whatever moves an account's money does this first, so that of two
   * at once the second sees what the first did. @throws `billing.account.not_found`
   */
  async lock(id: number): Promise<AccountView> {
    if (!(await this.uow.tx.one(LOCK, [id]))) throw billingErrors('billing.account.not_found');
    return (await this.uow.tx.one<AccountView>(GET, [id])) as AccountView;
  }

  async get(id: number): Promise<AccountView | undefined> {
    return this.uow.tx.one<AccountView>(GET, [id]);
  }

  /** @throws `billing.account.none` */
  async firstOf(customerId: number): Promise<number> {
    const found = await this.uow.tx.one<{ id: number }>(FIRST, [customerId]);
    if (!found) throw billingErrors('billing.account.none');
    return found.id;
  }

  async insert({
    partnerId,
    customerId,
    name,
    currency,
    timeZone,
    paymentDays,
    startsOn,
  }: NewAccount): Promise<number> {
    const values = [partnerId, customerId, name, currency, timeZone, paymentDays, startsOn];
    return ((await this.uow.tx.one<{ id: number }>(INSERT, values)) as { id: number }).id;
  }

  async save(account: AccountView, now: Date): Promise<void> {
    const { id, name, paymentDays, limitAmount, exemptions, minimumAmount, language, reviewHours } = account;
    const values = [id, name, paymentDays, limitAmount, JSON.stringify(exemptions), now];
    await this.uow.tx.execute(SAVE, [
      ...values,
      minimumAmount,
      language,
      reviewHours,
      account.warnDays,
      account.invoiceDelivery,
    ]);
  }

  /** @throws `billing.tax_region.unknown` for one that has no rates: nothing would be taxed there */
  async putTerms(
    id: number,
    { fromOn, cycleMonths, billingDay, timing, proration, taxRegion }: AccountTerms,
  ): Promise<void> {
    const values = [id, fromOn, cycleMonths, billingDay, timing, proration, taxRegion];
    if ((await this.uow.tx.execute(PUT_TERMS, values)) === 0)
      throw billingErrors('billing.tax_region.unknown', { region: taxRegion ?? '' });
  }

  /** From a day on another account pays, or none does. */
  async setPayer(id: number, payerId: number | null, fromOn: string): Promise<void> {
    await this.uow.tx.execute(END_PAYER, [id, fromOn]);
    if (payerId !== null) await this.uow.tx.execute(SET_PAYER, [id, payerId, fromOn]);
  }

  async paysForOthers(id: number): Promise<boolean> {
    return (await this.uow.tx.one<{ pays: boolean }>(PAYS_FOR_OTHERS, [id]))?.pays ?? false;
  }

  /** Answers whether there was such a service to assign. */
  async assign(id: number, serviceId: number, fromOn: string): Promise<boolean> {
    return (await this.uow.tx.execute(ASSIGN, [id, serviceId, fromOn])) > 0;
  }

  async park(id: number, reason: string, total: string, now: Date): Promise<void> {
    await this.uow.tx.execute(PARK, [id, reason, total, now]);
  }

  /** Answers whether it was parked. */
  async unpark(id: number, now: Date, by: string): Promise<boolean> {
    return (await this.uow.tx.execute(UNPARK, [id, now, by])) > 0;
  }
}
