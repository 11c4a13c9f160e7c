import { Injectable } from '@nestjs/common';
import { UnitOfWork, statement } from '@isp/platform/database';
import { clocksRun } from '../tickets/ticket.states.js';
import { CLOCK_COLUMNS, type ClockTarget, type ClockView, type TicketView } from '../tickets/ticket.view.js';
import { nextInstant, readClock, spentSeconds } from './clock.policy.js';
import { type SlaTerms, SlaTermsBook } from './sla-terms.js';
import { TicketFacts } from './ticket-facts.js';

const TARGETS: readonly ClockTarget[] = ['first_response', 'resolution'];
const INSERT = statement(
  'ticket-clocks-insert',
  `INSERT INTO ticket_clocks (partner_id, customer_id, ticket_id, target, target_seconds, warn_at, due_at, next_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
const OF_TICKET = statement(
  'ticket-clocks-of',
  `SELECT ${CLOCK_COLUMNS} FROM ticket_clocks c WHERE c.ticket_id = $1 ORDER BY c.target`,
);
const SAVE = statement(
  'ticket-clocks-save',
  `UPDATE ticket_clocks SET target_seconds = $3, warn_at = $4, due_at = $5, breached_at = $6, ended_at = $7, ended_as = $8, spent_seconds = $9,
          next_at = $10, warned_at = $11 WHERE ticket_id = $1 AND target = $2`,
);

/** The clocks of one ticket, in the transaction of what happens to it. The ticket is locked. */
@Injectable()
export class TicketClocks {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: SlaTermsBook,
    private readonly facts: TicketFacts,
  ) {}

  /** Sets both going. */
  async open(ticket: TicketView): Promise<void> {
    const terms = await this.book.of(ticket);
    const fresh = { warnedAt: null, breachedAt: null, escalations: 0 };
    for (const target of TARGETS) {
      const of = terms.of(ticket.priority, target);
      const reading = readClock(of, ticket);
      const next = nextInstant(reading, fresh, { chain: terms.chain(target), runs: true });
      const when = [of.targetSeconds, reading.warnAt, reading.dueAt, next];
      await this.uow.tx.execute(INSERT, [ticket.partnerId, ticket.customerId, ticket.id, target, ...when]);
    }
  }

  of(ticketId: number): Promise<ClockView[]> {
    return this.uow.tx.query<ClockView>(OF_TICKET, [ticketId]);
  }

  /** Declares what was due by an instant, also where no sweep has come by yet: what changes now does not undo it. */
  async declareDue(ticket: TicketView, at: Date): Promise<void> {
    const terms = await this.book.of(ticket);
    for (const clock of await this.of(ticket.id)) {
      const { target, endedAt, breachedAt, dueAt } = clock;
      if (endedAt || breachedAt || dueAt === null || dueAt > at) continue;
      this.facts.breached(ticket, target, dueAt);
      await this.save(ticket, { ...clock, breachedAt: dueAt }, terms, at);
    }
  }

  /**
   * After a change of what the clocks follow from: the priority, or a stop that began or ended. A target that the change
   * moves into the past is missed now, and not in a time whose figures are known already.
   */
  async refresh(ticket: TicketView, at: Date): Promise<void> {
    await this.declareDue(ticket, at);
    const terms = await this.book.of(ticket);
    for (const clock of await this.of(ticket.id)) if (!clock.endedAt) await this.save(ticket, clock, terms, at);
  }

  /**
   * Ends those of the targets that have not ended. One whose time was over is a breach, also where no sweep has come by
   * yet; `void` is of no account.
   */
  async end(ticket: TicketView, targets: readonly ClockTarget[], at: Date, asVoid = false): Promise<void> {
    const terms = await this.book.of(ticket);
    for (const clock of await this.of(ticket.id)) {
      if (clock.endedAt || !targets.includes(clock.target)) continue;
      const { calendar, ...of } = terms.of(ticket.priority, clock.target);
      const dueAt = later(readClock({ calendar, ...of }, ticket).dueAt, clock.dueAt);
      const missed = !asVoid && clock.breachedAt === null && dueAt !== null && dueAt <= at;
      if (missed) this.facts.breached(ticket, clock.target, dueAt);
      const breachedAt = missed ? dueAt : clock.breachedAt;
      const endedAs = asVoid ? 'void' : breachedAt === null ? 'met' : 'late';
      const ended = { endedAt: at, endedAs, spentSeconds: spentSeconds(calendar, ticket, at) } as const;
      await this.save(ticket, { ...clock, breachedAt, ...ended }, terms, at);
    }
  }

  /** Lets the clock of the solution go on where it stood. */
  async reopen(ticket: TicketView, at: Date): Promise<void> {
    const terms = await this.book.of(ticket);
    const clock = (await this.of(ticket.id)).find(({ target }) => target === 'resolution');
    if (clock) await this.save(ticket, { ...clock, endedAt: null, endedAs: null, spentSeconds: null }, terms, at);
  }

  private async save(ticket: TicketView, clock: ClockView, terms: SlaTerms, at: Date): Promise<void> {
    const of = terms.of(ticket.priority, clock.target);
    const read = readClock(of, ticket);
    const moved = clock.breachedAt === null && read.dueAt !== null && read.dueAt < at && !clock.endedAt;
    const reading = moved ? { ...read, dueAt: at } : read;
    // A warning that lies ahead again is given again.
    const ahead = clock.breachedAt === null && reading.warnAt !== null && reading.warnAt > at;
    const warnedAt = ahead ? null : clock.warnedAt;
    const rest = { chain: terms.chain(clock.target), runs: clocksRun(ticket.status) };
    const next = clock.endedAt ? null : nextInstant(reading, { ...clock, warnedAt }, rest);
    const { breachedAt, endedAt, endedAs, spentSeconds: spent } = clock;
    const when = [of.targetSeconds, reading.warnAt, reading.dueAt, breachedAt, endedAt, endedAs, spent, next, warnedAt];
    await this.uow.tx.execute(SAVE, [ticket.id, clock.target, ...when]);
  }
}

/** The later of two instants; null while the clock stands still. */
const later = (read: Date | null, kept: Date | null): Date | null =>
  read !== null && kept !== null && kept > read ? kept : read;
