import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import {
  type PreparedSubscriber,
  type RemovalOrder,
  SESSION_CLOSER,
  type SessionCloser,
  SubscriberSteps,
} from '@isp/domain/network';
import { ServiceQueries } from '@isp/domain/services';
import { DomainError } from '@isp/kernel';
import { jobErrors } from '../jobs/job.errors.js';
import type { JobView } from '../jobs/job.view.js';
import { DEPROVISION } from '../saga/definitions.js';
import { type StepDefinition, stepKey } from '../saga/saga.js';
import type { JobSaga, Opened } from './job-saga.js';
import { RouterAccess } from './router-access.js';

const ACTOR = systemActor('provisioning');
const DEVICE_STEPS = ['sessions', 'router', 'read_back'];

/** Ends sessions, takes the subscriber off its router, and gives the address back only when the router has let go. */
@Injectable()
export class DeprovisionSaga implements JobSaga<PreparedSubscriber | undefined> {
  readonly kind = 'deprovision';
  readonly definition = DEPROVISION;

  constructor(
    private readonly services: ServiceQueries,
    private readonly subscribers: SubscriberSteps,
    private readonly network: RouterAccess,
    @Inject(SESSION_CLOSER) private readonly sessions: SessionCloser,
  ) {}

  async open(job: JobView): Promise<Opened<PreparedSubscriber | undefined>> {
    const { status } = await this.services.get(ACTOR, job.serviceId);
    if (status !== 'terminated' && status !== 'failed')
      throw jobErrors('provisioning.service.not_in_state', { status, kind: 'deprovision' });
    await this.subscribers.shut(job.serviceId);
    const subscriber = await this.subscribers.current(job.serviceId);
    if (!subscriber) return { context: undefined, routers: [], details: {}, skipped: DEVICE_STEPS };
    const { router, state, prefixLength } = subscriber;
    const details = {
      shut: { username: state.username },
      router: { router_id: router.id },
      release_address: { address: `${state.address}/${prefixLength}` },
    };
    return { context: subscriber, routers: [router], details };
  }

  async perform(
    { name, timeoutMs = 0 }: StepDefinition,
    job: JobView,
    subscriber: PreparedSubscriber | undefined,
    signal: AbortSignal,
  ): Promise<'skipped' | void> {
    if (!subscriber) return 'skipped';
    const order = { router: subscriber.router, username: subscriber.state.username, signal, timeoutMs };
    if (name === 'router') return this.network.control.remove({ ...order, stepKey: stepKey(job, 'router') });
    if (name === 'read_back') return this.stayGone(order, job);
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const ended = await this.sessions.endAll(job.serviceId, stepKey(job, 'sessions'), limit);
    return ended === undefined ? 'skipped' : undefined;
  }

  /** Who told the router late, or a router that forgot what it was told, is answered by telling it again. */
  private async stayGone(order: Omit<RemovalOrder, 'stepKey'>, job: JobView): Promise<void> {
    try {
      await this.network.control.verifyGone(order);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'network.device.mismatch') throw error;
      await this.network.control.remove({ ...order, stepKey: stepKey(job, `router-again-${job.attempts}`) });
      await this.network.control.verifyGone(order);
    }
  }

  close(job: JobView): Promise<unknown> {
    return this.subscribers.close(job.serviceId);
  }

  undo(step: StepDefinition): Promise<void> {
    return Promise.reject(new Error(`${step.name} of a removal cannot be undone`));
  }

  undoOpening(): Promise<void> {
    return Promise.resolve();
  }

  async ended(job: JobView): Promise<number> {
    return (await this.services.get(ACTOR, job.serviceId)).version;
  }
}
