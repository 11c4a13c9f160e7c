import { Injectable, type OnApplicationBootstrap, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { EVENTS, type EventName, JOBS, type JobName } from '@isp/contracts';
import {
  EVENT_LISTENER,
  type HandlesJob,
  JOB_HANDLER,
  type JobHandlerOptions,
  type ListenerOptions,
  type ListensToEvents,
  SCHEDULED,
  type Scheduled,
  type ScheduleOptions,
} from './handlers.js';

interface Found<O, I> {
  readonly options: O;
  readonly instance: I;
}

/** Who handles what, found among the providers of a worker. A worker with a gap or a double refuses to boot. */
@Injectable()
export class HandlerRegistry implements OnApplicationBootstrap {
  readonly jobs = new Map<JobName, Found<JobHandlerOptions<JobName>, HandlesJob<JobName>>>();
  readonly listeners = new Map<string, Found<ListenerOptions, ListensToEvents>>();
  readonly schedules = new Map<string, Found<ScheduleOptions, Scheduled>>();

  constructor(private readonly discovery: DiscoveryService) {}

  onApplicationBootstrap(): void {
    for (const { options, instance } of this.withMetadata<JobHandlerOptions<JobName>, HandlesJob<JobName>>(
      JOB_HANDLER,
    )) {
      put(this.jobs, options.job, { options, instance }, 'job');
    }
    for (const { options, instance } of this.withMetadata<ListenerOptions, ListensToEvents>(EVENT_LISTENER)) {
      put(this.listeners, options.name, { options, instance }, 'listener');
    }
    for (const { options, instance } of this.withMetadata<ScheduleOptions, Scheduled>(SCHEDULED)) {
      const { everySeconds = options.everySeconds } = instance;
      put(this.schedules, options.name, { options: { ...options, everySeconds }, instance }, 'schedule');
    }
    this.refuseGaps();
  }

  /** Pairs of event name and listener name, as two columns for SQL. */
  routes(): { readonly events: string[]; readonly listeners: string[] } {
    const pairs = [...this.listeners.values()].flatMap(({ options }) =>
      options.events.map((event) => [event, options.name] as const),
    );
    return { events: pairs.map(([event]) => event), listeners: pairs.map(([, listener]) => listener) };
  }

  /** What listeners say of the events that concern them: conditions over an event `b`, by the name of the listener. */
  conditions(): ReadonlyMap<string, string> {
    return new Map(
      [...this.listeners.values()].flatMap(({ options: { name, concerning } }) =>
        concerning ? [[name, concerning] as const] : [],
      ),
    );
  }

  private refuseGaps(): void {
    const own = new Set<string>(['platform.listener', 'platform.schedule']);
    const orphans = (Object.keys(JOBS) as JobName[]).filter((job) => !own.has(job) && !this.jobs.has(job));
    if (orphans.length > 0) throw new Error(`no handler for job ${orphans.join(', ')}`);
    const heard = new Set(this.routes().events);
    const unheard = (Object.keys(EVENTS) as EventName[]).filter((event) => !heard.has(event));
    if (unheard.length > 0) throw new Error(`no listener for event ${unheard.join(', ')}`);
  }

  private *withMetadata<O, I>(key: string): Generator<Found<O, I>> {
    for (const wrapper of this.discovery.getProviders()) {
      if (!wrapper.metatype || !wrapper.instance) continue;
      const options = Reflect.getMetadata(key, wrapper.metatype as Type) as O | undefined;
      if (options) yield { options, instance: wrapper.instance as I };
    }
  }
}

function put<K, V extends { readonly instance: unknown }>(map: Map<K, V>, key: K, value: V, kind: string): void {
  const known = map.get(key);
  if (known && known.instance !== value.instance) throw new Error(`two handlers for ${kind} ${String(key)}`);
  map.set(key, value);
}
