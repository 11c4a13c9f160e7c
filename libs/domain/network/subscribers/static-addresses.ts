import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import { WorkQueue } from '@isp/platform/work';
import { ipamErrors } from '../ipam/ipam.errors.js';
import { DEFAULT_VRF_ID } from '../ipam/ipam.view.js';
import { Reservations } from '../ipam/reservations.js';
import { networkErrors } from '../network.errors.js';
import { SubscriberSteps } from './subscriber-steps.js';

/** Tells the reservations that are made here from those that people make. */
const NOTE = 'static address';
const SUBSCRIBER = statement(
  'static-subscriber',
  `SELECT router_id AS "routerId", vlan_id AS "vlanId", host(address) AS address, vrf_id AS "vrfId",
          ARRAY(SELECT u.prefix::text FROM ip_units u JOIN ip_pools p ON p.id = u.pool_id AND p.status <> 'retired'
                  LEFT JOIN ip_reservations r ON r.id = u.reservation_id
                 WHERE u.service_id = $1 AND (r.id IS NULL OR r.service_id = $1 AND r.note = $2)) AS prefixes
     FROM subscribers WHERE service_id = $1 AND address IS NOT NULL FOR NO KEY UPDATE`,
);
const RESERVED = statement(
  'static-reserved',
  `SELECT id, vrf_id AS "vrfId", CASE WHEN family(address) = 4 THEN host(address) ELSE text(address) END AS address
     FROM ip_reservations WHERE service_id = $1 AND note = $2`,
);
const POOLED = statement(
  'static-pooled',
  `SELECT a.vrf_id AS "vrfId", masklen(p.base_prefix) AS "prefixLength", p.router_id AS "routerId"
     FROM ip_addresses a JOIN ip_pools p ON p.id = a.pool_id
    WHERE a.address = $1::inet AND ($2::integer IS NULL OR a.vrf_id = $2) AND p.status = 'active'
    ORDER BY a.vrf_id LIMIT 1`,
);

interface Subscriber {
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly address: string;
  readonly vrfId: number;
  /** Of IPv6, unless somebody else keeps them for it already. */
  readonly prefixes: readonly string[];
}

interface Reserved {
  readonly id: number;
  readonly vrfId: number;
  readonly address: string;
}

interface Pooled {
  readonly vrfId: number;
  readonly prefixLength: number;
  readonly routerId: number;
}

/** Addresses that services keep whatever happens. All of it happens in the caller's transaction. */
@Injectable()
export class StaticAddresses {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly reservations: Reservations,
    private readonly subscribers: SubscriberSteps,
    private readonly work: WorkQueue,
  ) {}

  /**
   * Reserves an address for a service and answers it: the wanted one, to which its subscriber then moves, or the one that
   * it has; with it the IPv6 prefixes that it has. A service that is not on the network and wants none gets its
   * reservation when it comes there: none yet. Repeated it changes nothing.
   * @throws `network.address.not_pooled`, `network.address.not_routed` when another router than the service's has it,
   *   `network.address.taken`, `network.reservation.exists`, `network.reservation.in_use`
   */
  async keep(actor: Actor, serviceId: number, wanted?: string): Promise<string | undefined> {
    const subscriber = await this.uow.tx.one<Subscriber>(SUBSCRIBER, [serviceId, NOTE]);
    const address = wanted ?? subscriber?.address;
    if (address === undefined) return undefined;
    const pooled = await this.within(address, subscriber);
    if (wanted !== undefined && !pooled) throw ipamErrors('network.address.not_pooled');
    // An address that is in no pool goes to nobody else anyway.
    const places = [...(pooled ? [address] : []), ...(subscriber?.prefixes ?? [])];
    await this.reserve(actor, serviceId, places, pooled?.vrfId ?? subscriber?.vrfId);
    if (subscriber && pooled && subscriber.address !== address)
      await this.moveTo(serviceId, address, subscriber, pooled);
    return address;
  }

  /** The pool of an address, which is one of the subscriber's router. */
  private async within(address: string, subscriber: Subscriber | undefined): Promise<Pooled | undefined> {
    const pooled = await this.pooled(address, subscriber?.vrfId);
    if (subscriber && pooled && pooled.routerId !== subscriber.routerId)
      throw networkErrors('network.address.not_routed');
    return pooled;
  }

  private async moveTo(serviceId: number, address: string, { routerId, vlanId }: Subscriber, { prefixLength }: Pooled) {
    const ipAssignment = `${address}/${prefixLength}`;
    await this.subscribers.relocate(serviceId, { routerId }, { routerId, vlanId, ipAssignment });
    this.work.enqueueOnCommit('network.converge', { service_id: serviceId }, { dedupeKey: String(serviceId) });
  }

  /** These of a VRF are reserved, and nothing else of before. */
  private async reserve(actor: Actor, serviceId: number, places: readonly string[], vrfId = DEFAULT_VRF_ID) {
    const reserved = await this.uow.tx.query<Reserved>(RESERVED, [serviceId, NOTE]);
    const isWanted = (one: Reserved) => one.vrfId === vrfId && places.includes(one.address);
    for (const one of reserved) if (!isWanted(one)) await this.reservations.remove(actor, one.id);
    for (const address of places)
      if (!reserved.some((one) => isWanted(one) && one.address === address))
        await this.reservations.reserve({ actor, vrfId, address, serviceId, note: NOTE });
  }

  /** The service keeps the address while it has it, and after that it is everybody's. */
  async giveUp(actor: Actor, serviceId: number): Promise<void> {
    const reserved = await this.uow.tx.query<{ id: number }>(RESERVED, [serviceId, NOTE]);
    for (const { id } of reserved) await this.reservations.remove(actor, id);
  }

  /** An address as an order names it: with the length of its router's prefix. @throws `network.address.not_pooled` */
  async assignment(address: string): Promise<string> {
    const pooled = await this.pooled(address);
    if (!pooled) throw ipamErrors('network.address.not_pooled');
    return `${address}/${pooled.prefixLength}`;
  }

  private pooled(address: string, vrfId?: number): Promise<Pooled | undefined> {
    return this.uow.tx.one<Pooled>(POOLED, [address, vrfId ?? null]);
  }
}
