import { Injectable, Module } from '@nestjs/common';
import type { PublishedEvent } from '@isp/platform/work';
import type { PublicFact } from '../catalogue/event-entries.js';

/**
 * What happened in the words of one public API, beside the catalogue's own words: an extension point. Each fact has one
 * of the types that the catalogue lists for dialects; the reads join the listener's transaction.
 */
export interface EventDialect {
  /** What there is to tell of each event, in their order. */
  factsOf(events: readonly PublishedEvent[]): Promise<readonly (readonly PublicFact[])[]>;
}

/** Whoever speaks a dialect says so here when the program starts. */
@Injectable()
export class EventDialects implements EventDialect {
  private readonly known: EventDialect[] = [];

  add(dialect: EventDialect): void {
    this.known.push(dialect);
  }

  async factsOf(events: readonly PublishedEvent[]): Promise<readonly (readonly PublicFact[])[]> {
    const facts: PublicFact[][] = events.map(() => []);
    // One after the other: they read on one connection.
    for (const dialect of this.known) {
      const told = await dialect.factsOf(events);
      told.forEach((ofEvent, index) => facts[index]?.push(...ofEvent));
    }
    return facts;
  }
}

@Module({ providers: [EventDialects], exports: [EventDialects] })
export class EventDialectsModule {}
