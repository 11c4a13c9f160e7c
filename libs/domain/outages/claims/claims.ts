import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, decimal, defineStates, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { assertOperator, outageErrors } from '../outages.errors.js';
import { MeasureClaims } from './measure-claims.usecase.js';
import { CLAIM_COLUMNS, CLAIM_TABLES, type ClaimStatus, type ClaimView } from './claim.view.js';

const MATCH = `FROM ${CLAIM_TABLES} WHERE ($1::text IS NULL OR k.status = $1) AND ($2::integer IS NULL OR c.supplier_id = $2)
  AND ($3::integer IS NULL OR k.contract_id = $3) AND ($4::date IS NULL OR k.period = $4) AND ($5::date IS NULL OR k.submit_by < $5)`;
export const CLAIM_SORTING = sorting({
  id: 'k.id',
  otherwise: ['k.period DESC', 'k.id'],
  fields: {
    month: { by: ['k.period', 'k.id DESC'] },
    amount: 'k.amount',
    submit_by: 'k.submit_by',
    created_at: 'k.created_at',
    updated_at: 'k.updated_at',
  },
});
const LISTS = sortedStatements(
  'supplier-claims-list',
  CLAIM_SORTING,
  (order) => `SELECT ${CLAIM_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $6 OFFSET $7`,
);
const COUNT = statement('supplier-claims-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('supplier-claims-get', `SELECT ${CLAIM_COLUMNS} FROM ${CLAIM_TABLES} WHERE k.id = $1`);
const LOCK = statement(
  'supplier-claims-lock',
  `SELECT ${CLAIM_COLUMNS} FROM ${CLAIM_TABLES} WHERE k.id = $1 FOR UPDATE OF k`,
);
const SAY = statement(
  'supplier-claims-say',
  `UPDATE supplier_claims SET their_reference = $2, note = $3, version = version + 1, updated_at = $4 WHERE id = $1`,
);
const MOVE = statement(
  'supplier-claims-move',
  `UPDATE supplier_claims SET status = $2, settled_amount = $3, their_reference = coalesce($4, their_reference), note = coalesce($5, note),
          submitted_at = CASE $2 WHEN 'submitted' THEN $6 WHEN 'open' THEN NULL ELSE submitted_at END,
          settled_at = CASE WHEN $2 IN ('accepted', 'rejected') THEN $6::timestamptz END, version = version + 1, updated_at = $6 WHERE id = $1`,
);

/** The life of a claim. One that was taken back follows again what is measured once it is opened anew. */
const claimStates = defineStates<ClaimStatus>({
  initial: 'open',
  transitions: {
    open: ['submitted', 'withdrawn'],
    submitted: ['accepted', 'rejected', 'withdrawn'],
    withdrawn: ['open'],
    // What was settled wrongly is settled again.
    accepted: ['submitted'],
    rejected: ['submitted'],
  },
});

export interface ClaimFilter {
  readonly status?: ClaimStatus | undefined;
  readonly supplierId?: number | undefined;
  readonly contractId?: number | undefined;
  /** `YYYY-MM`. */
  readonly month?: string | undefined;
  /** `YYYY-MM-DD`: the supplier must take it before that day. */
  readonly submitBefore?: string | undefined;
}

export interface ClaimMove {
  readonly to: ClaimStatus;
  /** What the supplier pays; for `accepted`, the whole where it is left out. */
  readonly settledAmount?: string | undefined;
  readonly theirReference?: string | undefined;
  readonly note?: string | undefined;
  readonly ifMatch?: number | undefined;
}

/** Claims on suppliers, as people read and settle them. */
@Injectable()
export class SupplierClaims {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly measuring: MeasureClaims,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One page, the latest month first. @throws `outages.operator_only` */
  list(actor: Actor, filter: ClaimFilter, page: SortedSlice<typeof CLAIM_SORTING>) {
    assertOperator(actor);
    const { status, supplierId, contractId, month, submitBefore } = filter;
    const period = month === undefined ? null : `${month}-01`;
    const values = [status ?? null, supplierId ?? null, contractId ?? null, period, submitBefore ?? null];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ClaimView>(LISTS.of(page.sort), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `outages.operator_only`, `outages.claim.not_found` */
  async get(actor: Actor, id: number): Promise<ClaimView> {
    assertOperator(actor);
    const found = await this.uow.read(actor, (tx) => tx.one<ClaimView>(GET, [id]));
    if (!found) throw outageErrors('outages.claim.not_found');
    return found;
  }

  /** What is left out stays. @throws `outages.operator_only`, `outages.claim.not_found`, `….stale` */
  say(
    actor: Actor,
    id: number,
    {
      theirReference,
      note,
      ifMatch,
    }: Pick<ClaimMove, 'ifMatch'> & {
      readonly theirReference?: string | null | undefined;
      readonly note?: string | null | undefined;
    },
  ): Promise<ClaimView> {
    assertOperator(actor);
    return this.uow.run(actor, async (tx) => {
      const before = await this.lock(id, ifMatch);
      const next = {
        theirReference: theirReference === undefined ? before.theirReference : theirReference,
        note: note === undefined ? before.note : note,
      };
      await tx.execute(SAY, [id, next.theirReference, next.note, this.clock.now()]);
      this.audited(actor, 'change', id, { their_reference: next.theirReference, note: next.note });
      return this.get(actor, id);
    });
  }

  /**
   * Sends a claim, takes it back, or says what became of it. What is sent is what is measured then, once its month is over.
   * @throws `outages.operator_only`, `outages.claim.not_found`, `….stale`, `….illegal_move`, `….month_lasts`, `….nothing`, `….too_much`
   */
  move(actor: Actor, id: number, { to, settledAmount, theirReference, note, ifMatch }: ClaimMove): Promise<ClaimView> {
    assertOperator(actor);
    return this.uow.run(actor, async (tx) => {
      const known = await this.get(actor, id);
      // The contract is locked before its claim, as whoever measures does.
      if (to === 'submitted') await this.measuring.ofContract(known.contractId, known.period);
      const before = await this.lock(id, ifMatch);
      if (!claimStates.can(before.status, to))
        throw outageErrors('outages.claim.illegal_move', { from: before.status, to });
      const now = this.clock.now();
      if (to === 'submitted' && before.status === 'open') this.assertOwed(before, now);
      const settled = to === 'accepted' ? (settledAmount ?? before.amount) : null;
      if (settled !== null && decimal(settled).greaterThan(decimal(before.amount)))
        throw outageErrors('outages.claim.too_much');
      await tx.execute(MOVE, [id, to, settled, theirReference ?? null, note ?? null, now]);
      if (to === 'open') await this.measuring.ofContract(before.contractId, before.period);
      const changes = { status: [before.status, to], ...(settled === null ? {} : { settled_amount: settled }) };
      this.audited(actor, 'move', id, changes);
      return this.get(actor, id);
    });
  }

  private assertOwed({ period, amount, timeZone }: ClaimView, now: Date): void {
    if (localDate(now, timeZone).slice(0, 7) <= period.slice(0, 7)) throw outageErrors('outages.claim.month_lasts');
    if (decimal(amount).isZero()) throw outageErrors('outages.claim.nothing');
  }

  private async lock(id: number, ifMatch: number | undefined): Promise<ClaimView> {
    const found = await this.uow.tx.one<ClaimView>(LOCK, [id]);
    if (!found) throw outageErrors('outages.claim.not_found');
    if (ifMatch !== undefined && ifMatch !== found.version) throw outageErrors('outages.claim.stale');
    return found;
  }

  private audited(actor: Actor, verb: string, id: number, changes: Readonly<Record<string, unknown>>): void {
    const subject = { type: 'supplier_claim', id };
    this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: `supplier_claim.${verb}`, subject, changes });
  }
}
