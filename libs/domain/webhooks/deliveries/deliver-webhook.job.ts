import { Injectable } from '@nestjs/common';
import type { JobPayload } from '@isp/contracts';
import type { Transaction } from '@isp/platform/database';
import { HandlesJobs, type HandlesJob, type WorkRun } from '@isp/platform/work';
import type { ClaimedDelivery } from './attempt.js';
import { ClaimDelivery } from './claim-delivery.usecase.js';
import { DeliveryRepository } from './delivery.repository.js';
import { Flights } from './flights.js';
import { RecordAttempt } from './record-attempt.usecase.js';
import { WebhookSender } from './webhook-sender.js';

/**
 * One try of one delivery. What a receiver does is a result, never a failure of the work; only our own database can
 * make it fail.
 */
@Injectable()
@HandlesJobs({ job: 'webhooks.deliver' })
export class DeliverWebhookJob implements HandlesJob<'webhooks.deliver'> {
  constructor(
    private readonly claims: ClaimDelivery,
    private readonly sender: WebhookSender,
    private readonly recordAttempt: RecordAttempt,
    private readonly deliveries: DeliveryRepository,
    private readonly flights: Flights,
  ) {}

  async handle(payload: JobPayload<'webhooks.deliver'>, run: WorkRun): Promise<void> {
    const first = await this.claims.execute(payload.delivery_id, run);
    if (first) await this.flights.launch((signal) => this.fly(first, signal));
  }

  async onDead(payload: JobPayload<'webhooks.deliver'>, reason: string, _tx: Transaction): Promise<void> {
    await this.deliveries.lockEndpointOf(payload.delivery_id);
    await this.deliveries.giveUp(payload.delivery_id, reason.slice(0, 500));
  }

  /** Goes on with what waited for this one's place, so that a backlog costs no detour over the queue. */
  private async fly(first: ClaimedDelivery, signal: AbortSignal): Promise<void> {
    for (let delivery: ClaimedDelivery | undefined = first; delivery;) {
      const result = await this.sender.send(delivery, signal);
      // Called off half-way: nobody knows what the receiver saw, so it counts for nothing and is sent again.
      if (signal.aborted && result.status === null) return;
      delivery = await this.recordAttempt.execute(delivery, result, signal.aborted);
    }
  }
}
