import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DeviceSlots } from '@isp/domain/network';
import { backoffMs } from '@isp/kernel';
import { UnitOfWork, together } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import type { WorkRun } from '@isp/platform/work';
import type { JobSaga, Opened } from '../kinds/job-saga.js';
import { type StepDefinition, type StepRecord, marked, nextMove } from '../saga/saga.js';
import { JobOutcome } from './job-outcome.js';
import { JobRepository, type StepNote } from './job.repository.js';
import type { JobView } from './job.view.js';
import { RollBack, isFinal } from './roll-back.js';

const ACTOR = systemActor('provisioning');
/** How long a job that found its device busy stays away, at most. */
const BUSY = { baseMs: 500, capMs: 15_000 };

interface Going {
  readonly job: JobView;
  readonly saga: JobSaga;
  readonly opened: Opened<unknown>;
  readonly records: readonly StepRecord[];
}
type Beginning = Going | 'back' | 'nothing';

/** Undoes the transaction of a job whose device takes no more orders at the moment. */
class DeviceBusy extends Error {}
/** Undoes the transaction of a job that was called back or held before its end. */
class Diverted extends Error {}

/**
 * Carries a job out: its opening steps and the intents in one transaction, its devices, its closing steps in another. A
 * crash anywhere is made good by running it again: what was decided stays decided, and a device carries a step key out
 * once. What cannot be carried out goes back; what can do neither is held.
 */
@Injectable()
export class RunJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly slots: DeviceSlots,
    private readonly outcome: JobOutcome,
    private readonly rollBack: RollBack,
  ) {}

  async execute(jobId: number, run: WorkRun): Promise<void> {
    failPoint('provisioning.before-intent');
    const begun = await this.begin(jobId, run);
    if (begun === 'nothing') return;
    if (begun === 'back' || (await this.goOn(begun, run)) === 'back') await this.rollBack.execute(jobId, run);
  }

  private async begin(jobId: number, run: WorkRun): Promise<Beginning> {
    try {
      return await this.uow.run(ACTOR, () => this.open(jobId, run));
    } catch (error) {
      if (error instanceof DeviceBusy) return this.comeBack(jobId, run);
      if (!isFinal(error)) throw error;
      await this.uow.run(ACTOR, async () => {
        await run.fence();
        const job = await this.jobs.lock(jobId);
        await this.jobs.turnBack(jobId, job.endsAs ?? 'failed', error.message);
      });
      return 'back';
    }
  }

  /** Everything that the database alone decides, in one transaction, the intents towards devices included. */
  private async open(jobId: number, run: WorkRun): Promise<Beginning> {
    const [, started] = await together([run.fence(), this.jobs.start(jobId)]);
    const job = started ?? (await this.restart(jobId, run));
    if (!job) return 'nothing';
    if (job.endsAs !== null) return 'back';
    const saga = this.outcome.sagaOf(job);
    const before = job.attempts > 1 ? await this.jobs.steps(job) : [];
    const opened = await saga.open(job, before);
    const routers = opened.routers.toSorted((a, b) => a.id - b.id);
    for (const router of routers) if (!(await this.slots.take(router, run))) throw new DeviceBusy();
    const notes = openingNotes(saga, before, opened);
    this.jobs.recordSteps(job, notes);
    return { job, saga, opened, records: notes.reduce(applied, before as readonly StepRecord[]) };
  }

  /** A job that is over or held is left; one that was released while this run looked is begun after all. */
  private async restart(jobId: number, run: WorkRun): Promise<JobView | undefined> {
    const job = await this.jobs.lock(jobId);
    if (job.finishedAt === null && job.heldAt === null) return this.jobs.start(jobId);
    await run.complete();
    return undefined;
  }

  private async comeBack(jobId: number, run: WorkRun): Promise<'nothing'> {
    await this.uow.run(ACTOR, async () => {
      await run.fence();
      await run.postpone(backoffMs(await this.jobs.wait(jobId), BUSY) / 1_000);
    });
    return 'nothing';
  }

  private async goOn(going: Going, run: WorkRun): Promise<'back' | 'done'> {
    const { job, saga, opened } = going;
    let { records } = going;
    failPoint('provisioning.after-intent');
    for (;;) {
      const next = nextMove(saga.definition, records, 'forward');
      if (next.move !== 'perform') break;
      const status = await this.perform({ ...going, records }, next.step, run);
      if (status === 'failed') return 'back';
      records = marked(records, [next.step.name], status);
    }
    return this.close({ job, saga, opened, records }, run);
  }

  private async perform({ job, saga, opened, records }: Going, step: StepDefinition, run: WorkRun) {
    try {
      failPoint(`provisioning.before-step.${step.name}`);
      const status = (await saga.perform(step, job, opened.context, run.signal)) ?? 'done';
      failPoint(`provisioning.after-step.${step.name}`);
      return status;
    } catch (error) {
      if (run.signal.aborted) throw error;
      const final = isFinal(error);
      await this.uow.run(ACTOR, async () => {
        await run.fence();
        this.jobs.recordSteps(job, deviceNotes(saga, records));
        this.jobs.noteError(job, step.name, 'failed', (error as Error).message);
        if (final) await this.jobs.turnBack(job.id, 'failed', (error as Error).message);
      });
      if (final) return 'failed';
      throw error;
    }
  }

  /** The closing steps, and all that devices did since the opening, in one transaction. */
  private async close(going: Going, run: WorkRun): Promise<'back' | 'done'> {
    const { job, saga, opened, records } = going;
    try {
      await this.uow.run(ACTOR, async () => {
        this.jobs.recordSteps(job, [...deviceNotes(saga, records), ...closingNotes(saga, opened)]);
        const [, ended] = await together([run.complete(), this.jobs.succeed(job), saga.close(job, opened.context)]);
        if (!ended) throw new Diverted();
        this.outcome.succeeded(ended);
      });
      failPoint('provisioning.after-activate');
      return 'done';
    } catch (error) {
      if (!(error instanceof Diverted) && !isFinal(error)) throw error;
      return this.divert(going, error, run);
    }
  }

  /** Somebody called the job back or holds it, or its end was refused: what devices did is put on record first. */
  private async divert(going: Going, reason: Error, run: WorkRun): Promise<'back' | 'done'> {
    const { job, saga, records } = going;
    const where = await this.uow.run(ACTOR, async () => {
      await run.fence();
      const now = await this.jobs.lock(job.id);
      this.jobs.recordSteps(job, deviceNotes(saga, records));
      if (now.endsAs !== null) return 'back';
      if (now.heldAt !== null) return run.complete().then(() => 'done' as const);
      if (reason instanceof Diverted) return 'again';
      await this.jobs.turnBack(job.id, 'failed', reason.message);
      return 'back';
    });
    return where === 'again' ? this.close(going, run) : where;
  }
}

const applied = (records: readonly StepRecord[], { name, status }: StepNote): readonly StepRecord[] =>
  marked(records, [name], status);

function openingNotes(saga: JobSaga, before: readonly StepRecord[], { details, skipped = [] }: Opened<unknown>) {
  const finished = new Set(before.filter(({ status }) => status === 'done').map(({ name }) => name));
  return saga.definition.steps.flatMap(({ name, place }): StepNote[] => {
    if (place === 'closing' || (place === 'device' && finished.has(name))) return [];
    const status = place === 'opening' ? 'done' : skipped.includes(name) ? 'skipped' : 'intended';
    return [{ name, status, ...(details[name] ? { detail: details[name] } : {}) }];
  });
}

function deviceNotes(saga: JobSaga, records: readonly StepRecord[]): StepNote[] {
  const devices = new Set(saga.definition.steps.filter(({ place }) => place === 'device').map(({ name }) => name));
  const done = records.filter(({ name, status }) => devices.has(name) && (status === 'done' || status === 'skipped'));
  return done.map(({ name, status }) => ({ name, status }));
}

function closingNotes({ definition }: JobSaga, { details }: Opened<unknown>): StepNote[] {
  const closing = definition.steps.filter(({ place }) => place === 'closing');
  return closing.map(({ name }) => ({ name, status: 'done', ...(details[name] ? { detail: details[name] } : {}) }));
}
