import { Injectable } from '@nestjs/common';
import { together } from '@isp/platform/database';
import { AddressPool, type AssignedAddress } from '../ipam/address-pool.js';
import { UnitPool } from '../ipam/unit-pool.js';
import { VlanPool } from '../ipam/vlan-pool.js';

const NOTHING = Promise.resolve(undefined);

/** Everything of a router that a service holds: no other service has any of it. */
export interface HeldPlace {
  readonly assigned: AssignedAddress;
  readonly ipv6Prefix: string | null;
  readonly delegatedPrefix: string | null;
  readonly vlanId: number | null;
}

/** Takes a service's address, IPv6 prefixes and VLAN from one router's pools, in the caller's transaction. */
@Injectable()
export class SubscriberPlace {
  constructor(
    private readonly addresses: AddressPool,
    private readonly units: UnitPool,
    private readonly vlans: VlanPool,
  ) {}

  /** Called again it answers the same. @throws what the pools throw */
  async take(
    serviceId: number,
    routerId: number,
    wanted: { readonly ipAssignment?: string | undefined; readonly vlanId?: number | undefined },
  ): Promise<HeldPlace> {
    const look = await this.addresses.first(serviceId, routerId, wanted.ipAssignment === undefined);
    const [assigned, ipv6Prefix, delegatedPrefix, vlanId] = await together([
      look.assigned ? Promise.resolve(look.assigned) : this.addresses.assign(serviceId, routerId, wanted.ipAssignment),
      look.holds || look.units ? this.units.assign(serviceId, routerId, 'ipv6') : NOTHING,
      look.holds || look.units ? this.units.assign(serviceId, routerId, 'delegated') : NOTHING,
      look.holds || look.vlans || wanted.vlanId !== undefined
        ? this.vlans.assign(serviceId, routerId, wanted.vlanId)
        : NOTHING,
    ]);
    return {
      assigned,
      ipv6Prefix: ipv6Prefix ?? null,
      delegatedPrefix: delegatedPrefix ?? null,
      vlanId: vlanId ?? null,
    };
  }

  /** Gives everything back. */
  release(serviceId: number): Promise<void> {
    return this.addresses.release(serviceId);
  }
}
