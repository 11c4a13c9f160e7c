import { Injectable } from '@nestjs/common';
import type { Actor, Priority } from '@isp/contracts';
import { CustomerQueries, customerErrors } from '@isp/domain/customers';
import { RouterQueries, hostOf } from '@isp/domain/network';
import { WorkQueue } from '@isp/platform/work';
import { JobRepository } from './job.repository.js';
import type { JobView, ProvisioningRequest } from './job.view.js';

/** What an order to the network needs to know beforehand, and how it is handed to the workers. */
@Injectable()
export class ProvisioningOrders {
  constructor(
    private readonly customers: CustomerQueries,
    private readonly routers: RouterQueries,
    private readonly jobs: JobRepository,
    private readonly work: WorkQueue,
  ) {}

  /** Refuses what the network cannot do, before anything is promised. */
  async check(actor: Actor, customerId: number, request: ProvisioningRequest): Promise<void> {
    const customer = await this.customers.get(actor, customerId);
    if (customer.status === 'suspended' || customer.status === 'terminated') {
      throw customerErrors('customers.customer.not_active', { status: customer.status });
    }
    if (request.routerId !== undefined) await this.routers.get(request.routerId);
    if (request.bandwidthProfile !== undefined) await this.routers.profile(request.bandwidthProfile);
    if (request.ipAssignment !== undefined) hostOf(request.ipAssignment);
  }

  /** Seconds of work that stand before a new job, as measured. */
  async secondsAhead(priority: Priority): Promise<number> {
    const [ahead, seconds] = await Promise.all([
      this.work.ahead('provisioning.run', priority),
      this.jobs.measuredSeconds(),
    ]);
    return ahead * seconds;
  }

  /** Makes the promise: work in the same transaction as the job. */
  async promise(job: JobView): Promise<void> {
    await this.work.enqueue(
      'provisioning.run',
      { provisioning_job_id: job.id },
      { dedupeKey: String(job.id), priority: job.priority, ...(job.scheduledAt ? { notBefore: job.scheduledAt } : {}) },
    );
  }
}
