import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { AddressPool } from '../addresses/address-pool.js';
import type { SubscriberState } from '../drivers/device-driver.port.js';
import { RouterQueries, type RouterView } from '../devices/router.queries.js';
import { SubscriberRepository } from './subscriber.repository.js';

export interface PrepareSubscriberInput {
  readonly actor: Actor;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly serviceGuid: string;
  readonly downloadMbps: number;
  readonly uploadMbps: number;
  readonly routerId?: number | undefined;
  readonly vlanId?: number | undefined;
  /** Host with prefix length, such as `192.168.1.100/24`. */
  readonly ipAssignment?: string | undefined;
  readonly bandwidthProfile?: string | undefined;
}

export interface PreparedSubscriber {
  readonly router: RouterView;
  readonly state: SubscriberState;
  readonly prefixLength: number;
}

/**
 * Decides everything that the network is to do for a service, in the database alone: router, address, credentials,
 * bandwidth profile. Called again it answers the same.
 */
@Injectable()
export class PrepareSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly addresses: AddressPool,
    private readonly subscribers: SubscriberRepository,
  ) {}

  execute(input: PrepareSubscriberInput): Promise<PreparedSubscriber> {
    return this.uow.run(input.actor, async () => {
      const [router, profile] = await Promise.all([
        input.routerId === undefined ? this.routers.choose() : this.routers.get(input.routerId),
        input.bandwidthProfile === undefined
          ? this.routers.profileFor(input.downloadMbps, input.uploadMbps)
          : this.routers.profile(input.bandwidthProfile),
      ]);
      const assigned = await this.addresses.assign(input.serviceId, router.id, input.ipAssignment);
      const subscriber = await this.subscribers.put({
        partnerId: input.partnerId,
        customerId: input.customerId,
        serviceId: input.serviceId,
        serviceGuid: input.serviceGuid,
        routerId: router.id,
        vlanId: input.vlanId ?? null,
        assigned,
        profile,
      });
      const state = { username: subscriber.username, address: assigned.address, vlanId: subscriber.vlanId, profile };
      return { router, state, prefixLength: assigned.prefixLength };
    });
  }
}
