import { Inject, Injectable } from '@nestjs/common';
import { type Clock, DomainError, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled, WorkQueue } from '@isp/platform/work';
import { COLLECTOR } from './collector.js';
import { RequestCharge } from './request-charge.usecase.js';

const BATCH = 200;
/** When a repetition is tried again that could not be made: a charge is under way, or the method is not fit. */
const LATER_SECONDS = 86_400;
// Due where the account is, and no charge of its own has tried it: what failed comes again as a retry, or never.
const agreed = (accountId: string): string => `JOIN billing_accounts a ON a.id = ${accountId} AND a.autopay
     JOIN payment_methods m ON m.customer_id = a.customer_id AND m.is_default AND m.refused_code IS NULL
    WHERE (m.expires_on IS NULL OR m.expires_on >= ($1::timestamptz AT TIME ZONE a.time_zone)::date) AND a.id > $2`;
const untried = (
  id: string,
  ids: string,
): string => `NOT EXISTS (SELECT FROM charges c WHERE c.account_id = a.id AND ${id} = ANY (c.${ids})
        AND (c.automatic OR c.status IN ('processing', 'requires_action', 'unknown')))`;
const DUE = statement(
  'collection-due',
  `SELECT d.account_id AS "accountId", coalesce(array_agg(d.invoice_id ORDER BY d.due_on, d.invoice_id) FILTER (WHERE d.invoice_id IS NOT NULL), '{}') AS "invoiceIds",
          coalesce(array_agg(d.excess_of_id ORDER BY d.excess_of_id) FILTER (WHERE d.excess_of_id IS NOT NULL), '{}') AS "excessOfIds" FROM (
     SELECT i.account_id, i.id AS invoice_id, NULL::integer AS excess_of_id, i.due_on FROM invoices i ${agreed('i.account_id')}
        AND i.status IN ('pending', 'partially_paid', 'overdue') AND i.due_on <= ($1::timestamptz AT TIME ZONE a.time_zone)::date AND ${untried('i.id', 'invoice_ids')}
     UNION ALL
     SELECT p.account_id, NULL, p.id, NULL FROM payments p ${agreed('p.account_id')}
        AND p.status = 'reversed' AND p.excess_amount > p.covered_amount AND ${untried('p.id', 'excess_of_ids')}) d
    GROUP BY d.account_id ORDER BY d.account_id LIMIT $3`,
);
// Of what the charge was meant for, what is still open: the rest was paid otherwise, or voided.
const RETRIES = statement(
  'collection-retries',
  `SELECT c.id, c.account_id AS "accountId", c.attempt, (SELECT coalesce(array_agg(i.id ORDER BY array_position(c.invoice_ids, i.id)), '{}')
            FROM invoices i WHERE i.id = ANY (c.invoice_ids) AND i.status IN ('pending', 'partially_paid', 'overdue')) AS "invoiceIds",
          (SELECT coalesce(array_agg(p.id ORDER BY p.id), '{}') FROM payments p WHERE p.id = ANY (c.excess_of_ids) AND p.excess_amount > p.covered_amount) AS "excessOfIds"
     FROM charges c
    WHERE c.retry_at <= $1 AND NOT EXISTS (SELECT FROM charges n WHERE n.retry_of_id = c.id) ORDER BY c.retry_at LIMIT $2`,
);
const RETRY_AT = statement(
  'collection-retry-at',
  'UPDATE charges SET retry_at = $2 WHERE id = $1 AND retry_at IS NOT NULL',
);
const FORGOTTEN = statement(
  'collection-forgotten',
  `SELECT c.id FROM charges c WHERE c.status IN ('processing', 'requires_action', 'unknown')
      AND NOT EXISTS (SELECT FROM work_items w WHERE w.name = 'billing.charge' AND w.dedupe_key = c.id::text AND w.status IN ('queued', 'running'))
    LIMIT $1`,
);

interface Target {
  readonly accountId: number;
  readonly invoiceIds: readonly number[];
  readonly excessOfIds: readonly number[];
}
type Retry = Target & { readonly id: number; readonly attempt: number };

/** Charges by itself what is due where the customer agreed to that, and again what failed and may succeed. */
@Injectable()
export class CollectDue {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly request: RequestCharge,
    private readonly work: WorkQueue,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many charges it asked for. */
  async execute(): Promise<number> {
    await this.remember();
    return (await this.repeat()) + (await this.begin());
  }

  private async begin(): Promise<number> {
    let asked = 0;
    for (let after = 0; ;) {
      const values = [this.clock.now(), after, BATCH];
      const due = await this.uow.run(COLLECTOR, (tx) => tx.query<Target>(DUE, values));
      for (const target of due) asked += (await this.charge(target, 1, null)) ? 1 : 0;
      if (due.length < BATCH) return asked;
      after = due.at(-1)?.accountId ?? 0;
    }
  }

  private async repeat(): Promise<number> {
    let asked = 0;
    for (;;) {
      const values = [this.clock.now(), BATCH];
      const due = await this.uow.run(COLLECTOR, (tx) => tx.query<Retry>(RETRIES, values));
      for (const one of due) asked += (await this.again(one)) ? 1 : 0;
      if (due.length < BATCH) return asked;
    }
  }

  /** A repetition that cannot be made now is put off, and dropped only when nothing is left to repeat. */
  private async again(retry: Retry): Promise<boolean> {
    const open = retry.invoiceIds.length + retry.excessOfIds.length > 0;
    if (open && (await this.charge(retry, retry.attempt + 1, retry.id))) return true;
    const at = open ? addSeconds(this.clock.now(), LATER_SECONDS) : null;
    await this.uow.run(COLLECTOR, (tx) => tx.execute(RETRY_AT, [retry.id, at]));
    return false;
  }

  /** False where it cannot be made at the moment: not agreed to, no fit method, or a charge is under way. */
  private async charge(target: Target, attempt: number, retryOfId: number | null): Promise<boolean> {
    try {
      const { accountId, invoiceIds, excessOfIds } = target;
      const automatic = { attempt, retryOfId };
      await this.request.execute({
        actor: COLLECTOR,
        accountId,
        purpose: 'invoices',
        invoiceIds,
        excessOfIds,
        automatic,
      });
      return true;
    } catch (error) {
      const isRefusal = error instanceof DomainError && /^billing\.(charge|method|payment)\./.test(error.code);
      if (!isRefusal) throw error;
      return false;
    }
  }

  /** A charge is never without somebody who finds out what became of it. */
  private async remember(): Promise<void> {
    await this.uow.run(COLLECTOR, async (tx) => {
      for (const { id } of await tx.query<{ id: number }>(FORGOTTEN, [BATCH]))
        this.work.enqueueOnCommit('billing.charge', { charge_id: id }, { dedupeKey: String(id) });
    });
  }
}

@Injectable()
@RunsOnSchedule({ name: 'billing.collect', everySeconds: 300 })
export class CollectDueSchedule implements Scheduled {
  constructor(private readonly due: CollectDue) {}

  async run(): Promise<void> {
    await this.due.execute();
  }
}
