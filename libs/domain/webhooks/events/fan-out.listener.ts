import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { currentRequestId } from '@isp/platform/logging';
import { ListensTo, type ListensToEvents, type PublishedEvent, type TracedEvent } from '@isp/platform/work';
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

  on(event: PublishedEvent): Promise<void> {
    return this.onAll([{ ...event, requestId: currentRequestId() }]);
  }

  async onAll(events: readonly TracedEvent[]): Promise<void> {
    const dialects = await this.dialects.factsOf(events);
    const publications = events.flatMap(({ id, name, partnerId, payload, occurredAt, requestId }, index) => {
      const fact = publicFactOf(name, payload);
      const own = fact ? [{ eventId: id, partnerId, occurredAt, fact, requestId }] : [];
      const told = dialects[index] ?? [];
      return [
        ...own,
        ...told.map((other) => ({ eventId: idIn(other.type, id), partnerId, occurredAt, fact: other, requestId })),
      ];
    });
    await this.publisher.publish(...publications);
  }
}

/** The same event told in other words has an id of its own, and the same one on every try (RFC 9562, version 8). */
function idIn(type: string, eventId: string): string {
  const hex = createHash('sha256').update(`${type} ${eventId}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
