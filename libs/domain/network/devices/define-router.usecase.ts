import { Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { UnitOfWork, statement } from '@isp/platform/database';
import { DEFAULT_VRF_ID } from '../ipam/ipam.view.js';
import { PoolRegister } from '../ipam/pool-register.js';
import { PrefixRegister } from '../ipam/prefix-register.js';
import { ROUTER_COLUMNS, type RouterView } from './router.queries.js';

const ROUTER = statement(
  'routers-insert',
  `INSERT INTO devices AS d (name, driver, settings) VALUES ($1, $2, $3) RETURNING ${ROUTER_COLUMNS}`,
);

export interface DefineRouterInput {
  readonly actor: Actor;
  readonly name: string;
  /** Name of the driver that talks to it. */
  readonly driver: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** IPv4 prefixes between /16 and /30 whose hosts it hands out; they may not overlap any other in the default VRF. */
  readonly prefixes: readonly string[];
}

/** Puts a router with its address pools into service. @throws `network.prefix.overlaps` */
@Injectable()
export class DefineRouter {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly prefixes: PrefixRegister,
    private readonly pools: PoolRegister,
    private readonly audit: AuditTrail,
  ) {}

  execute({ actor, name, driver, settings = {}, prefixes }: DefineRouterInput): Promise<RouterView> {
    return this.uow.run(actor, async (tx) => {
      const router = (await tx.one<RouterView>(ROUTER, [name, driver, JSON.stringify(settings)])) as RouterView;
      for (const prefix of prefixes) await this.addPool(actor, router, prefix);
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

  private async addPool(actor: Actor, router: RouterView, prefix: string): Promise<void> {
    const place = { vrfId: DEFAULT_VRF_ID, deviceId: router.id, role: 'assignment' } as const;
    const { id } = await this.prefixes.create({ actor, ...place, prefix });
    await this.pools.create({ actor, prefixId: id, kind: 'ipv4', name: `${router.name} ${prefix}` });
  }
}
