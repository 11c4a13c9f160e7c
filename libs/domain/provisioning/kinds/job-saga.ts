import type { RouterView } from '@isp/domain/network';
import type { JobView, StepView } from '../jobs/job.view.js';
import type { JobKind } from '../saga/definitions.js';
import type { SagaDefinition, StepDefinition } from '../saga/saga.js';

export type Detail = Readonly<Record<string, unknown>>;

/** What the opening transaction decided. */
export interface Opened<C> {
  readonly context: C;
  /** The devices that the job is going to talk to. */
  readonly routers: readonly RouterView[];
  /** What to note of steps by name; never a secret. */
  readonly details: Readonly<Record<string, Detail>>;
  /** Device steps that this job has no use for. */
  readonly skipped?: readonly string[];
}

/** One kind of job: what its steps do. When they are done, and what comes after which, the engine decides. */
export interface JobSaga<C = unknown> {
  readonly kind: JobKind;
  readonly definition: SagaDefinition;
  /** All opening steps, in the caller's transaction. Repeated on every run: what was decided stays decided. */
  open(job: JobView, records: readonly StepView[]): Promise<Opened<C>>;
  /** A device step, outside of any transaction. Answers `skipped` where it turns out to have no use. */
  perform(step: StepDefinition, job: JobView, context: C, signal: AbortSignal): Promise<'skipped' | void>;
  /** All closing steps, in the transaction that ends the job. */
  close(job: JobView, context: C): Promise<unknown>;
  /** Takes a device step back, outside of any transaction. */
  undo(step: StepDefinition, job: JobView, records: readonly StepView[], signal: AbortSignal): Promise<void>;
  /** Takes the opening steps back, in the transaction that ends the job. */
  undoOpening(job: JobView, records: readonly StepView[]): Promise<void>;
  /** What a bad end means for the service, in the transaction of that end. Answers the service's version. */
  ended(job: JobView, as: 'failed' | 'cancelled' | 'dead', error: string): Promise<number>;
}

export const JOB_SAGAS = Symbol('JobSagas');

/** A detail that an earlier run recorded of a step. */
export function recorded<T>(records: readonly StepView[], step: string, field: string): T | undefined {
  return records.find(({ name }) => name === step)?.detail[field] as T | undefined;
}
