import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork } from '@isp/platform/database';
import { hostOf } from '../ipam/address-text.js';
import type { SubscriberState } from '../drivers/device-driver.port.js';
import { RouterQueries, type RouterView } from '../devices/router.queries.js';
import { SubscriberPlace } from './subscriber-place.js';
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
  /** What the network will have followed once `state` is seen on the router. */
  readonly desiredVersion: number;
}

/**
 * Decides everything that the network is to do for a service, in the database alone: router, addresses, VLAN,
 * credentials, bandwidth profile. Called again it answers the same.
 */
@Injectable()
export class PrepareSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly place: SubscriberPlace,
    private readonly subscribers: SubscriberRepository,
  ) {}

  execute(input: PrepareSubscriberInput): Promise<PreparedSubscriber> {
    return this.uow.run(input.actor, async () => {
      const [router, profile] = await Promise.all([
        this.router(input),
        input.bandwidthProfile === undefined
          ? this.routers.profileFor(input.downloadMbps, input.uploadMbps)
          : this.routers.profile(input.bandwidthProfile),
      ]);
      const { serviceId } = input;
      const held = await this.place.take(serviceId, router.id, input);
      const subscriber = await this.subscribers.put({
        partnerId: input.partnerId,
        customerId: input.customerId,
        serviceId,
        serviceGuid: input.serviceGuid,
        routerId: router.id,
        ...held,
        profile,
      });
      const { address, prefixLength } = held.assigned;
      const { ipv6Prefix, delegatedPrefix } = held;
      const { username, vlanId } = subscriber;
      const state = { username, address, ipv6Prefix, delegatedPrefix, vlanId, profile };
      return { router, state, prefixLength, desiredVersion: subscriber.desiredVersion };
    });
  }

  /** The router that was asked for, else the one that routes the address that was asked for, else any. */
  private router({ routerId, ipAssignment }: PrepareSubscriberInput): Promise<RouterView> {
    if (routerId !== undefined) return this.routers.get(routerId);
    return ipAssignment === undefined ? this.routers.choose() : this.routers.routing(hostOf(ipAssignment));
  }
}
