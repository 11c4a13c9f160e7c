import { Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { UnitOfWork, statement, type SortedSlice, sortedStatements, sorting } from '@isp/platform/database';
import { billingErrors } from '../billing.errors.js';
import { InvoiceRepository } from './invoice.repository.js';
import {
  type DocumentKind,
  INVOICE_COLUMNS,
  type InvoiceKind,
  type InvoiceStatus,
  type InvoiceView,
  type InvoiceWithLines,
} from './invoice.view.js';
import { type InvoiceProof, prove } from './proof.js';

// A draft is nothing that a customer sees.
const MATCH = `FROM invoices i WHERE ($1::integer IS NULL OR i.partner_id = $1) AND ($2::boolean OR i.issued_at IS NOT NULL)
  AND i.document = $3 AND ($4::integer IS NULL OR i.customer_id = $4) AND ($5::integer IS NULL OR i.account_id = $5)
  AND ($6::text IS NULL OR i.status = $6) AND ($7::text IS NULL OR i.kind = $7) AND ($8::text IS NULL OR i.number = $8)
  AND ($9::date IS NULL OR i.issued_on >= $9) AND ($10::date IS NULL OR i.issued_on <= $10)
  AND ($11::date IS NULL OR i.due_on < $11) AND ($12::integer IS NULL OR i.corrects_id = $12)`;
// What invoices are written with is not to grow: so is only the list of one payer sorted by what it says.
const ONE_PAYER = ['customer_id', 'account_id'];
const AMOUNT_DUE = `CASE WHEN i.document = 'credit_note' OR i.status IN ('draft', 'void') THEN 0 ELSE i.total_amount - i.settled_amount END`;
export const INVOICE_SORTING = sorting({
  id: 'i.id',
  partner: 'i.partner_id',
  otherwise: ['i.id DESC'],
  fields: {
    id: 'i.id',
    created_at: { by: ['i.created_at'], within: ONE_PAYER },
    issue_date: { by: ['i.issued_on'], nullable: true, within: ONE_PAYER },
    due_date: { by: ['i.due_on'], nullable: true, within: ONE_PAYER },
    total_amount: { by: ['i.total_amount'], within: ONE_PAYER },
    amount_due: { by: [AMOUNT_DUE], within: ONE_PAYER },
  },
});
const LISTS = sortedStatements(
  'invoices-list',
  INVOICE_SORTING,
  (order) => `SELECT ${INVOICE_COLUMNS} ${MATCH} ORDER BY ${order} LIMIT $13 OFFSET $14`,
);
const COUNT = statement('invoices-count', `SELECT count(*)::integer AS total ${MATCH}`);
const UNCHANGED = statement(
  'invoices-unchanged',
  'SELECT content_hash = document_hash(i) AS unchanged FROM invoices i WHERE i.id = $1',
);

export interface InvoiceFilter {
  readonly document?: DocumentKind | undefined;
  readonly customerId?: number | undefined;
  readonly accountId?: number | undefined;
  readonly status?: InvoiceStatus | undefined;
  readonly kind?: InvoiceKind | undefined;
  readonly number?: string | undefined;
  /** Days of issue, both included. */
  readonly issuedFrom?: string | undefined;
  readonly issuedTo?: string | undefined;
  readonly dueBefore?: string | undefined;
  readonly correctsId?: number | undefined;
}

/** Reads of invoices and credit notes, inside the walls of the reader. */
@Injectable()
export class InvoiceQueries {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly invoices: InvoiceRepository,
  ) {}

  /** One page, newest first, without lines. */
  list(actor: Actor, filter: InvoiceFilter, page: SortedSlice<typeof INVOICE_SORTING>) {
    const values = [
      actor.reach === 'all' ? null : actor.partnerId,
      actor.reach !== 'customer',
      filter.document ?? 'invoice',
      filter.customerId ?? null,
      filter.accountId ?? null,
      filter.status ?? null,
      filter.kind ?? null,
      filter.number ?? null,
      filter.issuedFrom ?? null,
      filter.issuedTo ?? null,
      filter.dueBefore ?? null,
      filter.correctsId ?? null,
    ];
    return this.uow.read(actor, async (tx) => {
      const [rows, count] = await Promise.all([
        tx.query<InvoiceView>(LISTS.of(page.sort, values[0] !== null), [...values, page.limit, page.offset]),
        tx.one<{ total: number }>(COUNT, values),
      ]);
      return { rows, total: count?.total ?? 0 };
    });
  }

  /** @throws `billing.invoice.not_found`, also for one behind another wall */
  get(actor: Actor, id: number): Promise<InvoiceWithLines> {
    return this.uow.run(actor, async () => {
      const invoice = await this.invoices.get(id);
      if (actor.reach === 'customer' && invoice.issuedAt === null) throw billingErrors('billing.invoice.not_found');
      return { ...invoice, lines: await this.invoices.lines(id) };
    });
  }

  /** Derives every line again and compares. @throws `billing.invoice.not_found` */
  proof(actor: Actor, id: number): Promise<InvoiceProof> {
    return this.uow.run(actor, async (tx) => {
      const invoice = await this.get(actor, id);
      const row = await tx.one<{ unchanged: boolean | null }>(UNCHANGED, [id]);
      return prove(invoice, row?.unchanged ?? null);
    });
  }
}
