import { Injectable } from '@nestjs/common';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { EVENT_NAMES, publicFactOf } from '../catalogue/event-catalogue.js';
import { EventPublisher } from './event-publisher.js';

@Injectable()
@ListensTo({ name: 'webhooks.fan-out', events: EVENT_NAMES })
export class FanOutListener implements ListensToEvents {
  constructor(private readonly publisher: EventPublisher) {}

  async on({ id, name, partnerId, payload, occurredAt }: PublishedEvent): Promise<void> {
    const fact = publicFactOf(name, payload);
    if (fact) await this.publisher.publish({ eventId: id, partnerId, occurredAt, fact });
  }
}
