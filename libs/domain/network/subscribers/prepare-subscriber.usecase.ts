import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, together } from '@isp/platform/database';
import { AddressPool } from '../ipam/address-pool.js';
import { hostOf } from '../ipam/address-text.js';
import { UnitPool } from '../ipam/unit-pool.js';
import { VlanPool } from '../ipam/vlan-pool.js';
import type { SubscriberState } from '../drivers/device-driver.port.js';
import { RouterQueries, type RouterView } from '../routers/router.queries.js';
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
 * Decides everything that the network is to do for a service, in the database alone: router, addresses, VLAN,
 * credentials, bandwidth profile. Called again it answers the same.
 */
@Injectable()
export class PrepareSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly addresses: AddressPool,
    private readonly units: UnitPool,
    private readonly vlans: VlanPool,
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
      const [assigned, ipv6Prefix, delegatedPrefix, vlanId] = await together([
        this.addresses.assign(serviceId, router.id, input.ipAssignment),
        this.units.assign(serviceId, router.id, 'ipv6'),
        this.units.assign(serviceId, router.id, 'delegated'),
        this.vlans.assign(serviceId, router.id, input.vlanId),
      ]);
      const subscriber = await this.subscribers.put({
        partnerId: input.partnerId,
        customerId: input.customerId,
        serviceId,
        serviceGuid: input.serviceGuid,
        routerId: router.id,
        vlanId,
        assigned,
        ipv6Prefix: ipv6Prefix ?? null,
        delegatedPrefix: delegatedPrefix ?? null,
        profile,
      });
      const state = { username: subscriber.username, address: assigned.address, vlanId: subscriber.vlanId, profile };
      return { router, state, prefixLength: assigned.prefixLength };
    });
  }

  /** The router that was asked for, else the one that routes the address that was asked for, else any. */
  private router({ routerId, ipAssignment }: PrepareSubscriberInput): Promise<RouterView> {
    if (routerId !== undefined) return this.routers.get(routerId);
    return ipAssignment === undefined ? this.routers.choose() : this.routers.routing(hostOf(ipAssignment));
  }
}
