import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { AddressPool } from '@isp/domain/network';
import { MoveService } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { Outbox, type WorkRun } from '@isp/platform/work';
import { JobRepository } from './job.repository.js';

const ACTOR = systemActor('provisioning');

/** How a job ends badly: job, service, address and the world learn of it in one transaction. */
@Injectable()
export class JobOutcome {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly move: MoveService,
    private readonly addresses: AddressPool,
    private readonly outbox: Outbox,
  ) {}

  /** The order cannot be carried out. */
  failed(jobId: number, error: string, run: WorkRun): Promise<void> {
    return this.uow.run(ACTOR, async () => {
      await run.complete();
      // Nothing was asked of the network yet, so the address can go back at once.
      await this.end(jobId, 'failed', error, true);
    });
  }

  /** Every repetition failed, or the job took its worker down; in the caller's transaction. */
  async dead(jobId: number, error: string): Promise<void> {
    await this.end(jobId, 'dead', error, false);
  }

  private async end(jobId: number, status: 'failed' | 'dead', error: string, release: boolean): Promise<void> {
    const job = await this.jobs.finish(jobId, status, error);
    if (!job) return;
    if (release) await this.addresses.release(job.serviceId);
    const service = await this.move.execute({ actor: ACTOR, serviceId: job.serviceId, to: 'failed', reason: error });
    this.outbox.add('provisioning.job.failed.v1', {
      partner_id: job.partnerId,
      customer_id: job.customerId,
      service_id: job.serviceId,
      provisioning_job_id: job.id,
      error,
      sequence: service.version,
    });
  }
}
