import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement, together } from '@isp/platform/database';
import { AddressPool, type AssignedAddress } from '../ipam/address-pool.js';
import { UnitPool } from '../ipam/unit-pool.js';
import { VlanPool } from '../ipam/vlan-pool.js';

/*
 * A service that is new to the network has nothing to leave, nothing of its own to come back to, and most routers have
 * neither IPv6 pools nor ranges of VLANs: what need not be asked is known before it is. Whoever gives the service something
 * meanwhile meets the constraints.
 */
const LOOK = statement(
  'places-look',
  `SELECT EXISTS (SELECT FROM ip_addresses WHERE service_id = $1) OR EXISTS (SELECT FROM ip_units WHERE service_id = $1)
            OR EXISTS (SELECT FROM vlans WHERE service_id = $1) AS holds,
          EXISTS (SELECT FROM ip_addresses WHERE last_service_id = $1)
            OR EXISTS (SELECT FROM services s JOIN ip_reservations r ON r.partner_id = s.partner_id AND r.customer_id = s.customer_id
                        WHERE s.id = $1) AS own,
          EXISTS (SELECT FROM ip_pools WHERE router_id = $2 AND kind IN ('ipv6', 'delegated') AND status = 'active') AS units,
          EXISTS (SELECT FROM vlans WHERE device_id = $2 AND automatic) AS vlans`,
);

const NOTHING = Promise.resolve(undefined);

interface Look {
  /** Whether the service holds anything, on any router. */
  readonly holds: boolean;
  /** Whether an address is or was its own. */
  readonly own: boolean;
  /** Whether the router has pools of IPv6 prefixes. */
  readonly units: boolean;
  /** Whether the router has ranges of VLANs. */
  readonly vlans: boolean;
}

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
    private readonly uow: UnitOfWork,
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
    const look = (await this.uow.tx.one<Look>(LOOK, [serviceId, routerId])) as Look;
    const [assigned, ipv6Prefix, delegatedPrefix, vlanId] = await together([
      wanted.ipAssignment === undefined && !look.holds && !look.own
        ? this.addresses.assignFirst(serviceId, routerId)
        : this.addresses.assign(serviceId, routerId, wanted.ipAssignment),
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
