import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type Clock, addSeconds } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { AccountRepository } from '../accounts/account.repository.js';
import type { AccountView } from '../accounts/account.view.js';
import type { Computed } from '../engine/compute.js';
import { DraftCheck } from './draft-check.js';
import { InvoiceRepository } from './invoice.repository.js';
import type { InvoiceView } from './invoice.view.js';
import { Issuer } from './issuer.js';

const ACTOR = systemActor('billing');
const MOST = 500;
/** Of one turn: the next goes on. */
const MOST_SECONDS = 45;
const RIPE = statement(
  'invoices-review-over',
  `SELECT i.id, i.account_id AS "accountId" FROM invoices i WHERE i.status = 'draft' AND i.review_until <= $1
      AND NOT EXISTS (SELECT FROM billing_parkings k WHERE k.account_id = i.account_id AND k.ended_at IS NULL)
    ORDER BY i.review_until, i.id LIMIT ${MOST}`,
);

/**
 * Ends the review of a billing run's drafts. What has changed since a draft was made is in the document that is issued:
 * it is computed again, and a draft that says something else by now is voided in favour of another.
 */
@Injectable()
export class ReviewDrafts {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly check: DraftCheck,
    private readonly invoices: InvoiceRepository,
    private readonly issuer: Issuer,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Issues the drafts whose time is over; answers how many documents it issued. @throws AggregateError of those that failed */
  async execute(): Promise<number> {
    const until = addSeconds(this.clock.now(), MOST_SECONDS);
    const failures: unknown[] = [];
    let issued = 0;
    for (let more = true; more;) {
      const done = await this.some(failures);
      issued += done.issued;
      more = done.all === MOST && failures.length === 0 && this.clock.now() < until;
    }
    if (failures.length > 0) throw new AggregateError(failures, `${failures.length} drafts could not be issued`);
    return issued;
  }

  private async some(failures: unknown[]): Promise<{ readonly all: number; readonly issued: number }> {
    const ripe = await this.uow.run(ACTOR, (tx) =>
      tx.query<{ id: number; accountId: number }>(RIPE, [this.clock.now()]),
    );
    let issued = 0;
    // One that fails does not hold up the others; it is tried again with the next turn.
    for (const { id, accountId } of ripe)
      await this.finish(id, accountId).then(
        (done) => (issued += done ? 1 : 0),
        (error: unknown) => failures.push(error),
      );
    return { all: ripe.length, issued };
  }

  private finish(id: number, accountId: number): Promise<boolean> {
    return this.uow.run(ACTOR, async () => {
      const account = await this.accounts.lock(accountId);
      const draft = await this.invoices.get(id);
      if (draft.status !== 'draft' || account.parkedFor !== null) return false;
      const { computed, same } = await this.check.of(account, draft);
      if (computed.nonsense !== null) {
        await this.accounts.park(accountId, computed.nonsense, computed.total.toText(), this.clock.now());
        return false;
      }
      const ready = same ? draft : await this.renewed(account, draft, computed);
      if (ready) await this.issuer.issue(ACTOR, account, ready);
      return ready !== undefined;
    });
  }

  /** What says what is due by now; none where nothing is any more. */
  private async renewed(account: AccountView, draft: InvoiceView, { lines, total }: Computed) {
    const now = this.clock.now();
    await this.invoices.void(draft.id, now, 'Computed again at the end of its review');
    if (lines.length === 0) return undefined;
    const { periodFrom, periodUntil, dueOn, notes } = draft;
    return this.invoices.insert({
      account,
      document: total.isNegative() ? 'credit_note' : 'invoice',
      kind: total.isNegative() ? 'adjustment' : draft.kind,
      origin: 'engine',
      period: periodFrom !== null && periodUntil !== null ? { from: periodFrom, until: periodUntil } : undefined,
      dueOn: dueOn ?? undefined,
      notes: notes ?? undefined,
      createdBy: ACTOR.name,
      createdAt: now,
      lines,
    });
  }
}

@Injectable()
@RunsOnSchedule({ name: 'billing.review-drafts', everySeconds: 60 })
export class ReviewDraftsSchedule implements Scheduled {
  constructor(private readonly drafts: ReviewDrafts) {}

  async run(): Promise<void> {
    await this.drafts.execute();
  }
}
