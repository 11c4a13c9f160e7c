import { Injectable } from '@nestjs/common';
import { BandwidthProfileQueries } from '@isp/domain/catalog';
import { UnitOfWork, askedOnce, statement } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';

export interface RouterView {
  readonly id: number;
  readonly name: string;
  readonly driver: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly guid: string;
  /** Management address. */
  readonly address: string | null;
  /** Its credentials as they are stored; `RouterControl` opens them for the driver. */
  readonly secretsSealed: string | null;
}

/** Of `devices d`. */
export const ROUTER_COLUMNS = `d.id, d.guid, d.name, d.driver, d.settings, host(d.management_address) AS address,
  d.secrets_sealed AS "secretsSealed"`;

export interface BandwidthProfileView {
  readonly name: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
}

const GET = statement(
  'routers-get',
  `SELECT ${ROUTER_COLUMNS} FROM devices d WHERE d.id = $1 AND d.status = 'active' AND d.driver IS NOT NULL`,
);
// Whether a pool has a free address is asked in the order of the index of the free ones: in any other, all that are taken are
// read before it is found.
const CHOOSE = statement(
  'routers-choose',
  `SELECT ${ROUTER_COLUMNS} FROM devices d
    WHERE d.status = 'active' AND d.driver IS NOT NULL AND EXISTS (
      SELECT FROM ip_pools p CROSS JOIN LATERAL (
        SELECT FROM ip_addresses a
         WHERE a.pool_id = p.id AND a.service_id IS NULL AND a.reservation_id IS NULL AND NOT a.withheld AND a.free_from <= now()
         ORDER BY a.free_from, a.address LIMIT 1) f
       WHERE p.router_id = d.id AND p.status = 'active')
    ORDER BY d.id LIMIT 1`,
);
const ROUTING = statement(
  'routers-routing',
  `SELECT ${ROUTER_COLUMNS} FROM prefixes x JOIN devices d ON d.id = x.device_id
    WHERE x.role = 'assignment' AND d.status = 'active' AND x.prefix >>= $1::inet ORDER BY masklen(x.prefix) DESC, d.id LIMIT 1`,
);

const getOnce = askedOnce((id: number, tx) => tx.one<RouterView>(GET, [id]));
const chooseOnce = askedOnce((_: undefined, tx) => tx.one<RouterView>(CHOOSE));

@Injectable()
export class RouterQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly profiles: BandwidthProfileQueries,
  ) {}

  /** @throws `network.router.unknown` */
  async get(id: number): Promise<RouterView> {
    const router = await this.uow.tx.gather(getOnce, id);
    if (!router) throw networkErrors('network.router.unknown');
    return router;
  }

  /** A router with free addresses. @throws `network.router.none` */
  async choose(): Promise<RouterView> {
    const router = await this.uow.tx.gather(chooseOnce, undefined);
    if (!router) throw networkErrors('network.router.none');
    return router;
  }

  /** The router that has a prefix with an address. @throws `network.address.not_routed` */
  async routing(host: string): Promise<RouterView> {
    const router = await this.uow.tx.one<RouterView>(ROUTING, [host]);
    if (!router) throw networkErrors('network.address.not_routed');
    return router;
  }

  /** @throws `catalog.profile.unknown` */
  profile(name: string): Promise<BandwidthProfileView> {
    return this.profiles.named(name);
  }

  /** The smallest profile that offers these speeds (Mbit/s). @throws `catalog.profile.none_fits` */
  profileFor(downloadMbps: number, uploadMbps: number): Promise<BandwidthProfileView> {
    return this.profiles.fitting(downloadMbps, uploadMbps);
  }
}
