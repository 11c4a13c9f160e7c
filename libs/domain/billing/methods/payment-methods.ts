import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import {
  UnitOfWork,
  statement,
  violatedConstraint,
  type SortedSlice,
  sortedStatements,
  sorting,
} from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';
import { Gateways } from '../gateways/gateways.js';
import type { GatewayName, MethodFacts } from '../gateways/payment-gateway.port.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { METHOD_COLUMNS, type PaymentMethodView } from './payment-method.view.js';

const PATIENCE_MS = 10_000;
const MATCH = `FROM payment_methods m WHERE ($1::integer IS NULL OR m.partner_id = $1) AND ($2::integer IS NULL OR m.customer_id = $2)
  AND ($3::boolean OR m.removed_at IS NULL)`;
export const PAYMENT_METHOD_SORTING = sorting({
  id: 'm.id',
  partner: 'm.partner_id',
  otherwise: ['m.id'],
  fields: {
    created_at: 'm.id',
  },
});
const LISTS = sortedStatements(
  'payment-methods-list',
  PAYMENT_METHOD_SORTING,
  (order) => `SELECT ${METHOD_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $4 OFFSET $5`,
);
const COUNT = statement('payment-methods-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('payment-methods-get', `SELECT ${METHOD_COLUMNS} FROM payment_methods m WHERE m.id = $1`);
const LOCK = statement(
  'payment-methods-lock',
  `SELECT ${METHOD_COLUMNS} FROM payment_methods m WHERE m.id = $1 FOR UPDATE`,
);
const DEFAULT = statement(
  'payment-methods-default',
  `SELECT ${METHOD_COLUMNS} FROM payment_methods m WHERE m.customer_id = $1 AND m.is_default`,
);
const HOLDER = statement(
  'payment-methods-holder',
  `SELECT max(holder_token) AS holder FROM payment_methods WHERE customer_id = $1 AND gateway = $2`,
);
const NO_DEFAULT = statement(
  'payment-methods-no-default',
  'UPDATE payment_methods SET is_default = false, version = version + 1, updated_at = $2 WHERE customer_id = $1 AND is_default',
);
const INSERT = statement(
  'payment-methods-insert',
  `INSERT INTO payment_methods AS m (partner_id, customer_id, gateway, kind, token, holder_token, brand, last_digits, expires_on, is_default,
          created_by, created_at, updated_at)
   SELECT partner_id, customer_id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11 FROM billing_accounts WHERE id = $1 RETURNING ${METHOD_COLUMNS}`,
);
const MAKE_DEFAULT = statement(
  'payment-methods-make-default',
  `UPDATE payment_methods m SET is_default = true, refused_code = NULL, version = version + 1, updated_at = $2 WHERE id = $1 RETURNING ${METHOD_COLUMNS}`,
);
const REMOVE = statement(
  'payment-methods-remove',
  `UPDATE payment_methods m SET is_default = false, removed_at = $2, version = version + 1, updated_at = $2 WHERE id = $1 RETURNING ${METHOD_COLUMNS}`,
);

export interface AddMethodInput {
  readonly actor: Actor;
  readonly customerId: number;
  readonly gateway: GatewayName;
  /** What the gateway gave to the payer's browser. */
  readonly token: string;
  readonly makeDefault?: boolean | undefined;
}

/** How customers pay: tokens that a gateway keeps cards and accounts under. */
@Injectable()
export class PaymentMethods {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly gateways: Gateways,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(
    actor: Actor,
    filter: { readonly customerId?: number | undefined; readonly removed?: boolean | undefined },
    page: SortedSlice<typeof PAYMENT_METHOD_SORTING>,
  ) {
    const partnerId = actor.reach === 'all' ? null : actor.partnerId;
    const values = [partnerId, filter.customerId ?? null, filter.removed ?? false];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<PaymentMethodView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.method.not_found`, also for one behind another wall */
  async get(actor: Actor, id: number): Promise<PaymentMethodView> {
    const method = await this.uow.read(actor, (tx) => tx.one<PaymentMethodView>(GET, [id]));
    if (!method) throw billingErrors('billing.method.not_found');
    return method;
  }

  /**
   * Keeps a token; the gateway says what it stands for. A customer's first method is its default.
   * @throws `billing.account.none`, `billing.method.unknown_token`, `billing.method.duplicate`, `billing.gateway.silent`,
   *   `billing.gateway.not_set_up`
   */
  async add({ actor, customerId, gateway, token, makeDefault }: AddMethodInput): Promise<PaymentMethodView> {
    const { accountId, holder } = await this.uow.run(actor, async (tx) => ({
      accountId: await this.accounts.firstOf(customerId),
      holder: (await tx.one<{ holder: string | null }>(HOLDER, [customerId, gateway]))?.holder ?? null,
    }));
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const known = await this.gateways.get(gateway).adopt(token, customerId, holder, signal);
    return this.uow.run(actor, async (tx) => {
      await this.accounts.lock(accountId);
      const before = await tx.one(DEFAULT, [customerId]);
      const isDefault = makeDefault ?? before === undefined;
      if (isDefault) await tx.execute(NO_DEFAULT, [customerId, this.clock.now()]);
      const method = await this.insert(actor, accountId, gateway, token, known, isDefault);
      const { kind, brand, lastDigits } = method;
      this.facts.note(actor, 'payment_method.add', method, {
        kind,
        brand,
        last_digits: lastDigits,
        default: isDefault,
      });
      return method;
    });
  }

  private async insert(
    actor: Actor,
    accountId: number,
    gateway: GatewayName,
    token: string,
    known: MethodFacts,
    isDefault: boolean,
  ): Promise<PaymentMethodView> {
    const { kind, holderToken, brand, lastDigits, expiresOn } = known;
    const about = [gateway, kind, token, holderToken, brand, lastDigits, expiresOn];
    try {
      const values = [accountId, ...about, isDefault, actor.name, this.clock.now()];
      return (await this.uow.tx.one<PaymentMethodView>(INSERT, values)) as PaymentMethodView;
    } catch (error) {
      if (violatedConstraint(error) === 'payment_methods_token') throw billingErrors('billing.method.duplicate');
      throw error;
    }
  }

  /** From now on charged where no other is named. @throws `billing.method.not_found`, `billing.method.expired` */
  makeDefault(actor: Actor, id: number): Promise<PaymentMethodView> {
    return this.uow.run(actor, async (tx) => {
      const account = await this.lockFor(id);
      const method = await this.lock(id);
      if (this.isExpired(method, account)) throw billingErrors('billing.method.expired');
      await tx.execute(NO_DEFAULT, [method.customerId, this.clock.now()]);
      const changed = (await tx.one<PaymentMethodView>(MAKE_DEFAULT, [id, this.clock.now()])) as PaymentMethodView;
      this.facts.note(actor, 'payment_method.make_default', changed, {});
      return changed;
    });
  }

  /** Never charged again; charges that are under way go on. @throws `billing.method.not_found` */
  async remove(actor: Actor, id: number): Promise<void> {
    await this.uow.run(actor, async (tx) => {
      await this.lockFor(id);
      await this.lock(id);
      const removed = (await tx.one<PaymentMethodView>(REMOVE, [id, this.clock.now()])) as PaymentMethodView;
      this.facts.note(actor, 'payment_method.remove', removed, {});
    });
  }

  /**
   * The method that a charge of a locked account takes: the named one, else its customer's default.
   * @throws `billing.method.unknown`, `billing.method.none`, `billing.method.expired`
   */
  async chargeable(account: AccountView, wanted?: number): Promise<PaymentMethodView> {
    const { tx } = this.uow;
    const method =
      wanted === undefined
        ? await tx.one<PaymentMethodView>(DEFAULT, [account.customerId])
        : await tx.one<PaymentMethodView>(GET, [wanted]);
    if (!method) throw billingErrors(wanted === undefined ? 'billing.method.none' : 'billing.method.unknown');
    const fits = method.customerId === account.customerId && method.removedAt === null;
    if (!fits) throw billingErrors('billing.method.unknown');
    if (this.isExpired(method, account)) throw billingErrors('billing.method.expired');
    return method;
  }

  private isExpired({ expiresOn }: PaymentMethodView, { timeZone }: AccountView): boolean {
    return expiresOn !== null && expiresOn < localDate(this.clock.now(), timeZone);
  }

  /** The customer's first account: whoever changes a customer's methods holds it. */
  private async lockFor(id: number): Promise<AccountView> {
    const method = await this.uow.tx.one<PaymentMethodView>(GET, [id]);
    if (!method) throw billingErrors('billing.method.not_found');
    return this.accounts.lock(await this.accounts.firstOf(method.customerId));
  }

  private async lock(id: number): Promise<PaymentMethodView> {
    const method = await this.uow.tx.one<PaymentMethodView>(LOCK, [id]);
    if (!method || method.removedAt !== null) throw billingErrors('billing.method.not_found');
    return method;
  }
}
