import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DomainError, backoffMs } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import type { WorkRun } from '@isp/platform/work';
import type { JobSaga } from '../kinds/job-saga.js';
import { type StepDefinition, type StepRetries, nextMove } from '../saga/saga.js';
import { HOLDS, JobOutcome } from './job-outcome.js';
import { JobRepository } from './job.repository.js';
import type { JobView, StepView } from './job.view.js';

const ACTOR = systemActor('provisioning');
/** Refusals that no repetition can mend. */
const FINAL_KINDS = new Set(['unprocessable', 'conflict', 'not_found', 'validation']);

interface Undoing {
  readonly job: JobView;
  readonly saga: JobSaga;
  readonly steps: readonly StepView[];
  readonly step: StepDefinition;
}

/** Whether trying again is pointless. */
export function isFinal(error: unknown): error is DomainError {
  return error instanceof DomainError && FINAL_KINDS.has(error.kind) && !error.code.startsWith('platform.');
}

/**
 * Takes a job back, from what is on record alone: devices in reverse order, each undoing noted before the device hears
 * of it, then the database together with the end of the job. A step that will not be undone holds the job.
 */
@Injectable()
export class RollBack {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly outcome: JobOutcome,
  ) {}

  async execute(jobId: number, run: WorkRun): Promise<void> {
    for (;;) {
      const undoing = await this.next(jobId, run);
      if (!undoing || !(await this.undo(undoing, run))) return;
    }
  }

  private async next(jobId: number, run: WorkRun): Promise<Undoing | undefined> {
    try {
      return await this.uow.run(ACTOR, () => this.decide(jobId, run));
    } catch (error) {
      if (!isFinal(error)) throw error;
      // The database itself will not go back (an address was given away): for a person.
      await this.uow.run(ACTOR, async () => {
        await run.complete();
        await this.outcome.held(await this.jobs.lock(jobId), HOLDS.compensationFailed, error.message);
      });
      return undefined;
    }
  }

  private async decide(jobId: number, run: WorkRun): Promise<Undoing | undefined> {
    await run.fence();
    const job = await this.jobs.lock(jobId);
    if (job.heldAt !== null || job.finishedAt !== null) return run.complete().then(() => undefined);
    const steps = await this.jobs.steps(job);
    const saga = this.outcome.sagaOf(job);
    const next = nextMove(saga.definition, steps, 'backward');
    if (next.move === 'undo') {
      this.jobs.recordSteps(job, [{ name: next.step.name, status: 'compensating' }]);
      return { job, saga, steps, step: next.step };
    }
    await run.complete();
    if (next.move === 'hold') await this.outcome.held(job, HOLDS.compensationFailed);
    else if (next.move === 'end') {
      if (next.undone.length > 0) await saga.undoOpening(job, steps);
      this.jobs.recordSteps(
        job,
        next.undone.map((name) => ({ name, status: 'compensated' })),
      );
      await this.outcome.undone(job, job.endsAs ?? 'failed');
    }
    return undefined;
  }

  /** Answers whether to go on at once. */
  private async undo({ job, saga, steps, step }: Undoing, run: WorkRun): Promise<boolean> {
    failPoint(`provisioning.before-undo.${step.name}`);
    try {
      await saga.undo(step, job, steps, run.signal);
    } catch (error) {
      if (run.signal.aborted) throw error;
      return this.tryLater({ job, saga, steps, step }, (error as Error).message, run);
    }
    failPoint(`provisioning.after-undo.${step.name}`);
    await this.uow.run(ACTOR, async () => {
      await run.fence();
      this.jobs.recordSteps(job, [{ name: step.name, status: 'compensated' }]);
    });
    return true;
  }

  private tryLater({ job, steps, step }: Undoing, error: string, run: WorkRun): Promise<boolean> {
    const before = steps.find(({ name }) => name === step.name);
    const tried = (before?.status === 'compensating' ? before.attempts : 0) + 1;
    const retries = step.compensation as StepRetries;
    return this.uow.run(ACTOR, async () => {
      await run.fence();
      this.jobs.noteError(job, step.name, 'compensating', error);
      const exhausted = tried >= retries.attempts;
      if (!exhausted) await run.postpone(backoffMs(tried, retries) / 1_000);
      return exhausted;
    });
  }
}
