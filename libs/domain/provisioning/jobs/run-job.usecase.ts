import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { PrepareSubscriber, type PreparedSubscriber, RouterControl } from '@isp/domain/network';
import { MoveService, ServiceQueries } from '@isp/domain/services';
import { DomainError } from '@isp/kernel';
import { UnitOfWork, together } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import type { WorkRun } from '@isp/platform/work';
import { JobOutcome } from './job-outcome.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';

const ACTOR = systemActor('provisioning');
/** Refusals that no repetition can mend: the job has failed. */
const FINAL_KINDS = new Set(['unprocessable', 'conflict', 'not_found', 'validation']);

interface Prepared {
  readonly job: JobView;
  readonly subscriber: PreparedSubscriber;
}

/**
 * Carries a job out: decide and note the intent, tell the router, read back, activate. A crash anywhere is made good by
 * running it again: what was decided stays decided, and the router carries a step key out once.
 */
@Injectable()
export class RunJob {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly services: ServiceQueries,
    private readonly move: MoveService,
    private readonly prepare: PrepareSubscriber,
    private readonly router: RouterControl,
    private readonly outcome: JobOutcome,
  ) {}

  async execute(jobId: number, run: WorkRun): Promise<void> {
    const prepared = await this.decide(jobId, run);
    if (!prepared) return;
    const { job, subscriber } = prepared;
    failPoint('provisioning.after-intent');
    const order = { router: subscriber.router, wanted: subscriber.state, signal: run.signal };
    await this.router.apply({ ...order, stepKey: `provisioning-${job.id}-router` });
    failPoint('provisioning.after-apply');
    await this.router.verify(order);
    await this.activate(job, subscriber, run);
  }

  /** Everything that the database alone decides, in one transaction, the intent towards the router included. */
  private async decide(jobId: number, run: WorkRun): Promise<Prepared | undefined> {
    try {
      return await this.uow.run(ACTOR, async () => {
        const [, job] = await together([run.fence(), this.jobs.start(jobId)]);
        if (!job) return undefined;
        const service = await this.services.get(ACTOR, job.serviceId);
        const subscriber = await this.prepare.execute({
          actor: ACTOR,
          partnerId: job.partnerId,
          customerId: job.customerId,
          serviceId: job.serviceId,
          serviceGuid: service.guid,
          downloadMbps: service.downloadMbps ?? 0,
          uploadMbps: service.uploadMbps ?? 0,
          ...job.request,
        });
        const { router, state, prefixLength } = subscriber;
        this.jobs.recordSteps(job, [
          { position: 1, name: 'validate', status: 'done' },
          {
            position: 2,
            name: 'reserve_address',
            status: 'done',
            detail: { address: `${state.address}/${prefixLength}` },
          },
          { position: 3, name: 'credentials', status: 'done', detail: { username: state.username } },
          {
            position: 4,
            name: 'router',
            status: 'intended',
            detail: { router_id: router.id, bandwidth_profile: state.profile.name },
          },
        ]);
        return { job, subscriber };
      });
    } catch (error) {
      const final = error instanceof DomainError && FINAL_KINDS.has(error.kind) && !error.code.startsWith('platform.');
      if (!final) throw error;
      await this.outcome.failed(jobId, error.message, run);
      return undefined;
    }
  }

  private activate(job: JobView, subscriber: PreparedSubscriber, run: WorkRun): Promise<void> {
    return this.uow.run(ACTOR, async () => {
      this.jobs.recordSteps(job, [
        { position: 4, name: 'router', status: 'done' },
        { position: 5, name: 'read_back', status: 'done', detail: { address: subscriber.state.address } },
        { position: 6, name: 'activate', status: 'done' },
      ]);
      await together([
        run.complete(),
        this.jobs.finish(job.id, 'succeeded'),
        this.move.execute({ actor: ACTOR, serviceId: job.serviceId, to: 'active' }),
      ]);
    });
  }
}
