import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { addSeconds, type Clock } from '@isp/kernel';
import { CLOCK, CONFIG, type Config } from '@isp/platform/config';
import { failPoint } from '@isp/platform/fail-points';
import { LevelBook } from '../levels/level-book.js';
import { Notices } from '../notices/notices.js';
import { Topology } from '../topology/topology.js';
import { OutageRepository, type NewOutage } from './outage.repository.js';
import { OutageTickets } from './outage-tickets.js';
import type { OutageView } from './outage.view.js';

/** What opens and ends outages does in the caller's transaction: list what is affected, tell everybody, have it measured. */
@Injectable()
export class OutageDesk {
  constructor(
    private readonly outages: OutageRepository,
    private readonly topology: Topology,
    private readonly notices: Notices,
    private readonly levels: LevelBook,
    private readonly tickets: OutageTickets,
    @Inject(CONFIG) private readonly config: Pick<Config, 'ISP_OUTAGE_HOLD_SECONDS'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async open(actor: Actor, made: NewOutage): Promise<OutageView> {
    const id = await this.outages.insert(made);
    await this.topology.listForOutage(id, made, made.startedAt);
    failPoint('outages.after-list');
    await this.outages.count(id);
    const ticketId = await this.tickets.open(actor, await this.outages.get(id));
    await this.outages.change(await this.outages.get(id), { ticketId }, made.detectedAt);
    return this.announce(id);
  }

  /** The highest thing that is down is another one: what hangs behind that one is affected too, since that one fell. */
  async widen(id: number, since: Date): Promise<OutageView> {
    await this.topology.listForOutage(id, await this.outages.get(id), since);
    return this.announce(id);
  }

  /** All devices answer: it is over, unless something falls again within the hold. */
  async recover(outage: OutageView, at: Date): Promise<void> {
    const now = this.clock.now();
    const endedAt = at < outage.startedAt ? outage.startedAt : at;
    const closesAt = addSeconds(now, this.config.ISP_OUTAGE_HOLD_SECONDS);
    await this.outages.change(outage, { status: 'recovering', endedAt, closesAt }, now);
  }

  /** Something fell again within the hold: for the customers it is one outage. */
  relapse(outage: OutageView): Promise<OutageView> {
    const changes = { status: 'open', endedAt: null, closesAt: null, flaps: outage.flaps + 1 } as const;
    return this.outages.change(outage, changes, this.clock.now());
  }

  async resolve(actor: Actor, outage: OutageView, endedAt: Date): Promise<OutageView> {
    const now = this.clock.now();
    const resolved = await this.outages.change(outage, { status: 'resolved', endedAt, closesAt: null }, now);
    await this.notices.ofOutage(resolved, 'resolved', now);
    await this.tickets.end(actor, resolved, 'Everything answers again.');
    await this.levels.touchedBy(resolved.id, resolved.startedAt, endedAt);
    return resolved;
  }

  private async announce(id: number): Promise<OutageView> {
    await this.outages.count(id);
    const outage = await this.outages.get(id);
    await this.notices.ofOutage(outage, 'opened', this.clock.now());
    return outage;
  }
}
