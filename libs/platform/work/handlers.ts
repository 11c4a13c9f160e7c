import { SetMetadata } from '@nestjs/common';
import type { EventName, EventPayload, JobName, JobPayload } from '@isp/contracts';
import type { Transaction } from '@isp/platform/database';

export const JOB_HANDLER = 'isp:job-handler';
export const EVENT_LISTENER = 'isp:event-listener';
export const SCHEDULED = 'isp:scheduled';

/** One run of one piece of accepted work, as its handler sees it. */
export interface WorkRun {
  readonly workId: string;
  /** Raised by every claim; writes that carry an old one change nothing. */
  readonly epoch: number;
  /** How often this work failed before. */
  readonly failures: number;
  /** Aborted when the lease is lost or the process shuts down. */
  readonly signal: AbortSignal;
  /**
   * Marks the work done in the caller's transaction, so that effect and completion are one. Throws when the run was
   * fenced off by a later claim; the transaction then must not commit.
   */
  complete(): Promise<void>;
  /** Throws in the caller's transaction when a later claim fenced this run off; locks the claim until the commit. */
  fence(): Promise<void>;
  /**
   * As `fence`, in a transaction that brings the work further for good: what killed its process before was not this work,
   * or it got past it. Deaths count from here on, so that long work does not die of three restarts of a machine.
   */
  advance(): Promise<void>;
  /** Puts the work back in the caller's transaction, to be claimed again after `seconds`; no failure is counted. */
  postpone(seconds: number): Promise<void>;
}

export interface JobHandlerOptions<N extends JobName> {
  readonly job: N;
  /** Failures before the work is dead. */
  readonly maxFailures?: number;
  /** First wait after a failure, doubled each time up to `maxDelaySeconds`, with full jitter. */
  readonly baseDelaySeconds?: number;
  readonly maxDelaySeconds?: number;
}

/** One of several pieces of work that were claimed together. */
export interface JobPart<N extends JobName> {
  readonly payload: JobPayload<N>;
  readonly run: WorkRun;
  /** Of the request in whose wake the work is. */
  readonly requestId: string;
}

/** A handler that returns without having called `run.complete()` is completed by the runner. */
export interface HandlesJob<N extends JobName> {
  handle(payload: JobPayload<N>, run: WorkRun): Promise<void>;
  /**
   * For work that costs less together: all parts that were claimed at once. Answers a promise for each, in their order,
   * which is settled when that part is over, so that none waits for a slower one; each fails, is fenced off and is tried
   * again by itself. Work that was part of a death comes alone, to `handle`.
   */
  handleAll?(parts: readonly JobPart<N>[]): readonly Promise<void>[];
  /** Runs in the transaction that declares the work dead. */
  onDead?(payload: JobPayload<N>, reason: string, tx: Transaction): Promise<void>;
}

/** Declares a class as the one handler of a job. */
export const HandlesJobs = <N extends JobName>(options: JobHandlerOptions<N>): ClassDecorator =>
  SetMetadata(JOB_HANDLER, options);

/** An event as its listeners get it. */
export interface PublishedEvent<N extends EventName = EventName> {
  readonly id: string;
  readonly name: N;
  readonly partnerId: number;
  readonly payload: EventPayload<N>;
  readonly occurredAt: Date;
}

/** An event with the request in whose wake it is. */
export interface TracedEvent<N extends EventName = EventName> extends PublishedEvent<N> {
  readonly requestId: string | undefined;
}

/** A listener's effect is in `tx`, together with the note that it has handled the event: it happens once. */
export interface ListensToEvents<N extends EventName = EventName> {
  on(event: PublishedEvent<N>, tx: Transaction): Promise<void>;
  /** Of a batched listener: all events that share `tx`, in their order. Without it `on` is told one after the other. */
  onAll?(events: readonly TracedEvent<N>[], tx: Transaction): Promise<void>;
}

export interface ListenerOptions {
  /** Stable: it names the listener in the database. */
  readonly name: string;
  readonly events: readonly EventName[];
  /**
   * SQL over an event `b` of the outbox (`b.partner_id`, `b.payload`): the listener is given only events for which it is
   * true, and the others cost it nothing. It is asked once, after the event's transaction, so it may only rest on what was
   * there before the event, or what itself looks at the event's subject when it comes later.
   */
  readonly concerning?: string;
  /** Several events may share one transaction; where one of them fails, each is handled in its own. */
  readonly batched?: boolean;
}

/** Declares a class as a listener of events. */
export const ListensTo = (options: ListenerOptions): ClassDecorator => SetMetadata(EVENT_LISTENER, options);

export interface Scheduled {
  /** A period out of the configuration, instead of the declared one. */
  readonly everySeconds?: number;
  run(): Promise<void>;
}

export interface ScheduleOptions {
  readonly name: string;
  readonly everySeconds: number;
}

/** Declares a class that runs once per period across the whole fleet. */
export const RunsOnSchedule = (options: ScheduleOptions): ClassDecorator => SetMetadata(SCHEDULED, options);
