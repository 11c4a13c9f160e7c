import { Inject, Injectable } from '@nestjs/common';
import { type Clock, Money, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import type { ChargeAnswer, ChargeOrder, MethodKind } from '../gateways/payment-gateway.port.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { COLLECTOR } from './collector.js';
import { chargeStates } from './charge.states.js';
import { CHARGE_COLUMNS, type ChargeView } from './charge.view.js';

const READ = `SELECT ${CHARGE_COLUMNS}, c.key, m.kind, m.token, m.holder_token AS "holderToken", c.first_asked_at AS "firstAskedAt",
    coalesce(extract(epoch FROM now() - c.first_asked_at), 0)::float8 AS "askedSeconds",
    coalesce(extract(epoch FROM now() - c.last_asked_at), 0)::float8 AS "silentSeconds"
  FROM charges c JOIN payment_methods m ON m.id = c.payment_method_id`;
const GET = statement('charge-book-get', `${READ} WHERE c.id = $1`);
const LOCK = statement('charge-book-lock', `${READ} WHERE c.id = $1 FOR UPDATE OF c`);
const BY_NOTICE = statement(
  'charge-book-by-notice',
  'SELECT id FROM charges WHERE gateway = $1 AND (gateway_reference = $2 OR key = $3) ORDER BY id LIMIT 1',
);
const ASK = statement(
  'charge-book-ask',
  'UPDATE charges SET first_asked_at = coalesce(first_asked_at, now()), last_asked_at = now() WHERE id = $1',
);
const MOVE = statement(
  'charge-book-move',
  `UPDATE charges c SET status = $2, gateway_reference = coalesce($3, gateway_reference), action_url = $4, code = $5, retry_at = $6,
          payment_id = $7, finished_at = $8, version = version + 1, updated_at = $9 WHERE id = $1 RETURNING ${CHARGE_COLUMNS}`,
);
const PAYABLE = statement(
  'charge-book-payable',
  `SELECT coalesce(array_agg(i.id ORDER BY array_position($1::integer[], i.id)), '{}') AS ids FROM invoices i
    WHERE i.id = ANY ($1) AND i.document = 'invoice' AND i.status NOT IN ('draft', 'void')`,
);
const BOOKED = statement(
  'charge-book-booked',
  'SELECT id FROM payments WHERE partner_id = $1 AND account_id = $2 AND method = $3 AND reference = $4',
);
const DECLINE = statement(
  'charge-book-decline',
  `SELECT retry_hours AS "retryHours", refuses_method AS "refusesMethod" FROM decline_codes WHERE code IN ($1, '*') ORDER BY code = '*' LIMIT 1`,
);
const REFUSE_METHOD = statement(
  'charge-book-refuse-method',
  'UPDATE payment_methods SET refused_code = $2, version = version + 1, updated_at = $3 WHERE id = $1 AND removed_at IS NULL',
);

/** A charge with what its gateway must be told. Seconds are those of the database's clock. */
export interface ChargeRow extends ChargeView {
  readonly key: string;
  readonly kind: MethodKind;
  readonly token: string;
  readonly holderToken: string | null;
  readonly firstAskedAt: Date | null;
  /** Since the gateway was asked first, and last. */
  readonly askedSeconds: number;
  readonly silentSeconds: number;
}

/** What became of charges. Whatever is written here holds the account: two answers at once are one outcome. */
@Injectable()
export class ChargeBook {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly payments: RecordPayment,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  get(id: number): Promise<ChargeRow | undefined> {
    return this.uow.tx.one<ChargeRow>(GET, [id]);
  }

  /** The charge that a gateway's notice is about. */
  async named(gateway: string, reference: string | null, key: string | null): Promise<number | undefined> {
    return (await this.uow.tx.one<{ id: number }>(BY_NOTICE, [gateway, reference, key]))?.id;
  }

  /** Notes that the gateway is going to be asked: committed before it is. */
  async asking(id: number): Promise<void> {
    await this.uow.tx.execute(ASK, [id]);
  }

  /** Books what the gateway says, or that it says nothing. Answers the charge as it is then. */
  async record(id: number, answer: ChargeAnswer | 'silent'): Promise<ChargeView> {
    const seen = (await this.get(id)) as ChargeRow;
    await this.accounts.lock(seen.accountId);
    const charge = (await this.uow.tx.one<ChargeRow>(LOCK, [id])) as ChargeRow;
    const to = answer === 'silent' ? 'unknown' : answer.state;
    // An older answer that comes late, or the same one again.
    if (!chargeStates.can(charge.status, to)) return charge;
    if (answer === 'silent') return this.move(charge, { status: 'unknown' });
    if (answer.state === 'succeeded') return this.succeed(charge, answer.reference);
    if (answer.state === 'failed') return this.fail(charge, answer.reference, answer.code);
    if (answer.state === 'processing') return this.move(charge, { status: 'processing', reference: answer.reference });
    const { reference, actionUrl } = answer;
    const moved = await this.move(charge, { status: 'requires_action', reference, actionUrl });
    this.facts.charge('action_required', moved);
    return moved;
  }

  private async succeed(charge: ChargeRow, reference: string): Promise<ChargeView> {
    const { id, partnerId, accountId, amount, kind, invoiceIds, excessOfIds, gateway } = charge;
    const bookedAs = `${gateway}:${reference}`;
    const booked = await this.uow.tx.one<{ id: number }>(BOOKED, [partnerId, accountId, kind, bookedAs]);
    const payable = (await this.uow.tx.one<{ ids: number[] }>(PAYABLE, [invoiceIds]))?.ids ?? [];
    const paymentId =
      booked?.id ??
      (
        await this.payments.execute({
          actor: COLLECTOR,
          accountId,
          amount: Money.of(amount, charge.currency).toText(),
          method: kind,
          reference: bookedAs,
          notes: `Charge ${id}`,
          ...(payable.length + excessOfIds.length > 0 ? { invoiceIds: payable, excessOfIds } : {}),
        })
      ).id;
    return this.move(charge, { status: 'succeeded', reference, paymentId });
  }

  private async fail(charge: ChargeRow, reference: string | null, code: string): Promise<ChargeView> {
    const rule = await this.uow.tx.one<{ retryHours: number[]; refusesMethod: boolean }>(DECLINE, [code]);
    const hours = charge.automatic ? rule?.retryHours[charge.attempt - 1] : undefined;
    const retryAt = hours === undefined ? null : addSeconds(this.clock.now(), hours * 3600);
    if (rule?.refusesMethod) await this.uow.tx.execute(REFUSE_METHOD, [charge.paymentMethodId, code, this.clock.now()]);
    const failed = await this.move(charge, { status: 'failed', reference, code, retryAt });
    this.facts.charge('failed', failed);
    return failed;
  }

  private async move(
    charge: ChargeView,
    to: {
      readonly status: ChargeView['status'];
      readonly reference?: string | null;
      readonly actionUrl?: string | null;
      readonly code?: string;
      readonly retryAt?: Date | null;
      readonly paymentId?: number;
    },
  ): Promise<ChargeView> {
    const now = this.clock.now();
    const final = to.status === 'succeeded' || to.status === 'failed';
    const values = [
      to.reference ?? null,
      to.actionUrl ?? null,
      to.code ?? null,
      to.retryAt ?? null,
      to.paymentId ?? null,
    ];
    const moved = await this.uow.tx.one<ChargeView>(MOVE, [charge.id, to.status, ...values, final ? now : null, now]);
    this.facts.note(COLLECTOR, 'charge.move', charge, { status: [charge.status, to.status], code: to.code ?? null });
    return moved as ChargeView;
  }
}

/** What a gateway must be told of a charge. */
export function orderOf(charge: ChargeRow): ChargeOrder {
  const { key, currency, kind, token, holderToken, automatic, reference, id } = charge;
  const amount = Money.of(charge.amount, currency).toText();
  const askedAt = charge.firstAskedAt ?? charge.createdAt;
  const description = `Charge ${id} of account ${charge.accountId}`;
  return { key, amount, currency, kind, token, holderToken, offSession: automatic, description, reference, askedAt };
}
