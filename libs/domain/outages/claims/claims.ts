import { Inject, Injectable } from '@nestjs/common';
import { type Actor, OPERATOR_PARTNER_ID } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { type Clock, defineStates, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { assertOperator, outageErrors } from '../outages.errors.js';
import { CLAIM_COLUMNS, CLAIM_TABLES, type ClaimStatus, type ClaimView } from './claim.view.js';

const MATCH = `FROM ${CLAIM_TABLES} WHERE ($1::text IS NULL OR k.status = $1) AND ($2::integer IS NULL OR c.supplier_id = $2)
  AND ($3::integer IS NULL OR k.contract_id = $3) AND ($4::date IS NULL OR k.period = $4)`;
const LIST = statement(
  'supplier-claims-list',
  `SELECT ${CLAIM_COLUMNS} ${MATCH} ORDER BY k.period DESC, k.id LIMIT $5 OFFSET $6`,
);
const COUNT = statement('supplier-claims-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('supplier-claims-get', `SELECT ${CLAIM_COLUMNS} FROM ${CLAIM_TABLES} WHERE k.id = $1`);
const LOCK = statement(
  'supplier-claims-lock',
  `SELECT ${CLAIM_COLUMNS} FROM ${CLAIM_TABLES} WHERE k.id = $1 FOR UPDATE OF k`,
);
const MOVE = statement(
  'supplier-claims-move',
  `UPDATE supplier_claims SET status = $2, settled_amount = $3, their_reference = coalesce($4, their_reference), note = coalesce($5, note),
          submitted_at = CASE WHEN $2 = 'submitted' THEN $6 ELSE submitted_at END,
          settled_at = CASE WHEN $2 IN ('accepted', 'rejected') THEN $6::timestamptz END, version = version + 1, updated_at = $6 WHERE id = $1`,
);

/** The life of a claim. One that was taken back follows again what is measured once it is opened anew. */
const claimStates = defineStates<ClaimStatus>({
  initial: 'open',
  transitions: {
    open: ['submitted', 'withdrawn'],
    submitted: ['accepted', 'rejected', 'withdrawn'],
    withdrawn: ['open'],
    accepted: [],
    rejected: ['submitted'],
  },
});

export interface ClaimFilter {
  readonly status?: ClaimStatus | undefined;
  readonly supplierId?: number | undefined;
  readonly contractId?: number | undefined;
  /** `YYYY-MM`. */
  readonly month?: string | undefined;
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
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** One page, the latest month first. @throws `outages.operator_only` */
  list(actor: Actor, filter: ClaimFilter, page: { readonly limit: number; readonly offset: number }) {
    assertOperator(actor);
    const { status, supplierId, contractId, month } = filter;
    const values = [status ?? null, supplierId ?? null, contractId ?? null, month === undefined ? null : `${month}-01`];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<ClaimView>(LIST, [...values, page.limit, page.offset]),
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

  /**
   * Sends a claim, takes it back, or says what became of it. What is sent is what is measured then, once its month is over.
   * @throws `outages.operator_only`, `outages.claim.not_found`, `….stale`, `….illegal_move`, `….month_lasts`, `….too_much`
   */
  move(actor: Actor, id: number, { to, settledAmount, theirReference, note, ifMatch }: ClaimMove): Promise<ClaimView> {
    assertOperator(actor);
    return this.uow.run(actor, async (tx) => {
      const before = await tx.one<ClaimView>(LOCK, [id]);
      if (!before) throw outageErrors('outages.claim.not_found');
      if (ifMatch !== undefined && ifMatch !== before.version) throw outageErrors('outages.claim.stale');
      if (!claimStates.can(before.status, to))
        throw outageErrors('outages.claim.illegal_move', { from: before.status, to });
      const now = this.clock.now();
      if (to === 'submitted' && localDate(now, 'UTC').slice(0, 7) <= before.period.slice(0, 7))
        throw outageErrors('outages.claim.month_lasts');
      const settled = to === 'accepted' ? (settledAmount ?? before.amount) : null;
      if (settled !== null && Number(settled) > Number(before.amount)) throw outageErrors('outages.claim.too_much');
      await tx.execute(MOVE, [id, to, settled, theirReference ?? null, note ?? null, now]);
      const subject = { type: 'supplier_claim', id };
      const changes = { status: [before.status, to], ...(settled === null ? {} : { settled_amount: settled }) };
      this.audit.record({ actor, partnerId: OPERATOR_PARTNER_ID, action: 'supplier_claim.move', subject, changes });
      return this.get(actor, id);
    });
  }
}
