import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { networkErrors } from '../network.errors.js';
import { ROUTER_COLUMNS, type RouterView } from './router.queries.js';

const ROUTER = statement(
  'routers-insert',
  `INSERT INTO devices AS d (name, driver, settings) VALUES ($1, $2, $3) RETURNING ${ROUTER_COLUMNS}`,
);
// Every host of the prefix but network, broadcast and the router itself (the first host).
const POOL = statement(
  'pools-insert',
  `WITH pool AS (INSERT INTO ip_pools (router_id, name, prefix) VALUES ($1, $2, $3::cidr) RETURNING id, prefix)
   INSERT INTO ip_addresses (pool_id, address)
   SELECT pool.id, host(network(pool.prefix))::inet + n
     FROM pool, generate_series(2, (2 ^ (32 - masklen(pool.prefix)))::bigint - 2) AS n`,
);
const PROFILES = statement(
  'profiles-insert',
  `INSERT INTO bandwidth_profiles (name, download_kbps, upload_kbps)
   SELECT * FROM unnest($1::text[], $2::integer[], $3::integer[]) ON CONFLICT (name) DO NOTHING`,
);

export interface DefineRouterInput {
  readonly actor: Actor;
  readonly name: string;
  /** Name of the driver that talks to it. */
  readonly driver: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** IPv4 prefixes between /16 and /30 whose hosts it hands out; they may not overlap any other. */
  readonly prefixes: readonly string[];
}

export interface BandwidthProfileInput {
  readonly name: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
}

/** Puts a router with its address pools into service. @throws `network.prefix.overlaps` */
@Injectable()
export class DefineRouter {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, name, driver, settings = {}, prefixes }: DefineRouterInput): Promise<RouterView> {
    return this.uow.run(actor, async (tx) => {
      const router = (await tx.one<RouterView>(ROUTER, [name, driver, JSON.stringify(settings)])) as RouterView;
      for (const prefix of prefixes) await this.addPool(router.id, `${name} ${prefix}`, prefix);
      const subject = { type: 'router', id: router.id };
      this.audit.record({
        actor,
        partnerId: OPERATOR_PARTNER_ID,
        action: 'router.create',
        subject,
        changes: { name, driver, prefixes },
      });
      return router;
    });
  }

  private async addPool(routerId: number, name: string, prefix: string): Promise<void> {
    try {
      await this.uow.tx.execute(POOL, [routerId, name, prefix]);
    } catch (error) {
      if (violatedConstraint(error) === 'ip_pools_prefix_excl')
        throw networkErrors('network.prefix.overlaps', { prefix });
      throw error;
    }
  }

  /** Makes bandwidth profiles known; existing names keep their speeds. */
  defineProfiles(actor: Actor, profiles: readonly BandwidthProfileInput[]): Promise<void> {
    return this.uow.run(actor, async (tx) => {
      const columns = [
        profiles.map((one) => one.name),
        profiles.map((one) => one.downloadKbps),
        profiles.map((one) => one.uploadKbps),
      ];
      await tx.execute(PROFILES, columns);
    });
  }
}
