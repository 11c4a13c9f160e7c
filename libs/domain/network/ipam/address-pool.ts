import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@isp/platform/config';
import { type Transaction, UnitOfWork, together, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import {
  ASSIGN_FIRST,
  ASSIGN_FREE,
  ASSIGN_OWN,
  ASSIGN_WANTED,
  HELD,
  RELEASE,
  RELEASE_ADDRESS,
  ROUTED,
} from './address.statements.js';
import { type HostWithLength, parseAssignment } from './address-text.js';
import { ipamErrors } from './ipam.errors.js';

export interface AssignedAddress {
  /** Host address without prefix length. */
  readonly address: string;
  /** Of the router's prefix that the address lies in. */
  readonly prefixLength: number;
  readonly vrfId: number;
}

interface Look {
  /** Whether the service holds anything, on any router. */
  readonly holds: boolean;
  /** Whether the router has pools of IPv6 prefixes. */
  readonly units: boolean;
  /** Whether the router has ranges of VLANs. */
  readonly vlans: boolean;
}

export interface FirstLook extends Look {
  readonly assigned: AssignedAddress | undefined;
}

interface First {
  readonly serviceId: number;
  readonly routerId: number;
  readonly take: boolean;
}
type FirstRow = Look & AssignedAddress & { readonly serviceId: number };

/** One statement a router, in the order of the routers. */
async function firstOfAll(asked: readonly First[], tx: Transaction): Promise<readonly FirstLook[]> {
  const routers = [...new Set(asked.map(({ routerId }) => routerId))].sort((one, other) => one - other);
  const rows = await together(
    routers.map((router) => {
      const there = asked.filter(({ routerId }) => routerId === router);
      const values = [there.map(({ serviceId }) => serviceId), there.map(({ take }) => take), router];
      return tx.query<FirstRow>(ASSIGN_FIRST, values);
    }),
  );
  const looks = new Map(
    rows.flat().map(({ serviceId, holds, units, vlans, ...assigned }) => {
      const look = { holds, units, vlans, assigned: assigned.address === null ? undefined : assigned };
      return [serviceId, look];
    }),
  );
  return asked.map(({ serviceId }) => looks.get(serviceId) as FirstLook);
}

interface Routed {
  readonly prefixLength: number;
  readonly pooled: boolean;
}

/** IPv4 addresses of the routers' pools. The database refuses one address for two services and two for one. */
@Injectable()
export class AddressPool {
  private readonly quarantineSeconds: number;

  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CONFIG) config: Config,
  ) {
    this.quarantineSeconds = config.ISP_ADDRESS_QUARANTINE_HOURS * 3_600;
  }

  /**
   * The address of a service on a router: the one it holds there, else the wanted one (`192.168.1.100/24`), else one
   * that is reserved for it or was its own before, else any free one. What it held on other routers is released.
   * @throws `network.address.malformed`, `….not_routed`, `….wrong_length`, `….not_pooled`, `….taken`,
   *   `network.pool.exhausted`
   */
  assign(serviceId: number, routerId: number, wanted?: string): Promise<AssignedAddress> {
    return once(async () =>
      wanted === undefined
        ? this.assignAny(serviceId, routerId)
        : this.assignWanted(serviceId, routerId, parseAssignment(wanted)),
    );
  }

  /**
   * Looks what a service holds and what a router has, and gives it a free address, if it is `take`n, where none is or was
   * its own and it holds nothing anywhere: what `assign` would answer.
   * @throws `network.address.taken`
   */
  first(serviceId: number, routerId: number, take: boolean): Promise<FirstLook> {
    return once(() => this.uow.tx.gather(firstOfAll, { serviceId, routerId, take }));
  }

  /**
   * Refuses what no order can get: an assignment that is no address of the router (of any router when absent) with the
   * length of its prefix. Whether it is free shows when it is assigned.
   * @throws `network.address.malformed`, `….not_routed`, `….wrong_length`, `….not_pooled`
   */
  async check(routerId: number | undefined, wanted: string): Promise<void> {
    await this.refuseUnrouted(routerId, parseAssignment(wanted));
  }

  /**
   * Takes everything from a service: its address, its IPv6 prefixes and its VLAN. For the time of quarantine nobody
   * else gets them; who had them when stays in the history.
   */
  async release(serviceId: number): Promise<void> {
    await this.uow.tx.execute(RELEASE, [serviceId, this.quarantineSeconds, null]);
  }

  private async assignAny(serviceId: number, routerId: number): Promise<AssignedAddress> {
    const { tx } = this.uow;
    const values = [serviceId, routerId];
    // One flight: each of them finds what those before it left.
    const [, own, free] = await together([
      this.leaveOthers(serviceId, routerId),
      tx.one<AssignedAddress>(ASSIGN_OWN, values),
      tx.one<AssignedAddress>(ASSIGN_FREE, values),
    ]);
    const any = own ?? free;
    if (!any) throw networkErrors('network.pool.exhausted');
    return any;
  }

  private async assignWanted(serviceId: number, routerId: number, wanted: HostWithLength): Promise<AssignedAddress> {
    const { tx } = this.uow;
    await this.refuseUnrouted(routerId, wanted);
    const [, held] = await together([
      this.leaveOthers(serviceId, routerId),
      tx.one<AssignedAddress & { readonly wanted: boolean }>(HELD, [serviceId, wanted.host]),
    ]);
    if (held?.wanted) return { address: held.address, prefixLength: held.prefixLength, vrfId: held.vrfId };
    if (held) await tx.execute(RELEASE_ADDRESS, [serviceId, this.quarantineSeconds]);
    const taken = await tx.one<AssignedAddress>(ASSIGN_WANTED, [serviceId, routerId, wanted.host]);
    if (!taken) throw networkErrors('network.address.taken');
    return taken;
  }

  private leaveOthers(serviceId: number, routerId: number): Promise<number> {
    return this.uow.tx.execute(RELEASE, [serviceId, this.quarantineSeconds, routerId]);
  }

  private async refuseUnrouted(routerId: number | undefined, { host, length }: HostWithLength): Promise<void> {
    const routed = await this.uow.tx.query<Routed>(ROUTED, [routerId ?? null, host]);
    const [first] = routed;
    if (!first) throw networkErrors('network.address.not_routed');
    const fitting = routed.filter(({ prefixLength }) => prefixLength === length);
    if (fitting.length === 0) throw ipamErrors('network.address.wrong_length', { length: first.prefixLength });
    if (!fitting.some(({ pooled }) => pooled)) throw ipamErrors('network.address.not_pooled');
  }
}

/** The same service asked twice at the same time. */
async function once<T>(assign: () => Promise<T>): Promise<T> {
  try {
    return await assign();
  } catch (error) {
    if (violatedConstraint(error) === 'ip_addresses_service') throw networkErrors('network.address.taken');
    throw error;
  }
}
