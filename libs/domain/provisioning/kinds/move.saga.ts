import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type PreparedSubscriber, type RouterView, type SubscriberState, SubscriberSteps } from '@isp/domain/network';
import { ServiceQueries, type ServiceView, StaticAddressBook } from '@isp/domain/services';
import { jobErrors } from '../jobs/job.errors.js';
import type { JobView, StepView } from '../jobs/job.view.js';
import { MOVE } from '../saga/definitions.js';
import { type StepDefinition, stepKey } from '../saga/saga.js';
import { type JobSaga, type Opened, recorded } from './job-saga.js';
import { RouterAccess } from './router-access.js';

const ACTOR = systemActor('provisioning');
const MOVABLE = new Set(['active', 'suspended']);

/** Where the subscriber was, as the step log keeps it. */
interface Before {
  readonly router_id: number;
  readonly prefix_length: number;
  readonly state: SubscriberState;
}

interface Moving {
  readonly to: PreparedSubscriber;
  readonly from: RouterView;
}

/** The new place works before the old one is cleared; undone, the old one works again before the new one is cleared. */
@Injectable()
export class MoveSaga implements JobSaga<Moving> {
  readonly kind = 'move';
  readonly definition = MOVE;

  constructor(
    private readonly services: ServiceQueries,
    private readonly addresses: StaticAddressBook,
    private readonly subscribers: SubscriberSteps,
    private readonly network: RouterAccess,
  ) {}

  async open(job: JobView, records: readonly StepView[]): Promise<Opened<Moving>> {
    const service = await this.movable(job);
    await this.addresses.agreed(service);
    const current = await this.subscribers.current(job.serviceId);
    if (!current) throw jobErrors('provisioning.service.not_on_the_network');
    const before = recorded<Before>(records, 'reserve_address', 'before') ?? {
      router_id: current.router.id,
      prefix_length: current.prefixLength,
      state: current.state,
    };
    const { routerId = before.router_id, vlanId, ipAssignment, bandwidthProfile } = job.request;
    const to = await this.subscribers.relocate(
      job.serviceId,
      { routerId: current.router.id },
      { routerId, vlanId: vlanId ?? before.state.vlanId, ipAssignment, bandwidthProfile },
    );
    // On another router a static address is another one; the service's record follows.
    await this.addresses.follow(ACTOR, service);
    const from = before.router_id === routerId ? to.router : await this.network.find(before.router_id);
    const stays = from.id === to.router.id;
    const details = {
      reserve_address: { address: `${to.state.address}/${to.prefixLength}`, vlan_id: to.state.vlanId, before },
      router: { router_id: to.router.id, bandwidth_profile: to.state.profile.name },
      ...(stays ? {} : { old_router: { router_id: from.id } }),
    };
    const routers = stays ? [from] : [to.router, from];
    return { context: { to, from }, routers, details, skipped: stays ? ['old_router'] : [] };
  }

  async perform({ name, timeoutMs = 0 }: StepDefinition, job: JobView, { to, from }: Moving, signal: AbortSignal) {
    const order = { router: to.router, wanted: to.state, signal, timeoutMs };
    const { control } = this.network;
    if (name === 'router') return control.apply({ ...order, stepKey: stepKey(job, name, false, to.state) });
    if (name === 'read_back') return control.verify(order);
    const { username } = to.state;
    return control.remove({ router: from, stepKey: stepKey(job, name), username, signal, timeoutMs });
  }

  async close(job: JobView, { to }: Moving): Promise<void> {
    await this.movable(job);
    this.subscribers.confirm(job.serviceId, to.desiredVersion);
  }

  async undo(
    { name, timeoutMs = 0 }: StepDefinition,
    job: JobView,
    records: readonly StepView[],
    signal: AbortSignal,
  ): Promise<void> {
    const before = recorded<Before>(records, 'reserve_address', 'before') as Before;
    const to = recorded<number>(records, 'router', 'router_id') as number;
    const key = { stepKey: stepKey(job, name, true), signal, timeoutMs };
    const { control } = this.network;
    if (name === 'router' && to !== before.router_id)
      return control.remove({ ...key, router: await this.network.find(to), username: before.state.username });
    const router = await this.network.find(before.router_id);
    await control.apply({ ...key, router, wanted: before.state });
    await control.verify({ signal, timeoutMs, router, wanted: before.state });
  }

  async undoOpening(job: JobView, records: readonly StepView[]): Promise<void> {
    const before = recorded<Before>(records, 'reserve_address', 'before') as Before;
    const service = await this.services.get(ACTOR, job.serviceId);
    await this.addresses.agreed(service);
    const current = await this.subscribers.current(job.serviceId);
    // Terminated meanwhile: its removal has done all there is to do.
    if (!current) return;
    const { address, vlanId, profile } = before.state;
    const place = {
      routerId: before.router_id,
      vlanId,
      ipAssignment: `${address}/${before.prefix_length}`,
      // Unchanged by the move, the rate may be a throttled one that the profile does not know.
      bandwidthProfile: job.request.bandwidthProfile && profile.name,
    };
    const back = await this.subscribers.relocate(job.serviceId, { routerId: current.router.id }, place);
    await this.addresses.follow(ACTOR, service);
    this.subscribers.confirm(job.serviceId, back.desiredVersion);
  }

  async ended(job: JobView): Promise<number> {
    return (await this.services.get(ACTOR, job.serviceId)).version;
  }

  private async movable(job: JobView): Promise<ServiceView> {
    const service = await this.services.get(ACTOR, job.serviceId);
    const { status } = service;
    if (!MOVABLE.has(status)) throw jobErrors('provisioning.service.not_in_state', { status, kind: 'move' });
    return service;
  }
}
