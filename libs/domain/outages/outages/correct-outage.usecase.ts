import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { LevelBook } from '../levels/level-book.js';
import { Notices } from '../notices/notices.js';
import { assertOperator, outageErrors } from '../outages.errors.js';
import { OutageTickets } from './outage-tickets.js';
import { OutageRepository } from './outage.repository.js';
import { type OutageStatus, type OutageView, outageStates } from './outage.view.js';

const NOTE = statement(
  'outage-corrections-note',
  `INSERT INTO outage_corrections (outage_id, at, corrected_by, reason, was_started_at, was_ended_at, was_status, started_at, ended_at, status)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
);
const COUNT = statement(
  'outage-corrections-count',
  'SELECT count(*)::integer AS n FROM outage_corrections WHERE outage_id = $1',
);

export interface CorrectOutageInput {
  readonly actor: Actor;
  readonly outageId: number;
  readonly startedAt?: Date | undefined;
  readonly endedAt?: Date | undefined;
  /** It was none: it counts for nothing. */
  readonly cancel?: boolean | undefined;
  readonly reason: string;
}

/**
 * What a person knows better than the poller: when an outage began and ended, or that it was none. An end that is given
 * to one that lasts ends it. What it was stays on record; the services are measured anew, and credits follow by the difference.
 * @throws `outages.outage.not_found`, `….backwards`, `….ahead`, `….unchanged`, `….illegal_move`
 */
@Injectable()
export class CorrectOutage {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly outages: OutageRepository,
    private readonly levels: LevelBook,
    private readonly notices: Notices,
    private readonly tickets: OutageTickets,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute(input: CorrectOutageInput): Promise<OutageView> {
    const { actor, outageId, reason } = input;
    assertOperator(actor);
    return this.uow.run(actor, async (tx) => {
      await this.outages.lock();
      const was = await this.outages.get(outageId, true);
      const now = this.clock.now();
      const next = corrected(was, input, now);
      const times = [was.startedAt, was.endedAt, was.status, next.startedAt, next.endedAt, next.status];
      await tx.execute(NOTE, [outageId, now, actor.name, reason, ...times]);
      const revision = (await tx.one<{ n: number }>(COUNT, [outageId]))?.n ?? 1;
      const outage = await this.outages.change(was, next, now);
      // Whoever says when it began says so for all that it reached.
      if (+next.startedAt !== +was.startedAt) await this.outages.since(outageId, next.startedAt);
      await this.notices.ofOutage(outage, 'corrected', now, revision);
      if (outage.status !== was.status) await this.tickets.end(actor, outage, reason);
      const from = was.startedAt < next.startedAt ? was.startedAt : next.startedAt;
      const ends = [was.endedAt ?? now, next.endedAt ?? now];
      await this.levels.touchedBy(
        outageId,
        from,
        ends.reduce((a, b) => (a > b ? a : b)),
      );
      const changes = { reason, started_at: [was.startedAt, next.startedAt], ended_at: [was.endedAt, next.endedAt] };
      const subject = { type: 'outage', id: outageId };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'outage.correct', subject, changes });
      return outage;
    });
  }
}

/** What the outage is to be. */
function corrected(was: OutageView, { startedAt: start, endedAt: end, cancel }: CorrectOutageInput, now: Date) {
  const startedAt = start ?? was.startedAt;
  const endedAt = end ?? was.endedAt;
  const status: OutageStatus = cancel ? 'cancelled' : end ? 'resolved' : was.status;
  const refused = (): Error => outageErrors('outages.outage.illegal_move', { from: was.status, to: status });
  if (was.status !== status) outageStates.assert(was.status, status, refused);
  else if (outageStates.terminal.includes(status)) throw refused();
  assertTimes(startedAt, endedAt, now);
  if (status === was.status && +startedAt === +was.startedAt && +(endedAt ?? 0) === +(was.endedAt ?? 0))
    throw outageErrors('outages.outage.unchanged');
  return { startedAt, endedAt, status, closesAt: status === 'recovering' ? was.closesAt : null };
}

function assertTimes(startedAt: Date, endedAt: Date | null, now: Date): void {
  if (startedAt > now || (endedAt && endedAt > now)) throw outageErrors('outages.outage.ahead');
  if (endedAt && endedAt < startedAt) throw outageErrors('outages.outage.backwards');
}
