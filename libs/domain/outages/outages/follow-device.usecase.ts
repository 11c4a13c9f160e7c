import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { MaintenanceCalendar } from '../maintenance/maintenance-calendar.js';
import { Topology } from '../topology/topology.js';
import { OutageDesk } from './outage-desk.js';
import { OutageTickets } from './outage-tickets.js';
import { OutageRepository } from './outage.repository.js';
import type { OutageView } from './outage.view.js';

const ACTOR = systemActor('outages');
const DEVICE = statement(
  'outages-device',
  `SELECT d.id, d.name, d.kind, d.status, d.node_id AS "nodeId", n.name AS "nodeName", s.last_seen_at AS "lastSeenAt",
          d.poll_interval_seconds * 1.1 + 60 AS "patienceSeconds"
     FROM devices d LEFT JOIN network_nodes n ON n.id = d.node_id LEFT JOIN device_status s ON s.device_id = d.id WHERE d.id = $1`,
);
// Of the devices of a node that are asked at all; one alone is no node.
const NODE_DOWN = statement(
  'outages-node-down',
  `SELECT count(*) > 1 AND bool_and(s.reachability = 'down' OR d.id = $2) AS down FROM devices d JOIN device_status s ON s.device_id = d.id
    WHERE d.node_id = $1 AND d.status = 'active' AND d.kind <> 'ont' AND s.next_poll_at IS NOT NULL`,
);

interface DeviceRow {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly nodeId: number | null;
  readonly nodeName: string | null;
  readonly lastSeenAt: Date | null;
  readonly patienceSeconds: number;
}

export interface DeviceNews {
  readonly deviceId: number;
  readonly nowIs: 'down' | 'up';
  /** When that was noticed. */
  readonly at: Date;
  /** Counts the device's changes of reachability: news may come late, twice, or in another order. */
  readonly sequence: number;
}

/**
 * Follows one device: what falls opens an outage, or joins the one that explains it; what was explained by something
 * higher becomes part of it; when the last of an outage's devices is back, the outage recovers, unless a person opened it.
 * An ONT that is off is no outage: people switch it off. Under maintenance nothing opens before the window is over.
 */
@Injectable()
export class FollowDevice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outages: OutageRepository,
    private readonly desk: OutageDesk,
    private readonly topology: Topology,
    private readonly maintenance: MaintenanceCalendar,
    private readonly tickets: OutageTickets,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(news: DeviceNews): Promise<void> {
    return this.uow.run(ACTOR, async (tx) => {
      const device = await tx.one<DeviceRow>(DEVICE, [news.deviceId]);
      if (!device || device.kind === 'ont') return;
      await this.outages.lock();
      if (news.nowIs === 'up') await this.rises(news);
      else if (device.status === 'active' && !(await this.outages.knows(news.deviceId, news.sequence)))
        await this.falls(device, news);
    });
  }

  private async rises({ deviceId, sequence, at }: DeviceNews): Promise<void> {
    for (const id of await this.outages.rises(deviceId, sequence, at)) {
      const [outage, back] = [await this.outages.get(id), await this.outages.backAt(id)];
      // What a person opened is more than the poller sees: the person ends it.
      if (outage.status === 'open' && outage.origin === 'monitoring' && back) await this.desk.recover(outage, back);
    }
  }

  private async falls(device: DeviceRow, { sequence, at }: DeviceNews): Promise<void> {
    const above = await this.topology.above(device.id);
    const planned = await this.maintenance.around(above, at, this.clock.now());
    if (planned.now) return;
    const since = startOf(device, at, planned.before);
    const [explained] = await this.outages.live(above.devices, above.nodes);
    const outage = explained ? await this.join(explained) : await this.explain(device, since);
    await this.outages.falls(outage.id, device.id, sequence, since);
  }

  private join(outage: OutageView): Promise<OutageView> {
    return outage.status === 'recovering' ? this.desk.relapse(outage) : Promise.resolve(outage);
  }

  /** What is down below it, or beside it in a node of which nothing answers, is the same outage. */
  private async explain(device: DeviceRow, startedAt: Date): Promise<OutageView> {
    const now = this.clock.now();
    const { nodeId } = device;
    const wholeNode = nodeId !== null && (await this.isDown(nodeId, device.id));
    const place = wholeNode ? { deviceId: null, nodeId } : { deviceId: device.id, nodeId: null };
    const title = `No service behind ${wholeNode ? (device.nodeName ?? device.name) : device.name}`;
    const [first, ...others] = await this.outages.liveBelow(await this.topology.below(place));
    if (!first) {
      const made = { ...place, origin: 'monitoring', title, startedAt, detectedAt: now, openedBy: ACTOR.name } as const;
      return this.desk.open(ACTOR, made);
    }
    const ids = others.map(({ id }) => id);
    for (const other of others) await this.merge(other, first.id, now);
    await this.outages.take(first.id, ids);
    const starts = [first, ...others].map((one) => one.startedAt).concat(startedAt);
    const earliest = starts.reduce((a, b) => (b < a ? b : a));
    await this.outages.change(await this.join(first), { ...place, title, startedAt: earliest }, now);
    return this.desk.widen(first.id, startedAt);
  }

  private async merge(outage: OutageView, mergedIntoId: number, now: Date): Promise<void> {
    const endedAt = outage.endedAt ?? (now < outage.startedAt ? outage.startedAt : now);
    const changes = { status: 'merged', mergedIntoId, endedAt, closesAt: null } as const;
    await this.outages.change(outage, changes, now);
    await this.tickets.end(ACTOR, outage, `Part of outage ${mergedIntoId}.`);
  }

  private async isDown(nodeId: number, deviceId: number): Promise<boolean> {
    return (await this.uow.tx.one<{ down: boolean | null }>(NODE_DOWN, [nodeId, deviceId]))?.down ?? false;
  }
}

/**
 * From its last answer on it may have been down, which counts for the customer; but not longer than it takes to be asked
 * again, and not within maintenance.
 */
function startOf({ lastSeenAt, patienceSeconds }: DeviceRow, at: Date, maintenanceUntil: Date | null): Date {
  const earliest = at.getTime() - patienceSeconds * 1000;
  const seen = lastSeenAt && lastSeenAt < at ? Math.max(lastSeenAt.getTime(), earliest) : at.getTime();
  return new Date(Math.max(seen, maintenanceUntil?.getTime() ?? 0));
}
