import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID, systemActor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { refuseFar } from '../accounts/sound-terms.js';
import { billingErrors } from '../billing.errors.js';
import { MOST_MONTHS_FORESEEN } from '../invoices/generate-invoice.usecase.js';
import { RunQueries } from './run.queries.js';
import { RunRepository } from './run.repository.js';
import type { RunView } from './run.view.js';

const ACTOR = systemActor('billing');
/** Where a day begins first. */
const FIRST_ZONE = 'Pacific/Kiritimati';
/** So many work on one run at once: while one waits for the database, others compute. */
export const RUN_LANES = 4;

export interface CreateRunInput {
  readonly actor: Actor;
  readonly dryRun?: boolean | undefined;
  /** `YYYY-MM-DD`; only that of a dry run may lie ahead. */
  readonly untilOn?: string | undefined;
}

/** Begins and ends billing runs. */
@Injectable()
export class BillingRuns {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly runs: RunRepository,
    private readonly queries: RunQueries,
    private readonly work: WorkQueue,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Bills all accounts whose day has come, or says what it would. @throws `billing.run.ahead`, `billing.day.far` */
  create({ actor, dryRun = false, untilOn = undefined }: CreateRunInput): Promise<RunView> {
    return this.uow.run(actor, async () => {
      const latestDay = localDate(this.clock.now(), FIRST_ZONE);
      if (untilOn !== undefined) refuseFar('until', untilOn, latestDay, MOST_MONTHS_FORESEEN);
      if (!dryRun && untilOn !== undefined && untilOn > latestDay) throw billingErrors('billing.run.ahead');
      const id = (await this.begin('person', actor.name, dryRun, untilOn ?? null)) as number;
      this.note(actor, 'billing_run.create', id, { dry_run: dryRun, until: untilOn ?? null });
      return this.queries.get(actor, id);
    });
  }

  /** Parts that are under way are finished. @throws `billing.run.not_found`, `billing.run.over` */
  cancel(actor: Actor, id: number): Promise<RunView> {
    return this.uow.run(actor, async () => {
      const { status } = await this.queries.get(actor, id);
      if (!(await this.runs.cancel(id, this.clock.now()))) throw billingErrors('billing.run.over', { status });
      this.note(actor, 'billing_run.cancel', id, {});
      return this.queries.get(actor, id);
    });
  }

  /**
   * Ends the review of the run's drafts: each is computed again and issued within a minute or so.
   * @throws `billing.run.not_found`, `billing.run.no_drafts`
   */
  endReview(actor: Actor, id: number): Promise<{ readonly run: RunView; readonly drafts: number }> {
    return this.uow.run(actor, async () => {
      const run = await this.queries.get(actor, id);
      const drafts = await this.runs.endReview(id, this.clock.now());
      if (drafts === 0) throw billingErrors('billing.run.no_drafts');
      this.note(actor, 'billing_run.end_review', id, { drafts });
      return { run, drafts };
    });
  }

  /** Begins the schedule's run where accounts are due, and carries on what lies about. */
  tend(): Promise<void> {
    return this.uow.run(ACTOR, async () => {
      const unfinished = await this.runs.unfinished();
      for (const { id } of unfinished) this.enqueue(id);
      if (unfinished.some(({ dryRun }) => !dryRun)) return;
      if (await this.runs.anyDue(this.clock.now())) await this.begin('schedule', ACTOR.name, false, null);
    });
  }

  private async begin(
    origin: 'schedule' | 'person',
    by: string,
    dryRun: boolean,
    untilOn: string | null,
  ): Promise<number | undefined> {
    const id = await this.runs.insert({ origin, dryRun, untilOn, by, at: this.clock.now() });
    if (id !== undefined && !(await this.runs.finish(id, this.clock.now()))) this.enqueue(id);
    return id;
  }

  private enqueue(id: number): void {
    for (let lane = 1; lane <= RUN_LANES; lane += 1)
      this.work.enqueueOnCommit('billing.run', { run_id: id, lane }, { dedupeKey: `${id}:${lane}` });
  }

  private note(actor: Actor, action: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action, subject: { type: 'billing_run', id }, changes });
  }
}
