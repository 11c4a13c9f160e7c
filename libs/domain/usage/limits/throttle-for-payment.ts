import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { LimitEffects } from './limit-effects.js';

const HOLD = statement(
  'limits-hold-for-payment',
  `INSERT INTO throttling_events (partner_id, customer_id, service_id, cause, action, at, download_kbps, upload_kbps)
   SELECT partner_id, customer_id, id, 'payment', 'throttle', $2, $3, $4 FROM services WHERE id = $1
   ON CONFLICT DO NOTHING`,
);
const LET_GO = statement(
  'limits-let-go-for-payment',
  `UPDATE throttling_events SET restored_at = $2, restored_by = 'payment'
    WHERE service_id = $1 AND cause = 'payment' AND restored_at IS NULL`,
);

/**
 * Holds services back whose customer does not pay, beside the limits of their plans: of several causes the lowest rate
 * holds, and lifting one leaves the others. In the caller's transaction; the network follows.
 */
@Injectable()
export class ThrottleForPayment {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly effects: LimitEffects,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Rates in kbit/s. A service that is held back for payment already stays as it is. */
  async hold(serviceId: number, rate: { readonly downloadKbps: number; readonly uploadKbps: number }): Promise<void> {
    await this.uow.tx.execute(HOLD, [serviceId, this.clock.now(), rate.downloadKbps, rate.uploadKbps]);
    await this.effects.apply([serviceId]);
  }

  async letGo(serviceId: number): Promise<void> {
    await this.uow.tx.execute(LET_GO, [serviceId, this.clock.now()]);
    await this.effects.apply([serviceId]);
  }
}
