import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { CustomerQueries, customerErrors } from '@isp/domain/customers';
import { PrepareSubscriber, type PreparedSubscriber, SubscriberSteps } from '@isp/domain/network';
import { MoveService, ServiceQueries } from '@isp/domain/services';
import { jobErrors } from '../jobs/job.errors.js';
import type { JobView, StepView } from '../jobs/job.view.js';
import { PROVISION } from '../saga/definitions.js';
import { type StepDefinition, stepKey } from '../saga/saga.js';
import { type JobSaga, type Opened, recorded } from './job-saga.js';
import { RouterAccess } from './router-access.js';
import { SoldRequest } from './sold-request.js';

const ACTOR = systemActor('provisioning');

/** Decide and note the intent, tell the router, read back, activate. */
@Injectable()
export class ProvisionSaga implements JobSaga<PreparedSubscriber> {
  readonly kind = 'provision';
  readonly definition = PROVISION;

  constructor(
    private readonly customers: CustomerQueries,
    private readonly services: ServiceQueries,
    private readonly move: MoveService,
    private readonly prepare: PrepareSubscriber,
    private readonly subscribers: SubscriberSteps,
    private readonly network: RouterAccess,
    private readonly sold: SoldRequest,
  ) {}

  async open(job: JobView, records: readonly StepView[]): Promise<Opened<PreparedSubscriber>> {
    const service = await this.services.get(ACTOR, job.serviceId);
    if (service.status !== 'provisioning')
      throw jobErrors('provisioning.service.not_in_state', { status: service.status, kind: 'provision' });
    // An order that was carried out at once was checked just now; one that waited may have been overtaken.
    if (job.scheduledAt !== null || job.attempts > 1) await this.refuseSuspended(job);
    const subscriber = await this.prepare.execute({
      actor: ACTOR,
      partnerId: job.partnerId,
      customerId: job.customerId,
      serviceId: job.serviceId,
      serviceGuid: service.guid,
      downloadMbps: service.downloadMbps ?? 0,
      uploadMbps: service.uploadMbps ?? 0,
      ...(await this.sold.of(job.request, service)),
      // The router that was told before, whatever would be chosen now.
      routerId: recorded<number>(records, 'router', 'router_id') ?? job.request.routerId,
    });
    await this.sold.keep(service);
    const { router, state, prefixLength } = subscriber;
    const details = {
      reserve_address: { address: `${state.address}/${prefixLength}`, vlan_id: state.vlanId },
      credentials: { username: state.username },
      router: { router_id: router.id, bandwidth_profile: state.profile.name },
      read_back: { address: state.address },
    };
    return { context: subscriber, routers: [router], details };
  }

  async perform(
    { name, timeoutMs = 0 }: StepDefinition,
    job: JobView,
    { router, state }: PreparedSubscriber,
    signal: AbortSignal,
  ): Promise<void> {
    const order = { router, wanted: state, signal, timeoutMs };
    const { control } = this.network;
    if (name === 'router') return control.apply({ ...order, stepKey: stepKey(job, name, false, state) });
    return control.verify(order);
  }

  close(job: JobView, { desiredVersion }: PreparedSubscriber): Promise<unknown> {
    this.subscribers.confirm(job.serviceId, desiredVersion);
    return this.move.execute({ actor: ACTOR, serviceId: job.serviceId, to: 'active' });
  }

  async undo(
    { timeoutMs = 0 }: StepDefinition,
    job: JobView,
    records: readonly StepView[],
    signal: AbortSignal,
  ): Promise<void> {
    const routerId = recorded<number>(records, 'router', 'router_id') as number;
    await this.network.control.remove({
      router: await this.network.find(routerId),
      stepKey: stepKey(job, 'router', true),
      username: recorded<string>(records, 'credentials', 'username') as string,
      signal,
      timeoutMs,
    });
  }

  undoOpening(job: JobView): Promise<void> {
    return this.subscribers.close(job.serviceId);
  }

  async ended(job: JobView, as: 'failed' | 'cancelled' | 'dead', error: string): Promise<number> {
    const service = await this.services.get(ACTOR, job.serviceId);
    if (service.status !== 'provisioning') return service.version;
    const to = as === 'cancelled' ? 'pending_activation' : 'failed';
    return (await this.move.execute({ actor: ACTOR, serviceId: job.serviceId, to, reason: error })).version;
  }

  private async refuseSuspended({ customerId }: JobView): Promise<void> {
    const { status } = await this.customers.get(ACTOR, customerId);
    if (status === 'suspended' || status === 'terminated')
      throw customerErrors('customers.customer.not_active', { status });
  }
}
