import { Inject, Injectable } from '@nestjs/common';
import { type JobPayload, systemActor } from '@isp/contracts';
import { type Clock, DomainError } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { type HandlesJob, HandlesJobs, type WorkRun } from '@isp/platform/work';
import type { BankEntryView } from './bank-statement.view.js';
import { EntryBook } from './entry-book.js';
import { Matcher, type Returned } from './matcher.js';

const ACTOR = systemActor('bank-statements');
const BATCH = 100;
// What came in first: a file may tell what was taken back of it before.
const WAITING = statement(
  'bank-entries-waiting',
  `SELECT id FROM bank_entries WHERE statement_id = $1 AND status = 'new' ORDER BY amount < 0, id LIMIT $2`,
);
const DONE = statement(
  'bank-statements-done',
  `UPDATE bank_statements SET status = 'done', finished_at = $2 WHERE id = $1 AND status = 'matching'`,
);

/** Matches what a statement brought, entry by entry; cut short, it goes on where it was. */
@Injectable()
export class MatchStatement {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: EntryBook,
    private readonly matcher: Matcher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(statementId: number, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const waiting = await this.uow.run(ACTOR, (tx) => tx.query<{ id: number }>(WAITING, [statementId, BATCH]));
      if (waiting.length === 0) break;
      for (const { id } of waiting) {
        signal?.throwIfAborted();
        await this.uow.run(ACTOR, () => this.one(id)).catch((error: unknown) => this.leave(id, error));
      }
    }
    await this.uow.run(ACTOR, (tx) => tx.execute(DONE, [statementId, this.clock.now()]));
  }

  private async one(id: number): Promise<BankEntryView> {
    const entry = await this.book.lock(id);
    if (entry.status !== 'new') return entry;
    if (entry.amount.startsWith('-')) return this.outgoing(entry);
    // What we had sent came back: a refund, or what is no customer's at all.
    if (entry.isReturn) return this.book.move(entry, { status: 'unmatched' });
    const found = await this.matcher.find(entry);
    if (!found) return this.book.move(entry, { status: 'unmatched' });
    if ('paymentId' in found) return this.book.link(ACTOR, entry, found.rule, found.paymentId);
    return this.book.book(ACTOR, entry, found.rule, found);
  }

  /** Most that goes out is nobody's payment. What the bank says is a return, or looks like one, is for a person at least. */
  private async outgoing(entry: BankEntryView): Promise<BankEntryView> {
    const [found, other] = await this.matcher.returned(entry);
    if (!entry.isReturn && !found) return this.book.move(entry, { status: 'ignored' });
    const isCertain = entry.isReturn && found?.isWhole && !found.isReturned && !other;
    if (isCertain && found.paymentId !== null)
      return this.book.takeBack(ACTOR, entry, { rule: 'returned', paymentId: found.paymentId });
    return this.book.move(entry, { status: 'unmatched', reason: found && doubtOf(found, other) });
  }

  /** What cannot be booked by itself is for a person. */
  private async leave(id: number, error: unknown): Promise<void> {
    if (!(error instanceof DomainError) || error.kind === 'unavailable') throw error;
    await this.uow.run(ACTOR, async () => {
      const entry = await this.book.lock(id);
      if (entry.status === 'new') await this.book.move(entry, { status: 'unmatched', reason: error.message });
    });
  }
}

/** Why nobody but a person says what was taken back. */
function doubtOf({ paymentId, isReturned, isWhole }: Returned, other: Returned | undefined): string | undefined {
  if (other) return undefined;
  if (paymentId === null) return 'It may take back an entry that is nobody’s payment.';
  if (isReturned) return `Payment ${paymentId} was returned before.`;
  return isWhole ? `Payment ${paymentId} may have been returned.` : `It is not the amount of payment ${paymentId}.`;
}

const JOB = 'billing.match-statement';

@Injectable()
@HandlesJobs({ job: JOB, maxFailures: 20, baseDelaySeconds: 1, maxDelaySeconds: 300 })
export class MatchStatementHandler implements HandlesJob<typeof JOB> {
  constructor(private readonly match: MatchStatement) {}

  handle(payload: JobPayload<typeof JOB>, run: WorkRun): Promise<void> {
    return this.match.execute(payload.statement_id, run.signal);
  }
}
