import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import { CREDITED } from '../credits/credited.js';
import { SettleCredits } from '../credits/settle-credits.usecase.js';
import { LevelBook } from './level-book.js';
import { LevelFactsReader, type LevelKey } from './level-facts.js';
import type { LevelFacts } from './level.types.js';
import { measure } from './measure.js';

const ACTOR = systemActor('outages');
const BATCH = 200;
/** A month that lasts is measured so often; one that is over once more after so long, when late news has come. */
const AGAIN_SECONDS = 3_600;

const CLAIM = statement(
  'service-levels-claim',
  'SELECT id FROM service_levels WHERE due_at <= $1 ORDER BY due_at, id LIMIT $2 FOR UPDATE SKIP LOCKED',
);
// The rows are locked by now, so it sees every document of theirs.
const KEEP = statement(
  'service-levels-keep',
  `UPDATE service_levels l SET due_at = to_timestamp(g.due), measured_at = $2, facts = g.facts, agreed_seconds = g.agreed, lived_seconds = g.lived,
          maintenance_seconds = g.maintenance, measured_seconds = g.measured, down_seconds = g.down, committed_percent = g.committed,
          actual_percent = g.actual, latency_ms = g.latency, packet_loss_percent = g.loss, incidents = g.incidents,
          repair_seconds = g.repair, met = g.met, currency = g.currency, credit_amount = g.credit, credit_ready = g.ready,
          credited_amount = ${CREDITED}, credit_error = NULL, credit_again_at = NULL, version = l.version + 1, updated_at = $2
     FROM jsonb_to_recordset($1) AS g (id integer, due bigint, facts jsonb, agreed float8, lived float8, maintenance float8, measured float8, down float8,
          committed numeric, actual numeric, latency float8, loss float8, incidents integer, repair float8, met boolean, currency text,
          credit numeric, ready boolean) WHERE l.id = g.id`,
);

/** Measures what is due, in batches that any number of workers share, and has what falls short credited. */
@Injectable()
export class MeasureLevels {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly book: LevelBook,
    private readonly facts: LevelFactsReader,
    private readonly credits: SettleCredits,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<{ readonly measured: number; readonly credited: number }> {
    while ((await this.uow.run(ACTOR, () => this.book.begin(5_000))) === 5_000);
    let measured = 0;
    for (let batch = BATCH; batch === BATCH; measured += batch) batch = await this.batch();
    return { measured, credited: await this.credits.execute() };
  }

  private batch(): Promise<number> {
    return this.uow.run(ACTOR, async (tx) => {
      const now = this.clock.now();
      const ids = (await tx.query<{ id: number }>(CLAIM, [now, BATCH])).map(({ id }) => id);
      if (ids.length === 0) return 0;
      const rows = (await this.facts.of(ids, now)).map(rowOf(Math.floor(now.getTime() / 1000)));
      await tx.execute(KEEP, [JSON.stringify(rows), now]);
      return ids.length;
    });
  }
}

const rowOf =
  (now: number) =>
  ({ key, facts }: { readonly key: LevelKey; readonly facts: LevelFacts }) => {
    const level = measure(facts);
    const final = now >= facts.until + AGAIN_SECONDS;
    const lasts = facts.outages.some((outage) => outage.lasts);
    return {
      id: key.id,
      due: final ? null : Math.min(now, facts.until) + AGAIN_SECONDS,
      facts,
      agreed: level.agreedSeconds,
      lived: level.livedSeconds,
      maintenance: level.maintenanceSeconds,
      measured: level.measuredSeconds,
      down: level.downSeconds,
      committed: level.committedPercent,
      actual: level.actualPercent,
      latency: level.latencyMs,
      loss: level.packetLossPercent,
      incidents: level.incidents,
      repair: level.repairSeconds,
      met: level.met,
      currency: facts.currency,
      credit: level.creditAmount,
      ready: final || (facts.credit?.when === 'at_once' && !lasts),
    };
  };

@Injectable()
@RunsOnSchedule({ name: 'outages.measure', everySeconds: 60 })
export class MeasureLevelsSchedule implements Scheduled {
  constructor(private readonly levels: MeasureLevels) {}

  async run(): Promise<void> {
    await this.levels.execute();
  }
}
