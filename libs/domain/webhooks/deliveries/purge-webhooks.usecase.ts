import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';

/** Days that ended deliveries, and events, can be looked at and replayed. */
export const KEPT_DAYS = 30;
const BATCH = 2_000;

const DELIVERIES = statement(
  'webhook-purge-deliveries',
  `DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(
     SELECT id FROM webhook_deliveries WHERE created_at < $1 AND status <> 'pending' ORDER BY created_at LIMIT ${BATCH}))`,
);
const EVENTS = statement(
  'webhook-purge-events',
  `DELETE FROM webhook_events WHERE id = ANY (ARRAY(
     SELECT v.id FROM webhook_events v
      WHERE v.occurred_at < $1 AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.webhook_event_id = v.id)
      ORDER BY v.occurred_at LIMIT ${BATCH}))`,
);
const ENDPOINTS = statement(
  'webhook-purge-endpoints',
  `DELETE FROM webhook_endpoints e
    WHERE e.deleted_at < $1 AND NOT EXISTS (SELECT FROM webhook_deliveries d WHERE d.endpoint_id = e.id)`,
);

/** Forgets what is older than 30 days, a batch a transaction. */
@Injectable()
export class PurgeWebhooks {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    const before = addSeconds(this.clock.now(), -KEPT_DAYS * 86_400);
    for (const sql of [DELIVERIES, EVENTS, ENDPOINTS]) {
      let removed: number;
      do removed = await this.uow.run(systemActor('webhooks'), (tx) => tx.execute(sql, [before]));
      while (removed === BATCH);
    }
  }
}
