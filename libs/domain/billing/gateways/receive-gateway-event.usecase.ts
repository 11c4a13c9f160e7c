import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { Gateways } from './gateways.js';

const ACTOR = systemActor('gateway');
const INSERT = statement(
  'gateway-events-insert',
  `INSERT INTO gateway_events (gateway, event_id, type, concerns, reference, key, received_at, taken_amount, taken_currency)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   ON CONFLICT (gateway, event_id) DO NOTHING RETURNING id`,
);

/**
 * Takes a gateway's callback: verified over the exact bytes, kept once however often it comes, answered at once. What it
 * means is found out afterwards, by asking the gateway, so that it does not matter in which order callbacks come.
 */
@Injectable()
export class ReceiveGatewayEvent {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly gateways: Gateways,
    private readonly work: WorkQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Answers whether it is new.
   * @throws `billing.gateway.not_found`, `billing.gateway.forged`, `billing.gateway.unreadable`, `billing.gateway.not_set_up`
   */
  async execute(gateway: string, bytes: Buffer, signature: string): Promise<boolean> {
    const {
      eventId,
      type,
      concerns,
      reference,
      key,
      taken = null,
    } = this.gateways.get(gateway).verify(bytes, signature);
    return this.uow.run(ACTOR, async (tx) => {
      const values = [gateway, eventId, type, concerns, reference, key, this.clock.now()];
      const back = [taken?.amount ?? null, taken?.currency ?? null];
      const made = await tx.one<{ id: number }>(INSERT, [...values, ...back]);
      if (made && concerns !== 'nothing')
        this.work.enqueueOnCommit(
          'billing.gateway-event',
          { gateway_event_id: made.id },
          { dedupeKey: String(made.id) },
        );
      return made !== undefined;
    });
  }
}
