import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { refuseFar } from '../accounts/sound-terms.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { PrepaidWake } from '../prepaid/prepaid-wake.js';
import { BillingFacts } from '../invoices/billing.facts.js';

const COLUMNS = `c.id, c.partner_id AS "partnerId", c.account_id AS "accountId", c.service_id AS "serviceId", c.description,
  c.quantity::text AS quantity, c.unit_amount::text AS "unitAmount", c.charge_on::text AS "on", c.created_by AS "createdBy",
  c.created_at AS "createdAt", c.cancelled_at AS "cancelledAt",
  (SELECT l.invoice_id FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
    WHERE l.account_id = c.account_id AND l.key = 'c:' || c.id AND i.status <> 'void' ORDER BY l.id DESC LIMIT 1) AS "invoiceId"`;
const LIST = statement(
  'billing-charges-list',
  `SELECT ${COLUMNS} FROM billing_charges c WHERE c.account_id = $1 ORDER BY c.id DESC LIMIT $2 OFFSET $3`,
);
const COUNT = statement(
  'billing-charges-count',
  'SELECT count(*)::integer AS total FROM billing_charges WHERE account_id = $1',
);
const ADD = statement(
  'billing-charges-add',
  `INSERT INTO billing_charges AS c (partner_id, customer_id, account_id, service_id, description, quantity, unit_amount, charge_on, created_by, created_at)
   SELECT a.partner_id, a.customer_id, a.id, $2, $3, $4, $5, $6, $7, $8 FROM billing_accounts a
    WHERE a.id = $1 AND ($2::integer IS NULL OR EXISTS (SELECT FROM services s WHERE s.id = $2 AND s.partner_id = a.partner_id AND s.currency = a.currency
      AND (s.customer_id = a.customer_id OR s.customer_id IN (SELECT y.customer_id FROM billing_payers y WHERE y.payer_account_id = a.id))))
   RETURNING ${COLUMNS}`,
);
const CANCEL = statement(
  'billing-charges-cancel',
  `UPDATE billing_charges c SET cancelled_at = $3 WHERE c.id = $2 AND c.account_id = $1 AND c.cancelled_at IS NULL RETURNING ${COLUMNS}`,
);
const GET = statement(
  'billing-charges-get',
  `SELECT ${COLUMNS} FROM billing_charges c WHERE c.id = $2 AND c.account_id = $1`,
);

/** Something that is charged once, by the invoice of its day or the next one. Amounts are decimal text, without tax. */
export interface OneOffCharge {
  readonly id: number;
  readonly partnerId: number;
  readonly accountId: number;
  readonly serviceId: number | null;
  readonly description: string;
  readonly quantity: string;
  /** Negative: given back. */
  readonly unitAmount: string;
  /** `YYYY-MM-DD`. */
  readonly on: string;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly cancelledAt: Date | null;
  /** The document that it is on, a draft too. */
  readonly invoiceId: number | null;
}

export interface NewCharge {
  readonly serviceId?: number | undefined;
  readonly description: string;
  readonly quantity: string;
  readonly unitAmount: string;
  /** Today, where the account is, when absent. */
  readonly on?: string | undefined;
}

/** What people put on an account beside its services: the engine invoices it, and takes it back when it is cancelled. */
@Injectable()
export class OneOffCharges {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly facts: BillingFacts,
    private readonly wake: PrepaidWake,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One page, newest first. @throws `billing.account.not_found` */
  list(actor: Actor, accountId: number, page: { readonly limit: number; readonly offset: number }) {
    return this.uow.run(actor, async (tx) => {
      if (!(await this.accounts.get(accountId))) throw billingErrors('billing.account.not_found');
      const [rows, count] = await Promise.all([
        tx.query<OneOffCharge>(LIST, [accountId, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, [accountId]),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.account.not_found`, `billing.service.unknown`, `billing.day.far` */
  add(actor: Actor, accountId: number, charge: NewCharge): Promise<OneOffCharge> {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.lock(accountId);
      const now = this.clock.now();
      const today = localDate(now, account.timeZone);
      const { on = today } = charge;
      refuseFar('The day of a charge', on, today);
      const { serviceId = null, description, quantity, unitAmount } = charge;
      const values = [accountId, serviceId, description, quantity, unitAmount, on, actor.name, now];
      const made = await tx.one<OneOffCharge>(ADD, values);
      if (!made) throw billingErrors('billing.service.unknown');
      this.facts.note(
        actor,
        'billing_account.charge',
        { partnerId: account.partnerId, id: accountId },
        { ...charge, on },
      );
      this.wake.after(account);
      return made;
    });
  }

  /** The next invoice takes it back where it was invoiced. @throws `billing.charge.not_found`, `billing.charge.cancelled` */
  cancel(actor: Actor, accountId: number, id: number): Promise<OneOffCharge> {
    return this.uow.run(actor, async (tx) => {
      const account = await this.accounts.lock(accountId);
      const { partnerId } = account;
      if (!(await tx.one(GET, [accountId, id]))) throw billingErrors('billing.charge.not_found');
      const cancelled = await tx.one<OneOffCharge>(CANCEL, [accountId, id, this.clock.now()]);
      if (!cancelled) throw billingErrors('billing.charge.cancelled');
      this.facts.note(actor, 'billing_account.cancel_charge', { partnerId, id: accountId }, { charge_id: id });
      this.wake.after(account);
      return cancelled;
    });
  }
}
