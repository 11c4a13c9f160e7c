import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { AuditTrail } from '@isp/domain/audit';
import { InvoiceQueries, dueOf } from '@isp/domain/billing';
import type { Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { AssessAccount } from '../cases/assess-account.usecase.js';
import { Situations } from '../cases/situation.js';
import { dunningErrors } from '../dunning.errors.js';

const COLUMNS = `d.id, d.partner_id AS "partnerId", d.customer_id AS "customerId", d.account_id AS "accountId", d.invoice_id AS "invoiceId", d.reason,
  d.opened_by AS "openedBy", d.opened_at AS "openedAt", d.closed_by AS "closedBy", d.closed_at AS "closedAt", d.outcome`;
const MATCH = `FROM invoice_disputes d WHERE ($1::integer IS NULL OR d.partner_id = $1) AND ($2::integer IS NULL OR d.customer_id = $2)
  AND ($3::integer IS NULL OR d.invoice_id = $3) AND ($4::boolean IS NULL OR $4 = (d.closed_at IS NULL))`;
export const DISPUTE_SORTING = sorting({
  id: 'd.id',
  partner: 'd.partner_id',
  otherwise: ['d.id DESC'],
  fields: {
    opened_at: 'd.id',
    closed_at: { by: ['d.closed_at'], nullable: true },
  },
});
const LISTS = sortedStatements(
  'invoice-disputes-list',
  DISPUTE_SORTING,
  (order) => `SELECT ${COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $5 OFFSET $6`,
);
const COUNT = statement('invoice-disputes-count', `SELECT count(*)::integer AS total ${MATCH}`);
const GET = statement('invoice-disputes-get', `SELECT ${COLUMNS} FROM invoice_disputes d WHERE d.id = $1`);
// One that is open stays as it is, and nothing is answered.
const OPEN = statement(
  'invoice-disputes-open',
  `INSERT INTO invoice_disputes AS d (partner_id, customer_id, account_id, invoice_id, reason, opened_by, opened_at)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, $2, $3, $4 FROM invoices i WHERE i.id = $1
   ON CONFLICT (invoice_id) WHERE closed_at IS NULL DO NOTHING RETURNING ${COLUMNS}`,
);
const CLOSE = statement(
  'invoice-disputes-close',
  `UPDATE invoice_disputes d SET outcome = $2, closed_by = $3, closed_at = $4 WHERE d.id = $1 AND d.closed_at IS NULL RETURNING ${COLUMNS}`,
);

export type DisputeOutcome = 'accepted' | 'rejected' | 'withdrawn';

export interface DisputeView {
  readonly id: number;
  readonly partnerId: number;
  readonly customerId: number;
  readonly accountId: number;
  readonly invoiceId: number;
  readonly reason: string;
  readonly openedBy: string;
  readonly openedAt: Date;
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
  readonly outcome: DisputeOutcome | null;
}

export interface DisputeFilter {
  readonly customerId?: number | undefined;
  readonly invoiceId?: number | undefined;
  readonly open?: boolean | undefined;
}

/** Invoices that customers do not agree with. While a dispute is open, the invoice counts for nothing in dunning. */
@Injectable()
export class Disputes {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly invoices: InvoiceQueries,
    private readonly situations: Situations,
    private readonly assess: AssessAccount,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  list(actor: Actor, filter: DisputeFilter, page: SortedSlice<typeof DISPUTE_SORTING>) {
    const values = [
      actor.reach === 'all' ? null : actor.partnerId,
      filter.customerId ?? null,
      filter.invoiceId ?? null,
      filter.open ?? null,
    ];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<DisputeView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.invoice.not_found`, `dunning.dispute.nothing_open`, `dunning.dispute.open_already` */
  open(actor: Actor, invoiceId: number, reason: string): Promise<DisputeView> {
    return this.uow.run(actor, async (tx) => {
      const { accountId } = await this.invoices.get(actor, invoiceId);
      await this.situations.hold(actor, accountId);
      const invoice = await this.invoices.get(actor, invoiceId);
      if (!dueOf(invoice).isPositive()) throw dunningErrors('dunning.dispute.nothing_open');
      const opened = await tx.one<DisputeView>(OPEN, [invoiceId, reason, actor.name, this.clock.now()]);
      if (!opened) throw dunningErrors('dunning.dispute.open_already');
      this.note(actor, 'dispute', opened, { reason });
      await this.assess.execute({ actor, accountId, cause: 'dispute' });
      return opened;
    });
  }

  /** What the customer was right about is credited apart. @throws `dunning.dispute.not_found`, `dunning.dispute.closed` */
  close(actor: Actor, id: number, outcome: DisputeOutcome): Promise<DisputeView> {
    return this.uow.run(actor, async (tx) => {
      const found = await tx.one<DisputeView>(GET, [id]);
      if (!found) throw dunningErrors('dunning.dispute.not_found');
      await this.situations.hold(actor, found.accountId);
      const closed = await tx.one<DisputeView>(CLOSE, [id, outcome, actor.name, this.clock.now()]);
      if (!closed) throw dunningErrors('dunning.dispute.closed');
      this.note(actor, 'close_dispute', closed, { outcome });
      await this.assess.execute({ actor, accountId: found.accountId, cause: 'dispute' });
      return closed;
    });
  }

  private note(actor: Actor, verb: string, { partnerId, invoiceId }: DisputeView, changes: object): void {
    const subject = { type: 'invoice', id: invoiceId };
    this.audit.record({ actor, partnerId, action: `invoice.${verb}`, subject, changes: { ...changes } });
  }
}
