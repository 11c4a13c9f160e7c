import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { BillingFacts } from './billing.facts.js';
import { INVOICE_COLUMNS, type InvoiceView } from './invoice.view.js';

const ACTOR = systemActor('billing');
const BATCH = 500;
// A row that somebody pays at this moment is left for the next turn.
const MARK = statement(
  'invoices-mark-overdue',
  `WITH late AS (
     SELECT i.id FROM invoices i JOIN billing_accounts a ON a.id = i.account_id
      WHERE i.status IN ('pending', 'partially_paid') AND i.due_on < ($1::timestamptz AT TIME ZONE a.time_zone)::date
        AND i.due_on < ($1::timestamptz + interval '14 hours')::date
      ORDER BY i.due_on, i.id LIMIT $2 FOR NO KEY UPDATE OF i SKIP LOCKED)
   UPDATE invoices i SET status = 'overdue', version = version + 1, updated_at = $1 FROM late WHERE i.id = late.id
   RETURNING ${INVOICE_COLUMNS}`,
);

/** Marks invoices whose due date is over where their account is, and says so once. */
@Injectable()
export class MarkOverdue {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly facts: BillingFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many it marked. */
  async execute(): Promise<number> {
    let marked = 0;
    for (;;) {
      const rows = await this.uow.run(ACTOR, async (tx) => {
        const late = await tx.query<InvoiceView>(MARK, [this.clock.now(), BATCH]);
        for (const invoice of late) this.facts.happened('overdue', invoice);
        return late;
      });
      marked += rows.length;
      if (rows.length < BATCH) return marked;
    }
  }
}

@Injectable()
@RunsOnSchedule({ name: 'billing.mark-overdue', everySeconds: 300 })
export class MarkOverdueSchedule implements Scheduled {
  constructor(private readonly overdue: MarkOverdue) {}

  async run(): Promise<void> {
    await this.overdue.execute();
  }
}
