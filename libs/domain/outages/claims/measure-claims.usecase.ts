import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type Clock, addDays, addMonths, localDate, startOfDay, type Span } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import type { LevelFacts, OutageSpan } from '../levels/level.types.js';
import { measure } from '../levels/measure.js';

const ACTOR = systemActor('outages');
/** A correction reaches so many months that are over. */
const MONTHS_BACK = 3;
const BATCH = 200;

const CONTRACTS = statement(
  'supplier-claims-contracts',
  `SELECT c.id, c.valid_from::text AS "validFrom", c.valid_until::text AS "validUntil", c.time_zone AS "timeZone", c.monthly_amount::text AS "monthlyAmount",
          c.currency, c.committed_percent::text AS "committedPercent", c.credit_percent::text AS "creditPercent", c.credit_minutes AS "creditMinutes",
          c.credit_unit AS "creditUnit", c.credit_cap_percent::text AS "creditCapPercent", c.claim_days AS "claimDays"
     FROM supplier_contracts c WHERE c.id > $1 AND (c.valid_until IS NULL OR c.valid_until > $2::date) ORDER BY c.id LIMIT $3 FOR UPDATE`,
);
// What was down with the device, or with anything that stands at the node; work that we announced there ourselves is ours.
const DOWN = statement(
  'supplier-claims-down',
  `SELECT c.id, o.id AS "outageId", extract(epoch FROM o.started_at)::float8 AS "from",
          extract(epoch FROM coalesce(o.ended_at, $2))::float8 AS until, o.ended_at IS NULL AS lasts
     FROM supplier_contracts c JOIN outages o ON o.status IN ('open', 'recovering', 'resolved') AND coalesce(o.ended_at, $2) > $3
      AND (o.device_id = c.device_id OR o.node_id = c.node_id
           OR EXISTS (SELECT FROM outage_devices d JOIN devices v ON v.id = d.device_id
                       WHERE d.outage_id = o.id AND (d.device_id = c.device_id OR v.node_id = c.node_id)))
    WHERE c.id = ANY ($1::integer[]) ORDER BY o.started_at`,
);
const ANNOUNCED = statement(
  'supplier-claims-announced',
  `SELECT c.id, extract(epoch FROM m.starts_at)::float8 AS "from", extract(epoch FROM m.ends_at)::float8 AS until
     FROM supplier_contracts c JOIN maintenance_windows m ON m.status = 'planned' AND m.ends_at > $2 AND (m.device_id = c.device_id OR m.node_id = c.node_id)
    WHERE c.id = ANY ($1::integer[])`,
);
const KEEP = statement(
  'supplier-claims-keep',
  `INSERT INTO supplier_claims AS k (contract_id, period, down_seconds, actual_percent, amount, currency, arithmetic, facts, measured_amount, submit_by)
   SELECT g.contract, g.period, g.down, g.actual, g.amount, g.currency, g.arithmetic, g.facts, g.amount, g.submit_by
     FROM jsonb_to_recordset($1) AS g (contract integer, period date, down integer, actual numeric, amount numeric, currency text, arithmetic text,
          facts jsonb, submit_by date)
    WHERE g.amount > 0 OR EXISTS (SELECT FROM supplier_claims e WHERE e.contract_id = g.contract AND e.period = g.period)
   ON CONFLICT ON CONSTRAINT supplier_claims_once DO UPDATE SET measured_amount = excluded.measured_amount, version = k.version + 1, updated_at = $2,
          down_seconds = CASE WHEN k.status = 'open' THEN excluded.down_seconds ELSE k.down_seconds END,
          actual_percent = CASE WHEN k.status = 'open' THEN excluded.actual_percent ELSE k.actual_percent END,
          amount = CASE WHEN k.status = 'open' THEN excluded.amount ELSE k.amount END,
          arithmetic = CASE WHEN k.status = 'open' THEN excluded.arithmetic ELSE k.arithmetic END,
          facts = CASE WHEN k.status = 'open' THEN excluded.facts ELSE k.facts END,
          submit_by = CASE WHEN k.status = 'open' THEN excluded.submit_by ELSE k.submit_by END
    WHERE k.measured_amount <> excluded.measured_amount OR (k.status = 'open' AND k.down_seconds <> excluded.down_seconds)`,
);

interface Contract {
  readonly id: number;
  readonly validFrom: string;
  readonly validUntil: string | null;
  readonly timeZone: string;
  readonly monthlyAmount: string;
  readonly currency: string;
  readonly committedPercent: string;
  readonly creditPercent: string;
  readonly creditMinutes: number;
  readonly creditUnit: 'started' | 'full';
  readonly creditCapPercent: string;
  readonly claimDays: number;
}
type OfContract<T> = T & { readonly id: number };

/**
 * What suppliers owe for the months that lie back so far: by the same arithmetic by which customers are credited, over the
 * outages of the place that the contract ends at. A claim that was sent stays as it was sent, beside what is measured now.
 */
@Injectable()
export class MeasureClaims {
  constructor(
    private readonly uow: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns how many contracts were looked at */
  async execute(): Promise<number> {
    let [looked, after] = [0, 0];
    for (let more = true; more;) {
      const ids = await this.batch(after);
      looked += ids.length;
      after = ids.at(-1) ?? after;
      more = ids.length === BATCH;
    }
    return looked;
  }

  private batch(after: number): Promise<number[]> {
    return this.uow.run(ACTOR, async (tx) => {
      const now = this.clock.now();
      const since = addMonths(`${localDate(now, 'UTC').slice(0, 7)}-01`, -MONTHS_BACK);
      const contracts = await tx.query<Contract>(CONTRACTS, [after, since, BATCH]);
      const ids = contracts.map(({ id }) => id);
      if (ids.length === 0) return ids;
      // A day more than the first month in whatever zone.
      const from = startOfDay(addDays(since, -1), 'UTC');
      const down = await tx.query<OfContract<OutageSpan>>(DOWN, [ids, now, from]);
      const announced = await tx.query<OfContract<Span>>(ANNOUNCED, [ids, from]);
      const rows = contracts.flatMap((contract) => {
        const of = <T>(some: readonly OfContract<T>[]) => some.filter(({ id }) => id === contract.id);
        return claimsOf(contract, { outages: of(down), maintenance: of(announced) }, now);
      });
      await tx.execute(KEEP, [JSON.stringify(rows), now]);
      return ids;
    });
  }
}

/** The months of a contract up to now. */
function claimsOf(contract: Contract, happened: Pick<LevelFacts, 'outages' | 'maintenance'>, now: Date) {
  const { timeZone, validFrom, validUntil } = contract;
  const month = `${localDate(now, timeZone).slice(0, 7)}-01`;
  const periods = Array.from({ length: MONTHS_BACK + 1 }, (_, back) => addMonths(month, back - MONTHS_BACK));
  const second = (date: string) => Math.floor(startOfDay(date, timeZone).getTime() / 1000);
  return periods.flatMap((period) => {
    const [first, next] = [second(period), second(addMonths(period, 1))];
    const agreed = {
      from: Math.max(first, second(validFrom)),
      until: Math.min(next, validUntil === null ? next : second(validUntil)),
    };
    if (agreed.from >= agreed.until) return [];
    const facts = factsOf(contract, { first, next, agreed, now: Math.floor(now.getTime() / 1000) }, happened);
    const level = measure(facts);
    return [
      {
        contract: contract.id,
        period,
        down: Math.round(level.downSeconds),
        actual: level.actualPercent,
        amount: level.creditAmount,
        currency: contract.currency,
        arithmetic: level.arithmetic,
        facts,
        submit_by: addDays(addMonths(period, 1), contract.claimDays),
      },
    ];
  });
}

function factsOf(
  contract: Contract,
  time: { readonly first: number; readonly next: number; readonly agreed: Span; readonly now: number },
  happened: Pick<LevelFacts, 'outages' | 'maintenance'>,
): LevelFacts {
  const within = ({ from, until }: Span) => from < time.next && until > time.first;
  return {
    from: time.first,
    until: time.next,
    now: time.now,
    agreed: [time.agreed],
    maintenance: happened.maintenance.filter(within).map(({ from, until }) => ({ from, until })),
    outages: happened.outages.filter(within).map(({ from, until, outageId, lasts }) => ({
      from: Math.floor(from),
      until: Math.floor(until),
      outageId,
      lasts,
    })),
    sessions: [],
    // Monitoring looks at the place all the time: what no outage says worked.
    observed: [time.agreed],
    probes: { asked: 0, answered: 0, elapsedMs: 0 },
    promise: { percent: contract.committedPercent, latencyMs: null, packetLossPercent: null },
    credit: {
      percent: contract.creditPercent,
      capPercent: contract.creditCapPercent,
      minutes: contract.creditMinutes,
      unit: contract.creditUnit,
      when: 'month_end',
    },
    monthlyAmount: contract.monthlyAmount,
    currency: contract.currency,
  };
}

@Injectable()
@RunsOnSchedule({ name: 'outages.measure-claims', everySeconds: 3_600 })
export class MeasureClaimsSchedule implements Scheduled {
  constructor(private readonly claims: MeasureClaims) {}

  async run(): Promise<void> {
    await this.claims.execute();
  }
}
