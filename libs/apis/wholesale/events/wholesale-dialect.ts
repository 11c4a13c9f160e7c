import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActor, systemActorFor } from '@isp/contracts';
import { LineQueries } from '@isp/domain/ordering';
import { PartnerQueries, type PartnerView } from '@isp/domain/partners';
import { type EventDialect, EventDialects, type PublicFact } from '@isp/domain/webhooks';
import { WorkOrderQueries } from '@isp/domain/work-orders';
import type { PublishedEvent } from '@isp/platform/work';
import { presentServiceNews, presentWorkOrderNews, type ServiceNews, type WorkOrderNews } from './news.presenter.js';

const ACTOR = systemActor('wholesale-events');

/** Tells ISPs, and nobody else, how their services and work orders get on, in the words of this API. */
@Injectable()
export class WholesaleDialect implements EventDialect, OnModuleInit {
  constructor(
    private readonly dialects: EventDialects,
    private readonly lines: LineQueries,
    private readonly workOrders: WorkOrderQueries,
    private readonly partners: PartnerQueries,
  ) {}

  onModuleInit(): void {
    this.dialects.add(this);
  }

  async factsOf(events: readonly PublishedEvent[]): Promise<readonly (readonly PublicFact[])[]> {
    const isps = await this.ispsOf(events);
    const services = events.filter((event) => isOfService(event) && isps.has(event.partnerId));
    const asked = services.map(({ partnerId, payload }) => ({
      partnerId,
      serviceId: (payload as ServiceNews).service_id,
    }));
    const lines = asked.length > 0 ? await this.lines.names(asked) : [];
    const facts: PublicFact[][] = [];
    for (const event of events) {
      const line = lines[services.indexOf(event)];
      const isp = isps.get(event.partnerId);
      if (line) facts.push([presentServiceNews(event.payload as ServiceNews, line, event.occurredAt)]);
      else if (isp && isOfWorkOrder(event)) facts.push([await this.workOrderFact(event, isp)]);
      else facts.push([]);
    }
    return facts;
  }

  /** Those of the partners of these events that are told in this API's words. */
  private async ispsOf(events: readonly PublishedEvent[]): Promise<ReadonlyMap<number, PartnerView>> {
    const spoken = events.filter((event) => isOfService(event) || isOfWorkOrder(event));
    const ids = [...new Set(spoken.map(({ partnerId }) => partnerId))];
    const partners = ids.length > 0 ? await this.partners.those(ACTOR, ids) : [];
    return new Map(partners.filter(({ kind }) => kind === 'isp').map((partner) => [partner.id, partner]));
  }

  private async workOrderFact(event: PublishedEvent, { id, timeZone }: PartnerView): Promise<PublicFact> {
    const news = event.payload as WorkOrderNews;
    const order = await this.workOrders.getByGuid(actorOf(id), news.guid);
    return presentWorkOrderNews(news, order, timeZone, event.occurredAt);
  }
}

// Inside the walls of the partner that is told: what it may not see cannot come into its events.
const actorOf = (partnerId: number) => systemActorFor('wholesale-events', partnerId);
const isOfService = ({ name }: PublishedEvent): boolean => name.startsWith('services.service.');
const isOfWorkOrder = ({ name }: PublishedEvent): boolean => name.startsWith('work_orders.work_order.');
