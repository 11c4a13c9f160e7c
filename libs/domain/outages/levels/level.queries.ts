import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { outageErrors } from '../outages.errors.js';
import { CREDITED } from '../credits/credited.js';
import { LevelFactsReader } from './level-facts.js';
import type { Level, LevelFacts } from './level.types.js';
import { measure } from './measure.js';

/** A month of a service. Seconds; what was not measured is null. Amounts are decimal text without tax. */
export interface LevelView {
  readonly id: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly planName: string;
  /** `YYYY-MM`, in the partner's zone. */
  readonly period: string;
  readonly measuredAt: Date | null;
  /** Nothing but a correction changes it any more. */
  readonly final: boolean;
  readonly agreedSeconds: number | null;
  /** Of that, what is over. */
  readonly livedSeconds: number | null;
  readonly maintenanceSeconds: number | null;
  readonly measuredSeconds: number | null;
  readonly downSeconds: number | null;
  readonly committedPercent: string | null;
  readonly actualPercent: number | null;
  readonly latencyMs: number | null;
  readonly committedLatencyMs: number | null;
  readonly packetLossPercent: number | null;
  readonly committedPacketLossPercent: number | null;
  readonly incidents: number | null;
  readonly repairSeconds: number | null;
  readonly met: boolean | null;
  readonly currency: string | null;
  /** What is to be credited in all, and whether now; what was. */
  readonly creditAmount: string;
  readonly creditReady: boolean;
  readonly creditedAmount: string;
  readonly creditError: string | null;
}

export interface LevelDocumentView {
  readonly invoiceId: number;
  readonly number: string;
  readonly sequence: number;
  readonly amount: string;
  readonly totalAmount: string;
  /** Then it counts for nothing. */
  readonly voided: boolean;
  readonly at: Date;
}

export interface LevelProof {
  readonly level: LevelView;
  readonly facts: LevelFacts;
  readonly derived: Level;
  /** Whether the facts, computed again, come to the figures. */
  readonly matches: boolean;
  /** Whether outages, maintenance and suspensions are still what they were when it was measured. */
  readonly unchanged: boolean;
  readonly documents: readonly LevelDocumentView[];
  /** Whether the documents come to what was credited, and that to what is due by now. */
  readonly credited: boolean;
  readonly proven: boolean;
}

const COLUMNS = `l.id, l.customer_id AS "customerId", l.service_id AS "serviceId",
  (SELECT p.name FROM services s JOIN plans p ON p.id = s.plan_id WHERE s.id = l.service_id) AS "planName",
  to_char(l.period, 'YYYY-MM') AS period, l.measured_at AS "measuredAt", l.measured_at IS NOT NULL AND l.due_at IS NULL AS final,
  l.agreed_seconds AS "agreedSeconds", l.lived_seconds AS "livedSeconds", l.maintenance_seconds AS "maintenanceSeconds", l.measured_seconds AS "measuredSeconds",
  l.down_seconds AS "downSeconds", l.committed_percent::text AS "committedPercent", l.actual_percent::float8 AS "actualPercent",
  l.latency_ms AS "latencyMs", (l.facts->'promise'->>'latencyMs')::float8 AS "committedLatencyMs", l.packet_loss_percent AS "packetLossPercent",
  (l.facts->'promise'->>'packetLossPercent')::float8 AS "committedPacketLossPercent", l.incidents, l.repair_seconds AS "repairSeconds", l.met,
  l.currency, l.credit_amount::text AS "creditAmount", l.credit_ready AS "creditReady", ${CREDITED}::text AS "creditedAmount", l.credit_error AS "creditError"`;
const MATCH = `FROM service_levels l WHERE ($1::integer IS NULL OR l.customer_id = $1) AND ($2::integer IS NULL OR l.service_id = $2)
  AND ($3::date IS NULL OR l.period = $3) AND ($4::boolean IS NULL OR l.met = $4) AND ($5::integer IS NULL OR l.partner_id = $5) AND l.measured_at IS NOT NULL`;
export const SERVICE_LEVEL_SORTING = sorting({
  id: 'l.id',
  partner: 'l.partner_id',
  otherwise: ['l.period DESC', 'l.id DESC'],
  fields: {
    period: 'l.period',
    actual_uptime_percent: { by: ['l.actual_percent'], nullable: true, within: ['customer_id', 'service_id'] },
    credit_amount: { by: ['l.credit_amount'], nullable: true, within: ['customer_id', 'service_id'] },
  },
});
const LISTS = sortedStatements(
  'service-levels-list',
  SERVICE_LEVEL_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const COUNT = statement('service-levels-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('service-levels-get', `SELECT ${COLUMNS} FROM service_levels l WHERE l.id = $1`);
const FACTS = statement('service-levels-facts-of', 'SELECT facts FROM service_levels WHERE id = $1');
const DOCUMENTS = statement(
  'service-levels-documents',
  `SELECT c.invoice_id AS "invoiceId", i.number, c.sequence, c.amount::text AS amount, c.total_amount::text AS "totalAmount",
          i.status = 'void' AS voided, c.at
     FROM service_level_credits c JOIN invoices i ON i.id = c.invoice_id WHERE c.level_id = $1 ORDER BY c.sequence`,
);

export interface LevelFilter {
  readonly customerId?: number | undefined;
  readonly serviceId?: number | undefined;
  /** `YYYY-MM`. */
  readonly period?: string | undefined;
  readonly met?: boolean | undefined;
}

/** What was measured of services, and why it is so. */
@Injectable()
export class LevelQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly reader: LevelFactsReader,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The newest month first. */
  list(
    actor: Actor,
    { customerId, serviceId, period, met }: LevelFilter,
    page: SortedSlice<typeof SERVICE_LEVEL_SORTING>,
  ) {
    const own = actor.reach === 'all' ? null : actor.partnerId;
    const month = period === undefined ? null : `${period}-01`;
    const values = [customerId ?? null, serviceId ?? null, month, met ?? null, own];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<LevelView>(LISTS.of(page.sort, own !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `outages.level.not_found` */
  get(actor: Actor, id: number): Promise<LevelView> {
    return this.uow.read(actor, async (tx) => {
      const found = await tx.one<LevelView>(GET, [id]);
      if (!found) throw outageErrors('outages.level.not_found');
      return found;
    });
  }

  /**
   * Computes a month again from the facts that are kept with it, and reads anew what a person may have corrected.
   * @throws `outages.level.not_found`, `outages.level.not_measured`
   */
  prove(actor: Actor, id: number): Promise<LevelProof> {
    return this.uow.run(actor, async (tx) => {
      const level = await this.get(actor, id);
      const facts = (await tx.one<{ facts: LevelFacts | null }>(FACTS, [id]))?.facts;
      if (!facts) throw outageErrors('outages.level.not_measured');
      const derived = measure(facts);
      const [fresh] = await this.reader.of([id], new Date(Math.min(+this.clock.now(), facts.until * 1000)));
      const documents = await tx.query<LevelDocumentView>(DOCUMENTS, [id]);
      const matches = same(level, derived);
      const unchanged = fresh !== undefined && settledPart(fresh.facts) === settledPart(facts);
      const credited = comesTo(level, documents);
      return {
        level,
        facts,
        derived,
        matches,
        unchanged,
        documents,
        credited,
        proven: matches && unchanged && credited,
      };
    });
  }
}

function same(level: LevelView, derived: Level): boolean {
  return (
    level.downSeconds === derived.downSeconds &&
    level.measuredSeconds === derived.measuredSeconds &&
    level.agreedSeconds === derived.agreedSeconds &&
    level.actualPercent === derived.actualPercent &&
    level.incidents === derived.incidents &&
    level.met === derived.met &&
    Number(level.creditAmount) === Number(derived.creditAmount)
  );
}

/** What says when the service was down; samples and sessions are forgotten in time. An outage that lasts has no end yet. */
function settledPart({ outages, maintenance, promise, monthlyAmount }: LevelFacts): string {
  const reached = outages.map(({ outageId, from, until, lasts }) => [outageId, from, lasts ? null : until]);
  const announced = maintenance.map(({ from, until }) => [from, until]);
  const { percent, latencyMs, packetLossPercent } = promise;
  return JSON.stringify([reached, announced, percent, latencyMs, packetLossPercent, monthlyAmount]);
}

function comesTo(
  { currency, creditReady, creditAmount, creditedAmount }: LevelView,
  documents: readonly LevelDocumentView[],
): boolean {
  if (currency === null) return documents.length === 0;
  const sum = Money.sum(
    documents.filter(({ voided }) => !voided).map(({ amount }) => Money.of(amount, currency)),
    currency,
  );
  return (
    sum.equals(Money.of(creditedAmount, currency)) && (!creditReady || Number(creditAmount) === Number(creditedAmount))
  );
}
