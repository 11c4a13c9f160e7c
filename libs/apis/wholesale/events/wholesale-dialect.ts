import { Injectable, type OnModuleInit } from '@nestjs/common';
import { systemActorFor } from '@isp/contracts';
import { LineQueries } from '@isp/domain/ordering';
import { PartnerQueries } from '@isp/domain/partners';
import { type EventDialect, EventDialects, type PublicFact } from '@isp/domain/webhooks';
import { WorkOrderQueries } from '@isp/domain/work-orders';
import type { PublishedEvent } from '@isp/platform/work';
import { presentServiceNews, presentWorkOrderNews, type ServiceNews, type WorkOrderNews } from './news.presenter.js';

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

  async factsOf({ name, partnerId, payload, occurredAt }: PublishedEvent): Promise<readonly PublicFact[]> {
    const ofService = name.startsWith('services.service.');
    if (!ofService && !name.startsWith('work_orders.work_order.')) return [];
    // Inside the walls of the partner that is told: what it may not see cannot come into its events.
    const actor = systemActorFor('wholesale-events', partnerId);
    const { kind, timeZone } = await this.partners.get(actor, partnerId);
    if (kind !== 'isp') return [];
    if (ofService) {
      const news = payload as ServiceNews;
      return [presentServiceNews(news, await this.lines.ofService(actor, news.service_id), occurredAt)];
    }
    const news = payload as WorkOrderNews;
    return [presentWorkOrderNews(news, await this.workOrders.getByGuid(actor, news.guid), timeZone, occurredAt)];
  }
}
