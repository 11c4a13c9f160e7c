import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';

export interface AssignedAddress {
  /** Host address without prefix length. */
  readonly address: string;
  readonly prefixLength: number;
}

const HELD = statement(
  'addresses-held',
  `SELECT host(a.address) AS address, masklen(p.prefix) AS "prefixLength"
     FROM ip_addresses a JOIN ip_pools p ON p.id = a.pool_id WHERE a.service_id = $1`,
);
// The address that the service holds, else the one that has been free the longest; rows that another job is taking are
// skipped, never waited for.
const HOLD_ANY = statement(
  'addresses-hold-any',
  `WITH held AS (
     SELECT a.address, p.prefix FROM ip_addresses a JOIN ip_pools p ON p.id = a.pool_id WHERE a.service_id = $1),
   taken AS (
     UPDATE ip_addresses a SET service_id = $1, assigned_at = now(), released_at = NULL
       FROM (SELECT f.pool_id, f.address, p.prefix FROM ip_pools p CROSS JOIN LATERAL (
               SELECT i.pool_id, i.address FROM ip_addresses i WHERE i.pool_id = p.id AND i.service_id IS NULL
                ORDER BY i.released_at NULLS FIRST, i.address LIMIT 1 FOR UPDATE SKIP LOCKED) f
              WHERE p.router_id = $2 AND NOT EXISTS (SELECT FROM held) LIMIT 1) free
      WHERE a.pool_id = free.pool_id AND a.address = free.address AND a.service_id IS NULL
     RETURNING a.address, free.prefix)
   SELECT host(address) AS address, masklen(prefix) AS "prefixLength" FROM (TABLE held UNION ALL TABLE taken) one`,
);
const TAKE_ONE = statement(
  'addresses-take-one',
  `UPDATE ip_addresses a SET service_id = $1, assigned_at = now(), released_at = NULL
     FROM ip_pools p WHERE p.id = a.pool_id AND p.router_id = $2 AND a.address = $3::inet AND a.service_id IS NULL
   RETURNING host(a.address) AS address, masklen(p.prefix) AS "prefixLength"`,
);
const ROUTED = statement(
  'addresses-routed',
  `SELECT 1 FROM ip_addresses a JOIN ip_pools p ON p.id = a.pool_id WHERE p.router_id = $1 AND a.address = $2::inet`,
);
const RELEASE = statement(
  'addresses-release',
  'UPDATE ip_addresses SET service_id = NULL, released_at = now() WHERE service_id = $1',
);

/** Addresses of the routers' pools. The database refuses one address for two services and two for one. */
@Injectable()
export class AddressPool {
  constructor(private readonly uow: UnitOfWork) {}

  /**
   * The address of a service: the one it holds, else the wanted one, else any free one of the router.
   * @throws `network.address.malformed`, `network.address.not_routed`, `network.address.taken`, `network.pool.exhausted`
   */
  async assign(serviceId: number, routerId: number, wanted?: string): Promise<AssignedAddress> {
    const { tx } = this.uow;
    if (wanted === undefined) {
      const any = await tx.one<AssignedAddress>(HOLD_ANY, [serviceId, routerId]);
      if (!any) throw networkErrors('network.pool.exhausted');
      return any;
    }
    const host = hostOf(wanted);
    const held = await tx.one<AssignedAddress>(HELD, [serviceId]);
    if (held?.address === host) return held;
    if (held) await this.release(serviceId);
    const taken = await tx.one<AssignedAddress>(TAKE_ONE, [serviceId, routerId, host]);
    if (taken) return taken;
    throw (await tx.one(ROUTED, [routerId, host]))
      ? networkErrors('network.address.taken')
      : networkErrors('network.address.not_routed');
  }

  /** Frees the address of a service; it goes to the end of the queue of free ones. */
  async release(serviceId: number): Promise<void> {
    await this.uow.tx.execute(RELEASE, [serviceId]);
  }
}

/** The host part of `192.168.1.100/24`. */
export function hostOf(assignment: string): string {
  const [host = '', length, ...rest] = assignment.split('/');
  const family = isIP(host);
  const valid = family !== 0 && rest.length === 0 && length !== undefined && /^\d{1,3}$/.test(length);
  if (!valid || Number(length) > (family === 4 ? 32 : 128)) throw networkErrors('network.address.malformed');
  return host;
}
