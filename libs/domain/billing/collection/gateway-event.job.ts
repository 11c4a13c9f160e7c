import { Inject, Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import { SandboxGateway } from '../gateways/sandbox.adapter.js';
import { ReceiveGatewayEvent } from '../gateways/receive-gateway-event.usecase.js';
import { GiveBack } from '../payments/give-back.usecase.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import { ChargeBook } from './charge-book.js';
import { CollectCharge } from './collect-charge.usecase.js';
import { COLLECTOR } from './collector.js';

const JOB = 'billing.gateway-event';
const CALLBACK = 'billing.sandbox-callback';
const PATIENCE_MS = 15_000;

interface EventRow {
  readonly gateway: string;
  readonly concerns: 'charge' | 'refund' | 'dispute';
  readonly reference: string | null;
  readonly key: string | null;
  readonly takenAmount: string | null;
  readonly takenCurrency: string | null;
}
const GET = statement(
  'gateway-events-get',
  `SELECT gateway, concerns, reference, key, taken_amount::text AS "takenAmount", taken_currency AS "takenCurrency" FROM gateway_events WHERE id = $1`,
);
const HANDLED = statement('gateway-events-handled', 'UPDATE gateway_events SET handled_at = $2 WHERE id = $1');

/** Finds out what a gateway's callback was about, from the gateway itself. */
@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 1_000_000, baseDelaySeconds: 1, maxDelaySeconds: 300 })
export class GatewayEventHandler implements HandlesJob<typeof JOB> {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: ChargeBook,
    private readonly collect: CollectCharge,
    private readonly refunds: GiveBack,
    private readonly reverse: ReversePayment,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async handle({ gateway_event_id: id }: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    const event = await this.uow.run(COLLECTOR, (tx) => tx.one<EventRow>(GET, [id]));
    const signal = AbortSignal.any([run.signal, AbortSignal.timeout(PATIENCE_MS)]);
    if (event?.concerns === 'refund') await this.refunds.look(event.reference, event.key, signal);
    else if (event) await this.aboutCharge(event, signal);
    await this.uow.run(COLLECTOR, async (tx) => {
      await tx.execute(HANDLED, [id, this.clock.now()]);
      await run.complete();
    });
  }

  private async aboutCharge(
    { gateway, concerns, reference, key, ...event }: EventRow,
    signal: AbortSignal,
  ): Promise<void> {
    const chargeId = await this.uow.run(COLLECTOR, () => this.book.named(gateway, reference, key));
    // Of somebody else who uses the same gateway account.
    if (chargeId === undefined) return;
    await this.collect.look(chargeId, signal);
    if (concerns !== 'dispute') return;
    const charge = await this.uow.run(COLLECTOR, () => this.book.get(chargeId));
    const taken = charge?.currency === event.takenCurrency ? event.takenAmount : null;
    if (charge?.paymentId) await this.reverseOnce(charge.paymentId, taken ?? undefined);
  }

  private async reverseOnce(paymentId: number, amount: string | undefined): Promise<void> {
    try {
      const reason = 'Disputed: the gateway took it back';
      await this.reverse.execute({ actor: COLLECTOR, paymentId, reason, amount, disputed: true });
    } catch (error) {
      if ((error as { code?: string }).code !== 'billing.payment.reversed') throw error;
    }
  }
}

/** Calls back as the sandbox's gateway does. */
@Injectable()
@HandlesJobs({ job: CALLBACK, maxFailures: 10, baseDelaySeconds: 1, maxDelaySeconds: 60 })
export class SandboxCallbackHandler implements HandlesJob<typeof CALLBACK> {
  constructor(
    private readonly gateway: SandboxGateway,
    private readonly receive: ReceiveGatewayEvent,
  ) {}

  async handle({ event_id: eventId, subject }: JobPayload<typeof CALLBACK>): Promise<void> {
    const { bytes, signature } = this.gateway.callback(eventId, subject);
    await this.receive.execute('sandbox', bytes, signature);
  }
}
