import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { type Clock, type Span, addDays, addMonths, intersect, localDate, startOfDay } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { RunsOnSchedule, type Scheduled } from '@isp/platform/work';
import type { LevelFacts, OutageSpan } from '../levels/level.types.js';
import { measure } from '../levels/measure.js';

const ACTOR = systemActor('outages');
/** A correction reaches three months that are over, and one more while it is still the month before somewhere. */
const MONTHS_BACK = 4;
const BATCH = 200;

const TERMS = `c.id, c.valid_from::text AS "validFrom", c.valid_until::text AS "validUntil", c.time_zone AS "timeZone", c.monthly_amount::text AS "monthlyAmount",
  c.currency, c.committed_percent::text AS "committedPercent", c.credit_percent::text AS "creditPercent", c.credit_minutes AS "creditMinutes",
  c.credit_unit AS "creditUnit", c.credit_cap_percent::text AS "creditCapPercent", c.claim_days AS "claimDays"`;
// One that holds no more is measured for as long as a claim of it is open: its terms may have been corrected.
const CONTRACTS = statement(
  'supplier-claims-contracts',
  `SELECT ${TERMS} FROM supplier_contracts c
    WHERE c.id > $1 AND (c.valid_until IS NULL OR c.valid_until > $2::date
           OR EXISTS (SELECT FROM supplier_claims k WHERE k.contract_id = c.id AND k.status = 'open' AND k.period >= $2::date))
    ORDER BY c.id LIMIT $3 FOR UPDATE`,
);
const CONTRACT = statement(
  'supplier-claims-contract',
  `SELECT ${TERMS} FROM supplier_contracts c WHERE c.id = $1 FOR UPDATE`,
);
// What began at the place: its device, the node, or a device that stands there. What fell because something above it did
// is not the supplier's. Whole seconds, as all facts.
const DOWN = statement(
  'supplier-claims-down',
  `SELECT c.id, o.id AS "outageId", floor(extract(epoch FROM o.started_at))::float8 AS "from",
          floor(extract(epoch FROM coalesce(o.ended_at, $2)))::float8 AS until, o.ended_at IS NULL AS lasts
     FROM supplier_contracts c CROSS JOIN LATERAL (
       SELECT * FROM outages WHERE device_id = c.device_id UNION SELECT * FROM outages WHERE node_id = c.node_id
       UNION SELECT x.* FROM devices v JOIN outages x ON x.device_id = v.id WHERE v.node_id = c.node_id) o
    WHERE c.id = ANY ($1::integer[]) AND o.status IN ('open', 'recovering', 'resolved') AND coalesce(o.ended_at, $2) > $3
    ORDER BY o.started_at`,
);
// Work that we announced at the place is ours.
const ANNOUNCED = statement(
  'supplier-claims-announced',
  `SELECT c.id, floor(extract(epoch FROM m.starts_at))::float8 AS "from", floor(extract(epoch FROM m.ends_at))::float8 AS until
     FROM supplier_contracts c LEFT JOIN devices d ON d.id = c.device_id
     JOIN maintenance_windows m ON m.device_id = c.device_id OR m.node_id IN (c.node_id, d.node_id)
       OR m.device_id IN (SELECT v.id FROM devices v WHERE v.node_id = c.node_id)
    WHERE c.id = ANY ($1::integer[]) AND m.status = 'planned' AND m.ends_at > $2`,
);
const OPEN = `k.status = 'open'`;
const KEEP = statement(
  'supplier-claims-keep',
  `INSERT INTO supplier_claims AS k (contract_id, period, down_seconds, actual_percent, amount, currency, arithmetic, facts, measured_amount, submit_by)
   SELECT g.contract, g.period, g.down, g.actual, g.amount, g.currency, g.arithmetic, g.facts, g.amount, g.submit_by
     FROM jsonb_to_recordset($1) AS g (contract integer, period date, down integer, actual numeric, amount numeric, currency text, arithmetic text,
          facts jsonb, submit_by date)
    WHERE g.amount > 0 OR EXISTS (SELECT FROM supplier_claims e WHERE e.contract_id = g.contract AND e.period = g.period)
   ON CONFLICT ON CONSTRAINT supplier_claims_once DO UPDATE SET measured_amount = excluded.measured_amount, version = k.version + 1, updated_at = $2,
          down_seconds = CASE WHEN ${OPEN} THEN excluded.down_seconds ELSE k.down_seconds END,
          actual_percent = CASE WHEN ${OPEN} THEN excluded.actual_percent ELSE k.actual_percent END,
          amount = CASE WHEN ${OPEN} THEN excluded.amount ELSE k.amount END,
          currency = CASE WHEN ${OPEN} THEN excluded.currency ELSE k.currency END,
          arithmetic = CASE WHEN ${OPEN} THEN excluded.arithmetic ELSE k.arithmetic END,
          facts = CASE WHEN ${OPEN} THEN excluded.facts ELSE k.facts END,
          submit_by = CASE WHEN ${OPEN} THEN excluded.submit_by ELSE k.submit_by END
    WHERE k.measured_amount <> excluded.measured_amount
       OR (${OPEN} AND (k.amount, k.down_seconds, k.currency, k.arithmetic, k.submit_by)
             IS DISTINCT FROM (excluded.amount, excluded.down_seconds, excluded.currency, excluded.arithmetic, excluded.submit_by))`,
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

  /** One contract, from the month of a claim on; in the caller's transaction, until whose end nobody else measures it. */
  async ofContract(contractId: number, period: string): Promise<void> {
    const now = this.clock.now();
    const contracts = await this.uow.tx.query<Contract>(CONTRACT, [contractId]);
    const since = monthsBack(now);
    await this.measure(contracts, period < since ? period : since, now);
  }

  private batch(after: number): Promise<number[]> {
    return this.uow.run(ACTOR, async (tx) => {
      const now = this.clock.now();
      const since = monthsBack(now);
      const contracts = await tx.query<Contract>(CONTRACTS, [after, since, BATCH]);
      await this.measure(contracts, since, now);
      return contracts.map(({ id }) => id);
    });
  }

  private async measure(contracts: readonly Contract[], since: string, now: Date): Promise<void> {
    const ids = contracts.map(({ id }) => id);
    if (ids.length === 0) return;
    // A day more than the first month in whatever zone.
    const from = startOfDay(addDays(since, -1), 'UTC');
    const down = await this.uow.tx.query<OfContract<OutageSpan>>(DOWN, [ids, now, from]);
    const announced = await this.uow.tx.query<OfContract<Span>>(ANNOUNCED, [ids, from]);
    const rows = contracts.flatMap((contract) => {
      const of = <T>(some: readonly OfContract<T>[]) => some.filter(({ id }) => id === contract.id);
      return claimsOf(contract, { outages: of(down), maintenance: of(announced) }, { since, now });
    });
    await this.uow.tx.execute(KEEP, [JSON.stringify(rows), now]);
  }
}

/** The first day of the first month that is measured. */
const monthsBack = (now: Date): string => addMonths(`${localDate(now, 'UTC').slice(0, 7)}-01`, -MONTHS_BACK);

/** The months of a contract from one up to now. One in which it did not hold owes nothing. */
function claimsOf(
  contract: Contract,
  happened: Pick<LevelFacts, 'outages' | 'maintenance'>,
  { since, now }: { readonly since: string; readonly now: Date },
) {
  const { timeZone, validFrom, validUntil } = contract;
  const last = localDate(now, timeZone);
  const periods: string[] = [];
  for (let period = since; period <= last; period = addMonths(period, 1)) periods.push(period);
  const second = (date: string) => Math.floor(startOfDay(date, timeZone).getTime() / 1000);
  return periods.map((period) => {
    const [first, next] = [second(period), second(addMonths(period, 1))];
    const held = { from: second(validFrom), until: validUntil === null ? next : second(validUntil) };
    const agreed = intersect([{ from: first, until: next }], [held]);
    const facts = factsOf(contract, { first, next, agreed, now: Math.floor(now.getTime() / 1000) }, happened);
    const level = measure(facts);
    return {
      contract: contract.id,
      period,
      down: Math.round(level.downSeconds),
      actual: level.actualPercent,
      amount: level.creditAmount,
      currency: contract.currency,
      arithmetic: level.arithmetic,
      facts,
      // The month's last day and so many more.
      submit_by: addDays(addMonths(period, 1), contract.claimDays - 1),
    };
  });
}

function factsOf(
  contract: Contract,
  time: { readonly first: number; readonly next: number; readonly agreed: readonly Span[]; readonly now: number },
  happened: Pick<LevelFacts, 'outages' | 'maintenance'>,
): LevelFacts {
  const within = ({ from, until }: Span) => from < time.next && until > time.first;
  return {
    from: time.first,
    until: time.next,
    now: time.now,
    agreed: time.agreed,
    maintenance: happened.maintenance.filter(within).map(({ from, until }) => ({ from, until })),
    outages: happened.outages
      .filter(within)
      .map(({ from, until, outageId, lasts }) => ({ from, until, outageId, lasts })),
    sessions: [],
    // Monitoring looks at the place all the time: what no outage says worked.
    observed: time.agreed,
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
