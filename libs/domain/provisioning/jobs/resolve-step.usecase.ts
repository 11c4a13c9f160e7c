import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork } from '@isp/platform/database';
import { DEFINITIONS } from '../saga/definitions.js';
import { marked, nextMove } from '../saga/saga.js';
import { jobErrors } from './job.errors.js';
import { JobRepository } from './job.repository.js';
import type { JobView } from './job.view.js';
import { ProvisioningWork } from './provisioning-work.js';

export interface ResolveStepInput {
  readonly actor: Actor;
  readonly jobId: number;
  /** The step that the job waits for. */
  readonly step: string;
  /** What was done by hand; kept with the step and in the audit trail. */
  readonly note: string;
}

/**
 * A person declares that the step which a held job waits for was done by hand (or undone, when the job goes back). The
 * job then goes on; a finished one that had left the device in doubt is settled by it.
 * @throws `provisioning.job.not_held`, `provisioning.step.not_open`
 */
@Injectable()
export class ResolveStep {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly jobs: JobRepository,
    private readonly work: ProvisioningWork,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, jobId, step, note }: ResolveStepInput): Promise<JobView> {
    return this.uow.run(actor, async () => {
      const job = await this.jobs.lock(jobId);
      if (job.heldAt === null) throw jobErrors('provisioning.job.not_held');
      const saga = DEFINITIONS[job.kind];
      const steps = await this.jobs.steps(job);
      const over = job.finishedAt !== null;
      const direction = over || job.endsAs !== null ? 'backward' : 'forward';
      const next = nextMove(saga, steps, direction);
      if (!('step' in next) || next.step.name !== step) throw jobErrors('provisioning.step.not_open', { step });
      const status = direction === 'forward' ? 'done' : 'compensated';
      this.jobs.recordSteps(job, [{ name: step, status, detail: { resolved_by: actor.name, note } }]);
      const subject = { type: 'provisioning_job', id: jobId };
      const changes = { step, status, note };
      this.audit.record({ actor, partnerId: job.partnerId, action: 'provisioning_job.resolve', subject, changes });
      if (over && nextMove(saga, marked(steps, [step], status), 'backward').move !== 'end') return job;
      const released = await this.jobs.setHold(jobId, null);
      if (!over) this.work.carryOn(released);
      return released;
    });
  }
}
