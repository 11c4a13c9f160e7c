import { Injectable } from '@nestjs/common';
import type { Actor, Priority } from '@isp/contracts';
import { CustomerQueries, customerErrors } from '@isp/domain/customers';
import { AddressPool, RouterQueries } from '@isp/domain/network';
import { WorkQueue } from '@isp/platform/work';
import type { JobView, ProvisioningRequest } from './job.view.js';
import { ProvisioningPace } from './provisioning-pace.js';

/** What an order to the network needs to know beforehand, and how it is handed to the workers. */
@Injectable()
export class ProvisioningOrders {
  constructor(
    private readonly customers: CustomerQueries,
    private readonly routers: RouterQueries,
    private readonly addresses: AddressPool,
    private readonly pace: ProvisioningPace,
    private readonly work: WorkQueue,
  ) {}

  /** Refuses what the network cannot do, before anything is promised. @throws what both of these throw */
  async check(actor: Actor, customerId: number, request: ProvisioningRequest): Promise<void> {
    await this.checkCustomer(actor, customerId);
    await this.checkNetwork(request);
  }

  /** Refuses whom nothing is done for. One statement. @throws `customers.customer.not_active`, `….not_found` */
  async checkCustomer(actor: Actor, customerId: number): Promise<void> {
    const customer = await this.customers.get(actor, customerId);
    if (customer.status === 'suspended' || customer.status === 'terminated') {
      throw customerErrors('customers.customer.not_active', { status: customer.status });
    }
  }

  /** @throws `network.router.unknown`, `network.profile.unknown`, `network.address.malformed` */
  async checkNetwork(request: ProvisioningRequest): Promise<void> {
    if (request.routerId !== undefined) await this.routers.get(request.routerId);
    if (request.bandwidthProfile !== undefined) await this.routers.profile(request.bandwidthProfile);
    if (request.ipAssignment !== undefined) await this.addresses.check(request.routerId, request.ipAssignment);
  }

  /** Seconds that a job takes, as measured, and those in which the workers do what stands before a new one. */
  async secondsOf(priority: Priority): Promise<{ readonly job: number; readonly ahead: number }> {
    const { job, ahead, sideBySide } = await this.pace.at(priority);
    return { job, ahead: (ahead * job) / sideBySide };
  }

  /** Makes the promise: work in the same transaction as the job. */
  promise(job: JobView): void {
    this.work.enqueueOnCommit(
      'provisioning.run',
      { provisioning_job_id: job.id },
      { dedupeKey: String(job.id), priority: job.priority, ...(job.scheduledAt ? { notBefore: job.scheduledAt } : {}) },
    );
  }
}
