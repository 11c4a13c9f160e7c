import { Inject, Injectable } from '@nestjs/common';
import { systemActor } from '@isp/contracts';
import { CreditService } from '@isp/domain/billing';
import { type Clock, DomainError, Money, addSeconds, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { failPoint } from '@isp/platform/fail-points';
import { Outbox } from '@isp/platform/work';
import type { LevelFacts } from '../levels/level.types.js';
import { measure } from '../levels/measure.js';
import { CREDITED } from './credited.js';

const ACTOR = systemActor('outages');
const BATCH = 100;
/** What billing refused is tried again after so long: somebody may have opened the account. */
const AGAIN_SECONDS = 86_400;
const OPEN = 'credit_ready AND credit_amount <> credited_amount AND (credit_error IS NULL OR credit_again_at <= $2)';
const FIND = statement(
  'service-levels-to-credit',
  `SELECT id FROM service_levels WHERE ${OPEN} AND id > $1 ORDER BY id LIMIT $3`,
);
// Whoever comes second waits here, and then finds nothing to do. What a bundle's line fell short of is credited to the
// bundle, which is what the customer pays for.
const LOCK = statement(
  'service-levels-lock-to-credit',
  `SELECT l.id, l.partner_id AS "partnerId", l.customer_id AS "customerId", l.service_id AS "serviceId", l.period::text, l.facts, l.currency,
          l.credit_amount::text AS "creditAmount", l.version, a.time_zone AS "timeZone", coalesce(s.bundle_id, s.id) AS "billedServiceId"
     FROM service_levels l JOIN partners a ON a.id = l.partner_id JOIN services s ON s.id = l.service_id
    WHERE l.id = $1 AND ${OPEN} FOR UPDATE OF l`,
);
// Asked when the row is locked: what another worker wrote while we waited is in no statement that began before.
const WRITTEN = statement(
  'service-levels-written',
  `SELECT ${CREDITED}::text AS "creditedAmount",
          (SELECT count(*)::integer FROM service_level_credits c WHERE c.partner_id = l.partner_id AND c.level_id = l.id) AS documents
     FROM service_levels l WHERE l.id = $1`,
);
const NOTE = statement(
  'service-levels-credited',
  `WITH made AS (
     INSERT INTO service_level_credits (partner_id, customer_id, level_id, sequence, invoice_id, amount, total_amount, facts, at)
     SELECT partner_id, customer_id, id, $2, $3, $4, credit_amount, facts, $5 FROM service_levels WHERE id = $1)
   UPDATE service_levels SET credited_amount = credit_amount, credit_error = NULL, credit_again_at = NULL, version = version + 1, updated_at = $5
    WHERE id = $1`,
);
// Its documents came to what is due already: some of them were voided.
const AGREE = statement(
  'service-levels-credit-agrees',
  `UPDATE service_levels SET credited_amount = credit_amount, credit_error = NULL, credit_again_at = NULL, updated_at = $2 WHERE id = $1`,
);
// Unless another worker had better luck.
const FAIL = statement(
  'service-levels-credit-failed',
  'UPDATE service_levels SET credit_error = $2, credit_again_at = $3 WHERE id = $1 AND credit_amount <> credited_amount',
);

interface Row {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly serviceId: number;
  readonly period: string;
  readonly facts: LevelFacts;
  readonly currency: string;
  readonly creditAmount: string;
  readonly version: number;
  readonly timeZone: string;
  /** What is on the invoices: the service, or the bundle that it is a part of. */
  readonly billedServiceId: number;
}

interface Written {
  readonly creditedAmount: string;
  /** Voided ones too: their numbers are taken. */
  readonly documents: number;
}

/**
 * Credits what services fell short of: what is due for the month in all, less what was credited. The first document of a
 * month is its credit note; a correction adds to it by another, or takes back by an invoice, always by the difference to
 * those documents that were not voided.
 */
@Injectable()
export class SettleCredits {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly credit: CreditService,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many documents it wrote. */
  async execute(): Promise<number> {
    let written = 0;
    for (let last = 0, more = true; more;) {
      const rows = await this.uow.run(ACTOR, (tx) => tx.query<{ id: number }>(FIND, [last, this.clock.now(), BATCH]));
      for (const { id } of rows) if (await this.one(id)) written += 1;
      more = rows.length === BATCH;
      last = rows.at(-1)?.id ?? last;
    }
    return written;
  }

  /** One month of one service, in one transaction; what billing refuses waits for a day, and holds up nobody else. */
  private async one(id: number): Promise<boolean> {
    try {
      return await this.uow.run(ACTOR, async (tx) => {
        const row = await tx.one<Row>(LOCK, [id, this.clock.now()]);
        const written = row && (await tx.one<Written>(WRITTEN, [id]));
        return written ? this.settle(row, written) : false;
      });
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await this.uow.run(ACTOR, (tx) =>
        tx.execute(FAIL, [id, error.code, addSeconds(this.clock.now(), AGAIN_SECONDS)]),
      );
      return false;
    }
  }

  private async settle(row: Row, { creditedAmount, documents }: Written): Promise<boolean> {
    const difference = Money.of(row.creditAmount, row.currency).minus(Money.of(creditedAmount, row.currency));
    if (difference.isZero()) await this.uow.tx.execute(AGREE, [row.id, this.clock.now()]);
    else await this.write(row, difference, documents);
    return !difference.isZero();
  }

  private async write(row: Row, difference: Money, documents: number): Promise<void> {
    const { id, serviceId, facts, currency, period, creditAmount } = row;
    const now = this.clock.now();
    const month = period.slice(0, 7);
    const why = documents === 0 ? 'Service level' : 'Service level, corrected';
    const document = await this.credit.execute({
      actor: ACTOR,
      serviceId: row.billedServiceId,
      amount: difference.toText(),
      description: `${why} ${month}: ${measure(facts).arithmetic}`,
      from: period,
      until: localDate(new Date(facts.until * 1000), row.timeZone),
    });
    failPoint('outages.after-credit');
    await this.uow.tx.execute(NOTE, [id, documents + 1, document.id, difference.toText(), now]);
    this.outbox.add('outages.level.credited.v1', {
      partner_id: row.partnerId,
      customer_id: row.customerId,
      service_id: serviceId,
      level_id: id,
      period,
      document_id: document.id,
      amount: difference.toText(),
      credited_amount: creditAmount,
      currency,
      sequence: row.version + 1,
    });
  }
}
