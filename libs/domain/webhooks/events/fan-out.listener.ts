import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ListensTo, type ListensToEvents, type PublishedEvent } from '@isp/platform/work';
import { EVENT_NAMES, publicFactOf } from '../catalogue/event-catalogue.js';
import { EventDialects } from '../dialects/event-dialects.js';
import { EventPublisher } from './event-publisher.js';

@Injectable()
@ListensTo({ name: 'webhooks.fan-out', events: EVENT_NAMES, batched: true })
export class FanOutListener implements ListensToEvents {
  constructor(
    private readonly publisher: EventPublisher,
    private readonly dialects: EventDialects,
  ) {}

  async on(event: PublishedEvent): Promise<void> {
    const { id, name, partnerId, payload, occurredAt } = event;
    const fact = publicFactOf(name, payload);
    if (fact) await this.publisher.publish({ eventId: id, partnerId, occurredAt, fact });
    for (const told of await this.dialects.factsOf(event))
      await this.publisher.publish({ eventId: idIn(told.type, id), partnerId, occurredAt, fact: told });
  }
}

/** The same event told in other words has an id of its own, and the same one on every try (RFC 9562, version 8). */
function idIn(type: string, eventId: string): string {
  const hex = createHash('sha256').update(`${type} ${eventId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
