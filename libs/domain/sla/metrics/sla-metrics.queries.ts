import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type ClockTarget, TICKET_PRIORITIES, type TicketPriority } from '@isp/domain/tickets';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { type Statement, UnitOfWork, statement } from '@isp/platform/database';

const DAY_MS = 86_400_000;

/** How many were decided in a period, and how. */
export interface SlaTally {
  readonly total: number;
  readonly within: number;
  readonly breached: number;
  /** Distinct tickets that went up a level. */
  readonly escalated: number;
  /** Time that counted, of those that were done in the period, in time or not; null when there was none. */
  readonly averageSeconds: number | null;
}
export type SlaTallyOf = SlaTally & { readonly key: string };

export interface SlaPerformance extends SlaTally {
  readonly from: Date;
  readonly until: Date;
  readonly days: number;
  readonly byPriority: Readonly<Record<TicketPriority, SlaTally>>;
}

export const SLA_DIMENSIONS = ['priority', 'category', 'partner', 'team'] as const;
export type SlaDimension = (typeof SLA_DIMENSIONS)[number];

const TALLY = `count(*) FILTER (WHERE f.outcome IN ('met', 'breached'))::integer AS total,
  count(*) FILTER (WHERE f.outcome = 'met')::integer AS within, count(*) FILTER (WHERE f.outcome = 'breached')::integer AS breached,
  sum(f.spent_seconds) FILTER (WHERE f.outcome IN ('met', 'late'))::float8 AS spent,
  count(*) FILTER (WHERE f.outcome IN ('met', 'late'))::integer AS done`;
const MATCH = `FROM ticket_clock_facts f WHERE f.target = $1 AND f.at >= $2 AND f.at < $3`;
const KEYS = {
  priority: ['f.priority', 'x.key'],
  category: ['f.category_id', '(SELECT k.code FROM ticket_categories k WHERE k.id = x.key)'],
  partner: ['f.partner_id', 'x.key::text'],
  team: ['f.team_id', `coalesce((SELECT m.name FROM support_teams m WHERE m.id = x.key), '')`],
} as const;

// Distinct tickets are counted apart: in one go all facts would be sorted for the few that went up a level.
// Each partner's facts lie together in an index; over all of them they lie in the order of time.
function tallyBy(dimension: SlaDimension, ofPartner: boolean): Statement {
  const [column, name] = KEYS[dimension];
  const match = `${MATCH} ${ofPartner ? 'AND f.partner_id = $4' : ''}`;
  return statement(
    `sla-tally-${dimension}${ofPartner ? '-of-partner' : ''}`,
    `SELECT ${name} AS key, x.total, x.within, x.breached, coalesce(e.escalated, 0) AS escalated, x.spent, x.done
       FROM (SELECT ${column} AS key, ${TALLY} ${match} GROUP BY 1) x
       LEFT JOIN (SELECT ${column} AS key, count(DISTINCT f.ticket_id)::integer AS escalated ${match} AND f.outcome = 'escalated' GROUP BY 1) e
         ON e.key IS NOT DISTINCT FROM x.key ORDER BY 1`,
  );
}
const BY = Object.fromEntries(
  SLA_DIMENSIONS.map((one) => [one, { all: tallyBy(one, false), partner: tallyBy(one, true) }]),
) as Record<SlaDimension, { readonly all: Statement; readonly partner: Statement }>;

interface Row extends Omit<SlaTally, 'averageSeconds'> {
  readonly key: string;
  readonly spent: number | null;
  readonly done: number;
}

/**
 * How well targets are kept, from what was decided in a period: a clock that ended in time, or one whose time was over.
 * Facts never change, so a period's figures stay what they were, whatever becomes of its tickets.
 */
@Injectable()
export class SlaMetrics {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Of solutions, in the days before now. */
  async performance(actor: Actor, days: number): Promise<SlaPerformance> {
    const { from, until } = this.period(days);
    const rows = await this.rows(actor, 'priority', 'resolution', { from, until });
    const byPriority = Object.fromEntries(
      TICKET_PRIORITIES.map((priority) => [priority, sum(rows.filter(({ key }) => key === priority))]),
    ) as Record<TicketPriority, SlaTally>;
    return { ...sum(rows), from, until, days, byPriority };
  }

  /** In the days before now; a dimension's values that nothing was decided for are left out. */
  async breakdown(actor: Actor, by: SlaDimension, target: ClockTarget, days: number): Promise<SlaTallyOf[]> {
    const rows = await this.rows(actor, by, target, this.period(days));
    return rows.map((row) => ({ key: row.key, ...sum([row]) }));
  }

  private period(days: number) {
    const until = this.clock.now();
    return { from: new Date(until.getTime() - days * DAY_MS), until };
  }

  private rows(
    actor: Actor,
    by: SlaDimension,
    target: ClockTarget,
    { from, until }: { readonly from: Date; readonly until: Date },
  ): Promise<Row[]> {
    const all = actor.reach === 'all';
    const values = [target, from, until, ...(all ? [] : [actor.partnerId])];
    return this.uow.read(actor, (tx) => tx.query<Row>(BY[by][all ? 'all' : 'partner'], values));
  }
}

function sum(rows: readonly Row[]): SlaTally {
  const of = (figure: 'total' | 'within' | 'breached' | 'escalated' | 'done'): number =>
    rows.reduce((total, row) => total + row[figure], 0);
  const spent = rows.reduce((total, row) => total + (row.spent ?? 0), 0);
  const done = of('done');
  const averageSeconds = done === 0 ? null : spent / done;
  return {
    total: of('total'),
    within: of('within'),
    breached: of('breached'),
    escalated: of('escalated'),
    averageSeconds,
  };
}
