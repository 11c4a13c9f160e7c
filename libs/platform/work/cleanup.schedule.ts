import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { Idempotency } from '@isp/platform/idempotency';
import { RunsOnSchedule, type Scheduled } from './handlers.js';

const FINISHED = statement(
  'work-cleanup',
  `DELETE FROM work_items WHERE id = ANY (ARRAY(
     SELECT id FROM work_items WHERE status IN ('succeeded', 'cancelled') AND finished_at < now() - interval '1 day' LIMIT 20000))`,
);
// An event stays while work for one of its listeners is unfinished.
const RELAYED = statement(
  'outbox-cleanup',
  `DELETE FROM outbox WHERE id = ANY (ARRAY(
     SELECT o.id FROM outbox o WHERE o.relayed_at < now() - interval '7 days'
        AND NOT EXISTS (SELECT FROM work_items w WHERE w.name = 'platform.listener' AND w.status IN ('queued', 'running', 'dead')
                           AND w.payload->>'outbox_id' = o.id::text)
      LIMIT 5000))`,
);

/** Forgets finished work after a day, published events after a week, kept answers when they expire. */
@Injectable()
@RunsOnSchedule({ name: 'platform.cleanup', everySeconds: 900 })
export class CleanupSchedule implements Scheduled {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly idempotency: Idempotency,
  ) {}

  async run(): Promise<void> {
    await this.uow.run(systemActor('cleanup'), (tx) => tx.execute(FINISHED));
    await this.uow.run(systemActor('cleanup'), async (tx) => {
      await tx.execute(RELAYED);
      await this.idempotency.purge();
    });
  }
}
