import {
  type ClockTarget,
  type EscalationStep,
  type SlaTerms,
  type TicketView,
  clocksRun,
  escalationAt,
  nextInstant,
} from '@isp/domain/tickets';

/** A clock that something is to happen to, with what is to be known of its ticket. */
export type DueClock = Pick<TicketView, 'partnerId' | 'customerId' | 'number' | 'category' | 'priority' | 'status'> &
  Pick<TicketView, 'policyId' | 'policyVersion' | 'calendarId' | 'calendarVersion' | 'version' | 'escalationLevel'> & {
    readonly ticketId: number;
    readonly target: ClockTarget;
    readonly warnAt: Date | null;
    readonly dueAt: Date | null;
    readonly warnedAt: Date | null;
    readonly breachedAt: Date | null;
    readonly escalations: number;
  };

/** What happened to it. */
export interface SweptClock {
  readonly clock: DueClock;
  /** Now, and not before. */
  readonly warned: boolean;
  /** When its time was over; null when that was known before, or is not so. */
  readonly breachedAt: Date | null;
  /** The highest step of its chain that is due now; null: none. */
  readonly escalation: EscalationStep | null;
  /** Steps of the chain that are done. */
  readonly escalations: number;
  readonly nextAt: Date | null;
  /** The ticket's, after this. */
  readonly version: number;
}

/** What is to happen to a clock by an instant. A warning that comes too late to be one is left out. Pure. */
export function sweepClock(clock: DueClock, terms: SlaTerms, at: Date): SweptClock {
  const chain = terms.chain(clock.target);
  const runs = clocksRun(clock.status);
  const missed = clock.breachedAt === null && clock.dueAt !== null && clock.dueAt <= at;
  const breachedAt = missed ? clock.dueAt : clock.breachedAt;
  const warned = !breachedAt && clock.warnedAt === null && clock.warnAt !== null && clock.warnAt <= at;
  const steps = breachedAt && runs ? chain.filter((step) => escalationAt(breachedAt, step) <= at).length : 0;
  const escalations = Math.max(clock.escalations, steps);
  const step = chain.slice(clock.escalations, escalations).sort((one, other) => other.level - one.level)[0] ?? null;
  const escalation = step && step.level > clock.escalationLevel ? step : null;
  const progress = { warnedAt: warned ? at : clock.warnedAt, breachedAt, escalations };
  return {
    clock,
    warned,
    breachedAt: missed ? clock.dueAt : null,
    escalation,
    escalations,
    nextAt: nextInstant(clock, progress, { chain, runs }),
    version: clock.version + (escalation ? 1 : 0),
  };
}
