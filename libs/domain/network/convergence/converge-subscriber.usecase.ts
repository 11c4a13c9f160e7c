import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { WorkRun } from '@isp/platform/work';
import type { SubscriberAccess } from '../drivers/device-driver.port.js';
import { RouterControl } from '../drivers/router-control.js';
import { RouterQueries } from '../devices/router.queries.js';

const ACTOR = systemActor('network');

interface Desired {
  readonly username: string;
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly address: string;
  readonly profileName: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly access: SubscriberAccess;
  readonly desiredVersion: number;
}

const DESIRED = statement(
  'subscribers-desired',
  `SELECT username, router_id AS "routerId", vlan_id AS "vlanId", host(address) AS address, bandwidth_profile AS "profileName",
          download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps", access, desired_version AS "desiredVersion"
     FROM subscribers WHERE service_id = $1 AND desired_version > confirmed_version AND address IS NOT NULL`,
);
// Only the version that was carried out: a change that came meanwhile stays to be done.
const CONFIRM = statement(
  'subscribers-confirm',
  `UPDATE subscribers SET confirmed_version = $2, confirmed_at = now(),
          convergence = CASE WHEN desired_version = $2 THEN 'confirmed' ELSE convergence END, updated_at = now()
    WHERE service_id = $1 AND confirmed_version < $2 RETURNING desired_version > $2 AS more`,
);

/** Brings the network to what the database wants for one service, and notes that it was seen to follow. */
@Injectable()
export class ConvergeSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly control: RouterControl,
  ) {}

  async execute(serviceId: number, run: WorkRun): Promise<void> {
    for (let more = true; more;) more = await this.once(serviceId, run);
  }

  private async once(serviceId: number, run: WorkRun): Promise<boolean> {
    const found = await this.uow.run(ACTOR, async (tx) => {
      const desired = await tx.one<Desired>(DESIRED, [serviceId]);
      return desired && { desired, router: await this.routers.get(desired.routerId) };
    });
    if (!found) return false;
    const { desired, router } = found;
    const { profileName: name, downloadKbps, uploadKbps } = desired;
    const wanted = { ...desired, profile: { name, downloadKbps, uploadKbps } };
    const order = { router, wanted, signal: run.signal };
    await this.control.apply({ ...order, stepKey: `converge-${serviceId}-${desired.desiredVersion}` });
    await this.control.verify(order);
    return this.uow.run(ACTOR, async (tx) => {
      await run.fence();
      const after = await tx.one<{ more: boolean }>(CONFIRM, [serviceId, desired.desiredVersion]);
      return after?.more ?? false;
    });
  }
}
