import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DeviceSlots } from '@isp/domain/network';
import { backoffMs } from '@isp/kernel';
import { UnitOfWork, together } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { withRequestId } from '@isp/platform/logging';
import type { WorkRun } from '@isp/platform/work';
import type { JobSaga, Opened } from '../kinds/job-saga.js';
import { type StepDefinition, type StepRecord, marked, nextMove } from '../saga/saga.js';
import { DoneTogether } from './done-together.js';
import { JobOutcome } from './job-outcome.js';
import { JobRepository, type StepNote } from './job.repository.js';
import type { JobView } from './job.view.js';
import { RollBack, isFinal } from './roll-back.js';

const ACTOR = systemActor('provisioning');
/** How long a job that found its device busy stays away, at most. */
const BUSY = { baseMs: 500, capMs: 15_000 };

/** A job that is to be carried out, for one claim of its work. */
export interface JobToRun {
  readonly jobId: number;
  readonly run: WorkRun;
  /** Of the request in whose wake it is. */
  readonly requestId: string;
}

interface Going extends JobToRun {
  readonly job: JobView;
  readonly saga: JobSaga;
  readonly opened: Opened<unknown>;
  readonly records: readonly StepRecord[];
}
type Beginning = Going | 'back' | 'nothing';
type End = 'back' | 'done';

/** Undoes the transaction of a job whose device takes no more orders at the moment. */
class DeviceBusy extends Error {}
/** Undoes the transaction of a job that was called back or held before its end. */
class Diverted extends Error {}

/**
 * Carries jobs out: their opening steps and the intents in one transaction, the devices of each, their closing steps in
 * another, together with those whose devices are done by then. A crash anywhere is made good by running it again: what was
 * decided stays decided, and a device carries a step key out once. What cannot be carried out goes back; what can do
 * neither is held. A transaction that cannot be shared, for whatever reason, is undone, and each job has its own.
 */
@Injectable()
export class RunJobs {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly slots: DeviceSlots,
    private readonly outcome: JobOutcome,
    private readonly rollBack: RollBack,
  ) {}

  /** Answers a promise for each job, in their order, which is settled when that job is over. */
  execute(jobs: readonly JobToRun[]): Promise<void>[] {
    failPoint('provisioning.before-intent');
    const ends = new DoneTogether<Going, End>(jobs.length, (done) => this.closeAll(done));
    return this.beginAll(jobs).map((begun, index) => this.carryOut(jobs[index] as JobToRun, begun, ends));
  }

  private async carryOut(one: JobToRun, begun: Promise<Beginning>, ends: DoneTogether<Going, End>): Promise<void> {
    const told = await begun
      .then((going) => within(one, () => this.tellDevices(going)))
      .catch((error: unknown) => {
        ends.leave();
        throw error;
      });
    if (typeof told === 'string') ends.leave();
    const end = typeof told === 'string' ? told : await ends.come(told);
    if (end === 'done') failPoint('provisioning.after-activate');
    if (end === 'back') await within(one, () => this.rollBack.execute(one.jobId, one.run));
  }

  private beginAll(jobs: readonly JobToRun[]): Promise<Beginning>[] {
    return this.sharing(
      jobs,
      (one) => this.open(one),
      (one) => this.begin(one),
    );
  }

  private async begin(one: JobToRun): Promise<Beginning> {
    const { jobId, run } = one;
    try {
      return await this.uow.run(ACTOR, () => this.open(one));
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
  private async open(one: JobToRun): Promise<Beginning> {
    const { jobId, run } = one;
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
    return { ...one, job, saga, opened, records: notes.reduce(applied, before as readonly StepRecord[]) };
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

  /** The job with what its devices did; or what is left to do without them. */
  private async tellDevices(begun: Beginning): Promise<Beginning> {
    if (typeof begun === 'string') return begun;
    let { records } = begun;
    failPoint('provisioning.after-intent');
    for (;;) {
      const next = nextMove(begun.saga.definition, records, 'forward');
      if (next.move !== 'perform') return { ...begun, records };
      const status = await this.perform({ ...begun, records }, next.step);
      if (status === 'failed') return 'back';
      records = marked(records, [next.step.name], status);
    }
  }

  private async perform({ job, run, saga, opened, records }: Going, step: StepDefinition) {
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

  private closeAll(done: readonly Going[]): Promise<End>[] {
    return this.sharing(
      done,
      (going) => this.end(going),
      (going) => this.close(going),
    );
  }

  private async close(going: Going): Promise<End> {
    try {
      return await this.uow.run(ACTOR, () => this.end(going));
    } catch (error) {
      if (!(error instanceof Diverted) && !isFinal(error)) throw error;
      return this.divert(going, error);
    }
  }

  /** The closing steps, and all that devices did since the opening, in the caller's transaction. */
  private async end({ job, run, saga, opened, records }: Going): Promise<End> {
    this.jobs.recordSteps(job, [...deviceNotes(saga, records), ...closingNotes(saga, opened)]);
    const [, ended] = await together([run.complete(), this.jobs.succeed(job), saga.close(job, opened.context)]);
    if (!ended) throw new Diverted();
    this.outcome.succeeded(ended);
    return 'done';
  }

  /** Somebody called the job back or holds it, or its end was refused: what devices did is put on record first. */
  private async divert(going: Going, reason: Error): Promise<End> {
    const { job, run, saga, records } = going;
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
    return where === 'again' ? this.close(going) : where;
  }

  /**
   * One transaction for several; where that fails, for whatever reason, each has its own, as one that comes alone. Each is
   * written as if it were alone: what several do alike is gathered into one statement.
   */
  private sharing<T extends JobToRun, R>(
    all: readonly T[],
    share: (one: T) => Promise<R>,
    alone: (one: T) => Promise<R>,
  ): Promise<R>[] {
    if (all.length === 1) return all.map((one) => within(one, () => alone(one)));
    const shared = this.uow.run(ACTOR, () => together(all.map((one) => within(one, () => share(one)))));
    return all.map((one, index) =>
      shared.then(
        (results) => results[index] as R,
        () => within(one, () => alone(one)),
      ),
    );
  }
}

const within = <T>({ requestId }: JobToRun, work: () => T): T => withRequestId(requestId, work);

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
