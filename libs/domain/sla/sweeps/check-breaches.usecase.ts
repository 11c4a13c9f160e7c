import { setImmediate as nextTurn } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type SlaTerms, SlaTermsBook, TicketFacts } from '@isp/domain/tickets';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, together } from '@isp/platform/database';
import { type DueClock, type SweptClock, sweepClock } from './sweep.policy.js';
import { SweepRepository } from './sweep.repository.js';

/** Clocks that one transaction takes. */
const AT_ONCE = 250;
/** Transactions at the same time: the server writes what one of them found while the next one is worked out. */
const SIDE_BY_SIDE = 2;

export interface BreachedTicket {
  readonly ticketId: number;
  /** Null: the ticket is of nobody in particular. */
  readonly customerId: number | null;
  readonly breachTime: Date;
  readonly overdueMinutes: number;
}

export interface WarnedTicket {
  readonly ticketId: number;
  readonly customerId: number | null;
  readonly timeRemainingMinutes: number;
}

/** What one sweep found. */
export interface SweepResult {
  readonly breached: readonly BreachedTicket[];
  readonly warned: readonly WarnedTicket[];
  /** Tickets that something was to happen to. */
  readonly checked: number;
  readonly at: Date;
}

/**
 * Looks at the clocks that something is to happen to by now, found by index, and at no others: warns, declares breaches
 * and goes up the escalation chains, each once, however many sweep at the same time. What another one has in hands is
 * left to it.
 */
@Injectable()
export class CheckBreaches {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly due: SweepRepository,
    private readonly terms: SlaTermsBook,
    private readonly facts: TicketFacts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(actor: Actor): Promise<SweepResult> {
    const at = this.clock.now();
    // A transaction that is there already has one connection, and its own locks keep nothing from itself.
    const lanes = this.uow.active ? 1 : SIDE_BY_SIDE;
    const swept = await together(Array.from({ length: lanes }, () => this.sweepAll(actor, at)));
    return resultOf(swept.flat(), at);
  }

  private async sweepAll(actor: Actor, at: Date): Promise<SweptClock[]> {
    const swept: SweptClock[] = [];
    for (;;) {
      const some = await this.uow.run(actor, () => this.sweep(actor, at));
      swept.push(...some);
      if (some.length < AT_ONCE) return swept;
    }
  }

  private async sweep(actor: Actor, at: Date): Promise<SweptClock[]> {
    const found = await this.due.take(at, AT_ONCE);
    const terms = await this.termsOf(found);
    const swept = found.map((clock) => sweepClock(clock, terms.get(keyOf(clock)) as SlaTerms, at));
    await together([this.due.save(actor, swept, at), this.tellAll(swept, at)]);
    return swept;
  }

  private async termsOf(found: readonly DueClock[]): Promise<Map<string, SlaTerms>> {
    const terms = new Map<string, SlaTerms>();
    for (const clock of found) if (!terms.has(keyOf(clock))) terms.set(keyOf(clock), await this.terms.of(clock));
    return terms;
  }

  private async tellAll(swept: readonly SweptClock[], at: Date): Promise<void> {
    // What is saved leaves at the end of a turn: the server writes it while the events are made.
    await nextTurn();
    for (const clock of swept) this.tell(clock, at);
  }

  private tell({ clock, warned, breachedAt, escalation, version }: SweptClock, at: Date): void {
    const ticket = { ...clock, id: clock.ticketId, version };
    const { dueAt } = clock;
    if (warned && dueAt) this.facts.warned(ticket, clock.target, dueAt, (dueAt.getTime() - at.getTime()) / 1_000);
    if (breachedAt) this.facts.breached(ticket, clock.target, breachedAt);
    if (escalation) this.facts.escalated(ticket, escalation.level, escalation.to);
  }
}

const keyOf = ({ policyId, policyVersion, calendarId, calendarVersion }: DueClock): string =>
  [policyId, policyVersion, calendarId, calendarVersion].join(' ');

/** A ticket is named once, with the breach that came first; the oldest first. */
function resultOf(swept: readonly SweptClock[], at: Date): SweepResult {
  const breached = new Map<number, BreachedTicket>();
  const warned = new Map<number, WarnedTicket>();
  for (const { clock, breachedAt, warned: isWarned } of swept) {
    const { ticketId, customerId, dueAt } = clock;
    const known = breached.get(ticketId);
    if (breachedAt && !(known && known.breachTime <= breachedAt)) {
      const overdueMinutes = Math.floor((at.getTime() - breachedAt.getTime()) / 60_000);
      breached.set(ticketId, { ticketId, customerId, breachTime: breachedAt, overdueMinutes });
    }
    if (isWarned && dueAt && !warned.has(ticketId)) {
      const timeRemainingMinutes = Math.floor((dueAt.getTime() - at.getTime()) / 60_000);
      warned.set(ticketId, { ticketId, customerId, timeRemainingMinutes });
    }
  }
  const checked = new Set(swept.map(({ clock }) => clock.ticketId)).size;
  return {
    breached: [...breached.values()].sort((one, other) => one.breachTime.getTime() - other.breachTime.getTime()),
    warned: [...warned.values()].sort((one, other) => one.timeRemainingMinutes - other.timeRemainingMinutes),
    checked,
    at,
  };
}
