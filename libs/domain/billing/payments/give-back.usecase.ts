import { Inject, Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import { type Clock, DomainError, Money } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { AccountRepository } from '../accounts/account.repository.js';
import { COLLECTOR } from '../collection/collector.js';
import { Gateways } from '../gateways/gateways.js';
import type { RefundAnswer, RefundOrder } from '../gateways/payment-gateway.port.js';
import { BillingFacts } from '../invoices/billing.facts.js';
import type { PaymentMethod } from './payment.view.js';
import { RecordPayment } from './record-payment.usecase.js';
import { REFUND_COLUMNS, type RefundView } from './refund.view.js';
import { Settlement } from './settlement.js';

const PATIENCE_MS = 15_000;
/** So long a request that was lost is sent again, under its one key; gateways remember keys for a day. */
const ASK_AGAIN_SECONDS = 3_600;
const LOST_SECONDS = 1_800;

const READ = `SELECT ${REFUND_COLUMNS}, r.key, r.gateway_reference AS "gatewayReference", r.first_asked_at AS "firstAskedAt", c.gateway,
    c.gateway_reference AS "chargeReference", coalesce(extract(epoch FROM now() - r.first_asked_at), 0)::float8 AS "askedSeconds",
    coalesce(extract(epoch FROM now() - r.last_asked_at), 0)::float8 AS "silentSeconds"
  FROM refunds r JOIN charges c ON c.payment_id = r.payment_id`;
const GET = statement('give-back-get', `${READ} WHERE r.id = $1`);
const NAMED = statement('give-back-named', 'SELECT id FROM refunds WHERE gateway_reference = $1 OR key = $2 LIMIT 1');
const ASK = statement(
  'give-back-ask',
  'UPDATE refunds SET first_asked_at = coalesce(first_asked_at, now()), last_asked_at = now() WHERE id = $1',
);
// One that succeeded fails after all when the payer's bank sends the money back.
const MOVE = statement(
  'give-back-move',
  `UPDATE refunds r SET status = $2, gateway_reference = coalesce($3, gateway_reference), code = $4, returned_as_id = $6,
          finished_at = CASE WHEN $2 IN ('succeeded', 'failed') THEN $5::timestamptz END, version = version + 1, updated_at = $5
    WHERE id = $1 AND (status IN ('processing', 'unknown') OR (status = 'succeeded' AND $2 = 'failed' AND channel = 'gateway')) RETURNING ${REFUND_COLUMNS}`,
);

// What is left of a payment that was taken back is nothing that the money could be again.
const HOMELESS = statement(
  'give-back-homeless',
  `SELECT p.id, p.method FROM refunds r JOIN payments p ON p.id = r.payment_id
    WHERE r.id = $1 AND r.status = 'succeeded' AND r.channel = 'gateway' AND p.status = 'reversed'`,
);

interface RefundRow extends RefundView {
  readonly key: string;
  readonly gatewayReference: string | null;
  readonly firstAskedAt: Date | null;
  readonly gateway: string;
  readonly chargeReference: string;
  readonly askedSeconds: number;
  readonly silentSeconds: number;
}

/** Takes one refund by a gateway to its outcome; as a charge, under one key, and never a second time. */
@Injectable()
export class GiveBack {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly gateways: Gateways,
    private readonly settlement: Settlement,
    private readonly payments: RecordPayment,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(refundId: number, run: WorkRun): Promise<void> {
    const refund = await this.uow.run(COLLECTOR, async (tx) => {
      const found = await tx.one<RefundRow>(GET, [refundId]);
      if (!found || found.finishedAt !== null) return void (await run.complete());
      if (found.firstAskedAt === null) await tx.execute(ASK, [refundId]);
      return found;
    });
    if (!refund) return;
    const answer = await this.answer(refund, AbortSignal.any([run.signal, AbortSignal.timeout(PATIENCE_MS)]));
    failPoint('billing.after-gateway');
    await this.uow.run(COLLECTOR, async () => {
      await run.fence();
      const over = await this.record(refund, answer);
      if (over) await run.complete();
      else await run.postpone(Math.min(600, Math.max(2, refund.askedSeconds)));
    });
  }

  /** Asks what became of the refund that a callback is about. */
  async look(reference: string | null, key: string | null, signal: AbortSignal): Promise<void> {
    const refund = await this.uow.run(COLLECTOR, async (tx) => {
      const named = await tx.one<{ id: number }>(NAMED, [reference, key]);
      return named && tx.one<RefundRow>(GET, [named.id]);
    });
    if (!refund || refund.status === 'failed') return;
    const answer = await this.gateways.get(refund.gateway).findRefund(orderOf(refund), signal);
    if (answer) await this.uow.run(COLLECTOR, () => this.record(refund, answer));
  }

  private async answer(refund: RefundRow, signal: AbortSignal): Promise<RefundAnswer | 'silent'> {
    const gateway = this.gateways.get(refund.gateway);
    const order = orderOf(refund);
    try {
      const found = refund.firstAskedAt === null ? undefined : await gateway.findRefund(order, signal);
      if (found) return found;
      if (refund.askedSeconds < ASK_AGAIN_SECONDS) {
        await this.uow.run(COLLECTOR, (tx) => tx.execute(ASK, [refund.id]));
        return await gateway.refund(order, signal);
      }
      return refund.silentSeconds < LOST_SECONDS
        ? 'silent'
        : { state: 'failed', reference: null, code: 'not_received' };
    } catch (error) {
      if (error instanceof DomainError && error.code.startsWith('billing.gateway.')) return 'silent';
      throw error;
    }
  }

  /** Answers whether the refund is over. */
  private async record(refund: RefundRow, answer: RefundAnswer | 'silent'): Promise<boolean> {
    const { id } = refund;
    const account = await this.accounts.lock(refund.accountId);
    const now = this.clock.now();
    const [status, reference, code] =
      answer === 'silent'
        ? ['unknown', null, null]
        : [answer.state, answer.reference, answer.state === 'failed' ? answer.code : null];
    const returnedAs = status === 'failed' ? await this.comeBack(refund) : null;
    const moved = await this.uow.tx.one<RefundView>(MOVE, [id, status, reference, code, now, returnedAs]);
    if (!moved) return true;
    if (moved.status !== 'succeeded' && moved.status !== 'failed') return false;
    // What does not go back is the customer's again, and pays what it owes.
    if (moved.status === 'failed') await this.settlement.run(account, now);
    this.facts.refund(moved.status, moved);
    this.facts.note(COLLECTOR, 'refund.move', moved, { status: moved.status, code });
    return true;
  }

  /**
   * Money that was given back, and is here again after its payment was taken back too: money of the account like any other,
   * that first pays what it left owing. Answers the payment that it is, or null where it is still of the old one.
   */
  private async comeBack({ id, accountId, amount, currency }: RefundRow): Promise<number | null> {
    const takenBack = await this.uow.tx.one<{ id: number; method: PaymentMethod }>(HOMELESS, [id]);
    if (!takenBack) return null;
    const payment = await this.payments.execute({
      actor: COLLECTOR,
      accountId,
      amount: Money.of(amount, currency).toText(),
      method: takenBack.method,
      reference: `refund-${id}-returned`,
      notes: `Refund ${id} of payment ${takenBack.id} came back`,
      excessOfIds: [takenBack.id],
    });
    return payment.id;
  }
}

function orderOf({ key, amount, currency, chargeReference, gatewayReference: reference }: RefundRow): RefundOrder {
  return { key, amount: Money.of(amount, currency).toText(), currency, chargeReference, reference };
}

const JOB = 'billing.refund';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 1_000_000, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class GiveBackHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly giveBack: GiveBack) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.giveBack.execute(payload.refund_id, run);
  }
}
