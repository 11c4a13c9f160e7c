import { Inject, Injectable } from '@nestjs/common';
import { Outbox } from '@isp/platform/work';
import { JOB_SAGAS, type JobSaga } from '../kinds/job-saga.js';
import { type JobKind, bringsToLife } from '../saga/definitions.js';
import { isReversible, touchesDevices } from '../saga/saga.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { ProvisioningWork } from './provisioning-work.js';

/** Names under which jobs wait for a person. */
export const HOLDS = {
  /** The job is over and cannot say what its device does now. */
  deviceStateUnknown: 'device_state_unknown',
  /** Going back failed too often. */
  compensationFailed: 'compensation_failed',
  /** Going on failed too often, and there is no way back. */
  exhausted: 'retries_exhausted',
} as const;

/** How jobs end, or get stuck: job, service and the world learn of it in the caller's transaction. */
@Injectable()
export class JobOutcome {
  private readonly sagas: ReadonlyMap<JobKind, JobSaga>;

  constructor(
    private readonly jobs: JobRepository,
    private readonly work: ProvisioningWork,
    private readonly outbox: Outbox,
    @Inject(JOB_SAGAS) sagas: readonly JobSaga[],
  ) {
    this.sagas = new Map(sagas.map((saga) => [saga.kind, saga]));
  }

  sagaOf(job: JobView): JobSaga {
    return this.sagas.get(job.kind) as JobSaga;
  }

  /** What a good end says beside what the service itself says. */
  succeeded(job: JobView): void {
    if (!bringsToLife(job.kind)) this.outbox.add('provisioning.job.succeeded.v1', payloadOf(job));
  }

  /** Everything is undone, or nothing was done. */
  async undone(job: JobView, as: 'failed' | 'cancelled'): Promise<JobView | undefined> {
    const error = job.error ?? 'job cancelled';
    const ended = await this.jobs.finish(job.id, as, job.error);
    if (ended) await this.tell(ended, as, error);
    return ended;
  }

  /** Waits for a person. */
  async held(job: JobView, reason: string, error: string | null = null): Promise<JobView> {
    const held = await this.jobs.setHold(job.id, reason, error);
    this.outbox.add('provisioning.job.held.v1', { ...payloadOf(held), reason });
    return held;
  }

  /**
   * Every repetition failed, or the job took its worker down. A move goes back by itself; what can neither go on nor
   * back is held; a new service's job is dead, and held as well when its device may have been touched.
   */
  async exhausted(jobId: number, error: string): Promise<void> {
    const job = await this.jobs.lock(jobId);
    if (job.finishedAt !== null) return;
    if (job.endsAs !== null) return void (await this.held(job, HOLDS.compensationFailed, error));
    const saga = this.sagaOf(job);
    const touched = touchesDevices(saga.definition, await this.jobs.steps(job));
    if (bringsToLife(job.kind)) return this.dead(job, error, touched);
    if (!isReversible(saga.definition)) return void (await this.held(job, HOLDS.exhausted, error));
    this.work.carryOn(await this.jobs.turnBack(jobId, 'failed', error));
  }

  private async dead(job: JobView, error: string, touched: boolean): Promise<void> {
    const hold = touched ? HOLDS.deviceStateUnknown : null;
    const ended = await this.jobs.finish(job.id, 'dead', error, hold);
    if (!ended) return;
    await this.tell(ended, 'dead', error);
    if (hold) this.outbox.add('provisioning.job.held.v1', { ...payloadOf(ended), reason: hold });
  }

  private async tell(job: JobView, as: 'failed' | 'cancelled' | 'dead', error: string): Promise<void> {
    const sequence = await this.sagaOf(job).ended(job, as, error);
    if (as === 'cancelled') return this.outbox.add('provisioning.job.cancelled.v1', payloadOf(job));
    const { kind: _, ...ids } = payloadOf(job);
    this.outbox.add('provisioning.job.failed.v1', { ...ids, error, sequence });
  }
}

function payloadOf(job: JobView) {
  return {
    partner_id: job.partnerId,
    customer_id: job.customerId,
    service_id: job.serviceId,
    provisioning_job_id: job.id,
    kind: job.kind,
    sequence: job.version,
  };
}
