import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
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
// The active router whose pools have been used least, so that load spreads.
const CHOOSE = statement(
  'routers-choose',
  `SELECT ${ROUTER_COLUMNS} FROM devices d
    WHERE d.status = 'active' AND d.driver IS NOT NULL AND EXISTS (
      SELECT FROM ip_pools p JOIN ip_addresses a ON a.pool_id = p.id WHERE p.router_id = d.id AND a.service_id IS NULL)
    ORDER BY d.id LIMIT 1`,
);
const PROFILE = statement(
  'profiles-get',
  `SELECT name, download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps" FROM bandwidth_profiles WHERE name = $1`,
);
const FITTING = statement(
  'profiles-fitting',
  `SELECT name, download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps" FROM bandwidth_profiles
    WHERE download_kbps >= $1 AND upload_kbps >= $2 ORDER BY download_kbps, upload_kbps LIMIT 1`,
);

@Injectable()
export class RouterQueries {
  constructor(private readonly uow: UnitOfWork) {}

  /** @throws `network.router.unknown` */
  async get(id: number): Promise<RouterView> {
    const router = await this.uow.tx.one<RouterView>(GET, [id]);
    if (!router) throw networkErrors('network.router.unknown');
    return router;
  }

  /** A router with free addresses. @throws `network.router.none` */
  async choose(): Promise<RouterView> {
    const router = await this.uow.tx.one<RouterView>(CHOOSE);
    if (!router) throw networkErrors('network.router.none');
    return router;
  }

  /** @throws `network.profile.unknown` */
  async profile(name: string): Promise<BandwidthProfileView> {
    const profile = await this.uow.tx.one<BandwidthProfileView>(PROFILE, [name]);
    if (!profile) throw networkErrors('network.profile.unknown', { name });
    return profile;
  }

  /** The smallest profile that offers these speeds (Mbit/s). @throws `network.profile.none_fits` */
  async profileFor(downloadMbps: number, uploadMbps: number): Promise<BandwidthProfileView> {
    const profile = await this.uow.tx.one<BandwidthProfileView>(FITTING, [downloadMbps * 1000, uploadMbps * 1000]);
    if (!profile) throw networkErrors('network.profile.none_fits', { download: downloadMbps, upload: uploadMbps });
    return profile;
  }
}
