import { type WorkingCalendar, afterWork, workedMs } from './working-time.policy.js';

/** All that a clock follows from. */
export interface ClockTerms {
  /** Null: around the clock. */
  readonly calendar: WorkingCalendar | null;
  readonly targetSeconds: number;
  readonly warnPercent: number;
}

/** When a clock ran: from `openedAt` on, except in its stops; the last stop has no end while it stands still. */
export interface ClockRun {
  readonly openedAt: Date;
  readonly stoppedFrom: readonly Date[];
  readonly stoppedUntil: readonly Date[];
}

export interface ClockReading {
  /** Null while the clock stands still before it is due. */
  readonly dueAt: Date | null;
  /** As `dueAt`, of the warning before it. */
  readonly warnAt: Date | null;
}

/** When the target of a ticket is used up, and when so much of it is that somebody is to be warned. Pure. */
export function readClock({ calendar, targetSeconds, warnPercent }: ClockTerms, run: ClockRun): ClockReading {
  const target = targetSeconds * 1_000;
  return {
    dueAt: instantOf(calendar, run, target),
    warnAt: instantOf(calendar, run, Math.floor((targetSeconds * warnPercent) / 100) * 1_000),
  };
}

/** Whole seconds that counted from the opening until an instant. */
export function spentSeconds(calendar: WorkingCalendar | null, run: ClockRun, until: Date): number {
  const spent = running(run).reduce(
    (sum, [from, to]) => sum + workedMs(calendar, from, Math.min(to ?? Infinity, until.getTime())),
    0,
  );
  return Math.floor(spent / 1_000);
}

function instantOf(calendar: WorkingCalendar | null, run: ClockRun, work: number): Date | null {
  let left = work;
  for (const [from, to] of running(run)) {
    const spent = to === null ? Infinity : workedMs(calendar, from, to);
    if (spent >= left) {
      const at = afterWork(calendar, from, left);
      return at === undefined ? null : new Date(at);
    }
    left -= spent;
  }
  return null;
}

/** The spans in which the clock ran; the last one has no end while it runs. */
function running({ openedAt, stoppedFrom, stoppedUntil }: ClockRun): (readonly [number, number | null])[] {
  const begins = [openedAt, ...stoppedUntil].map((at) => at.getTime());
  return begins.map((from, index) => [from, stoppedFrom[index]?.getTime() ?? null] as const);
}

/** What follows a breach: so many minutes after it, a ticket goes up to a level. */
export interface EscalationStep {
  readonly target: 'first_response' | 'resolution';
  readonly afterMinutes: number;
  /** 1 to 9. */
  readonly level: number;
  /** Team or person that is to see to it. */
  readonly to: string;
}

/** How far a clock has come. */
export interface ClockProgress {
  readonly warnedAt: Date | null;
  readonly breachedAt: Date | null;
  /** Steps of the chain that are done. */
  readonly escalations: number;
}

/** When a step of the chain is due, by the clock on the wall, whoever works then. */
export function escalationAt(breachedAt: Date, step: EscalationStep): Date {
  return new Date(breachedAt.getTime() + step.afterMinutes * 60_000);
}

/** When something is to happen next to a clock that has not ended; null: nothing until it runs again. Pure. */
export function nextInstant(
  { dueAt, warnAt }: ClockReading,
  { warnedAt, breachedAt, escalations }: ClockProgress,
  { chain, runs }: { readonly chain: readonly EscalationStep[]; readonly runs: boolean },
): Date | null {
  const step = chain[escalations];
  if (breachedAt) return step && runs ? escalationAt(breachedAt, step) : null;
  if (!dueAt) return null;
  return warnedAt === null && warnAt !== null && warnAt < dueAt ? warnAt : dueAt;
}
