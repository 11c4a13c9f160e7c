import { Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { DomainError } from '@isp/kernel';
import { UnitOfWork, statement } from '@isp/platform/database';
import type { WorkRun } from '@isp/platform/work';
import { RouterQueries } from '../devices/router.queries.js';
import type { PlannedChange, SubscriberAccess } from '../drivers/device-driver.port.js';
import { RouterControl } from '../drivers/router-control.js';

const ACTOR = systemActor('network');

interface Followed {
  readonly username: string;
  readonly routerId: number;
  readonly vlanId: number | null;
  readonly address: string;
  readonly profileName: string;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly access: SubscriberAccess;
  readonly version: number;
}

// What is on its way to the router is read back by whoever brings it there.
const FOLLOWED = statement(
  'subscribers-followed',
  `SELECT username, router_id AS "routerId", vlan_id AS "vlanId", host(address) AS address, bandwidth_profile AS "profileName",
          download_kbps AS "downloadKbps", upload_kbps AS "uploadKbps", access, desired_version AS version
     FROM subscribers WHERE service_id = $1 AND address IS NOT NULL AND convergence = 'confirmed' AND NOT leaving`,
);
const SEEN = statement(
  'subscribers-router-seen',
  `UPDATE subscribers SET router_wanted = $3, router_seen = $4
    WHERE service_id = $1 AND desired_version = $2 AND convergence = 'confirmed' AND router_seen IS DISTINCT FROM $4`,
);
const SOON = statement(
  'subscribers-read-back-soon',
  `UPDATE subscribers SET read_back_at = least(read_back_at, now() + interval '1 hour') WHERE service_id = $1`,
);

/**
 * Asks a router what it does for a service that it was seen to follow, and notes in what it differs: the reconciler
 * makes a drift of that, with its cause and its repair. A router that does not answer is asked again in an hour.
 */
@Injectable()
export class ReadBackSubscriber {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly routers: RouterQueries,
    private readonly control: RouterControl,
  ) {}

  async execute(serviceId: number, run: WorkRun): Promise<void> {
    const found = await this.uow.run(ACTOR, async (tx) => {
      const followed = await tx.one<Followed>(FOLLOWED, [serviceId]);
      return followed && { followed, router: await this.routers.get(followed.routerId) };
    });
    if (!found) return;
    const { followed, router } = found;
    const { profileName: name, downloadKbps, uploadKbps } = followed;
    const wanted = { ...followed, profile: { name, downloadKbps, uploadKbps } };
    try {
      const changes = await this.control.differences({ router, wanted, signal: run.signal });
      await this.note(serviceId, followed.version, changes, run);
    } catch (error) {
      if (!(error instanceof DomainError) || !error.code.startsWith('network.')) throw error;
      run.signal.throwIfAborted();
      await this.uow.run(ACTOR, (tx) => tx.execute(SOON, [serviceId]));
    }
  }

  private note(serviceId: number, version: number, changes: readonly PlannedChange[], run: WorkRun): Promise<void> {
    const told = (side: 'from' | 'to') =>
      changes.length === 0 ? null : changes.map((one) => `${one.what} ${one[side] ?? 'none'}`).join(', ');
    return this.uow.run(ACTOR, async (tx) => {
      await run.fence();
      await tx.execute(SEEN, [serviceId, version, told('to'), told('from')]);
      await run.complete();
    });
  }
}
