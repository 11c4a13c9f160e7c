import { Injectable } from '@nestjs/common';
import { Money } from '@isp/kernel';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import type { AccountView } from '../accounts/account.view.js';
import { billingErrors } from '../billing.errors.js';
import { totalOf } from '../engine/arithmetic.js';
import type { EngineLine } from '../engine/engine.types.js';
import {
  type DocumentKind,
  INVOICE_COLUMNS,
  type InvoiceKind,
  type InvoiceLineView,
  type InvoiceView,
  LINE_COLUMNS,
} from './invoice.view.js';

const INSERT = statement(
  'invoices-insert',
  `INSERT INTO invoices AS i (partner_id, customer_id, account_id, document, kind, origin, corrects_id, currency, period_from, period_until,
          due_on, subtotal_amount, tax_amount, total_amount, notes, created_by, created_at, updated_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17) RETURNING ${INVOICE_COLUMNS}`,
);
const INSERT_LINES = statement(
  'invoices-insert-lines',
  `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, key, service_id, corrects_line_id,
          description, from_on, until_on, amount, tax_amount, taxes, inputs)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, l.position, l.kind, l.key, l.service_id, l.corrects_line_id, l.description,
          l.from_on, l.until_on, l.amount, l.tax_amount, l.taxes, l.inputs
     FROM invoices i CROSS JOIN jsonb_to_recordset($2) AS l (position integer, kind text, key text, service_id integer,
          corrects_line_id bigint, description text, from_on date, until_on date, amount numeric, tax_amount numeric, taxes jsonb, inputs jsonb)
    WHERE i.id = $1 ORDER BY l.position`,
);
const COVER = statement(
  'invoices-cover',
  `INSERT INTO invoice_coverage (partner_id, customer_id, account_id, invoice_id, service_id, days)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, s.id, daterange(i.period_from, i.period_until)
     FROM invoices i CROSS JOIN unnest($2::integer[]) AS s (id) WHERE i.id = $1`,
);
const UNCOVER = statement('invoices-uncover', 'DELETE FROM invoice_coverage WHERE invoice_id = $1');
// The number is taken here, by the database: a lock that all who issue share, so it comes as late as can be.
const ISSUE = statement(
  'invoices-issue',
  `UPDATE invoices i SET status = CASE document WHEN 'invoice' THEN 'pending' ELSE 'issued' END, issued_at = $2, issued_on = $3, due_on = $4,
          version = version + 1, updated_at = $2 WHERE id = $1 RETURNING ${INVOICE_COLUMNS}`,
);
const VOID = statement(
  'invoices-void',
  `UPDATE invoices i SET status = 'void', voided_at = $2, void_reason = $3, version = version + 1, updated_at = $2
    WHERE id = $1 RETURNING ${INVOICE_COLUMNS}`,
);
const GET = statement('invoices-get', `SELECT ${INVOICE_COLUMNS} FROM invoices i WHERE i.id = $1`);
const LINES = statement(
  'invoices-lines',
  `SELECT ${LINE_COLUMNS} FROM invoice_lines l WHERE l.invoice_id = $1 ORDER BY l.position`,
);
const OF_PERIOD = statement(
  'invoices-of-period',
  `SELECT EXISTS (SELECT FROM invoices WHERE account_id = $1 AND period_from = $2 AND document = 'invoice' AND kind = 'recurring'
     AND origin = 'engine' AND status <> 'void') AS there`,
);
const OVERLAPPING = statement(
  'invoices-overlapping',
  `SELECT EXISTS (SELECT FROM invoice_lines l JOIN invoices i ON i.id = l.invoice_id
     WHERE l.account_id = $1 AND l.service_id = ANY ($2) AND l.kind = 'recurring' AND l.key IS NOT NULL AND i.status <> 'void'
       AND daterange(l.from_on, l.until_on) && daterange($3, $4)
       AND (SELECT sum(same.amount) FROM invoice_lines same JOIN invoices j ON j.id = same.invoice_id
             WHERE same.account_id = l.account_id AND same.key = l.key AND j.status <> 'void') > 0) AS there`,
);

/** A line to be written. Its dates may be missing when it is for no time. */
export type NewLine = Omit<EngineLine, 'from' | 'until'> & {
  readonly from: string | null;
  readonly until: string | null;
  readonly correctsLineId?: string | undefined;
};

export interface NewDocument {
  readonly account: AccountView;
  readonly document: DocumentKind;
  readonly kind: InvoiceKind;
  readonly origin: 'engine' | 'person';
  readonly correctsId?: number | undefined;
  readonly period?: { readonly from: string; readonly until: string } | undefined;
  readonly dueOn?: string | undefined;
  readonly notes?: string | undefined;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly lines: readonly NewLine[];
}

@Injectable()
export class InvoiceRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Writes a draft with its lines. @throws `billing.period.already_invoiced` */
  async insert(made: NewDocument): Promise<InvoiceView> {
    const { account, lines } = made;
    const { net, tax, total } = totalOf(lines, account.currency);
    const values = [
      account.partnerId,
      account.customerId,
      account.id,
      made.document,
      made.kind,
      made.origin,
      made.correctsId ?? null,
      account.currency,
      made.period?.from ?? null,
      made.period?.until ?? null,
      made.dueOn ?? null,
      net.toText(),
      tax.toText(),
      total.toText(),
      made.notes ?? null,
      made.createdBy,
      made.createdAt,
    ];
    const invoice = await this.guarded(() => this.uow.tx.one<InvoiceView>(INSERT, values));
    const draft = invoice as InvoiceView;
    await this.uow.tx.execute(INSERT_LINES, [
      draft.id,
      JSON.stringify(lines.map((line, n) => lineRow(line, n, account.currency))),
    ]);
    return draft;
  }

  /** Notes the days of services that a document's period was invoiced for by hand. @throws `billing.period.already_invoiced` */
  async cover(invoiceId: number, serviceIds: readonly number[]): Promise<void> {
    await this.guarded(() => this.uow.tx.execute(COVER, [invoiceId, serviceIds]));
  }

  async uncover(invoiceId: number): Promise<void> {
    await this.uow.tx.execute(UNCOVER, [invoiceId]);
  }

  async issue(id: number, at: Date, on: string, dueOn: string | null): Promise<InvoiceView> {
    return (await this.uow.tx.one<InvoiceView>(ISSUE, [id, at, on, dueOn])) as InvoiceView;
  }

  async void(id: number, at: Date, reason: string | null): Promise<InvoiceView> {
    return (await this.uow.tx.one<InvoiceView>(VOID, [id, at, reason])) as InvoiceView;
  }

  /** @throws `billing.invoice.not_found` */
  async get(id: number): Promise<InvoiceView> {
    const invoice = await this.uow.tx.one<InvoiceView>(GET, [id]);
    if (!invoice) throw billingErrors('billing.invoice.not_found');
    return invoice;
  }

  lines(id: number): Promise<InvoiceLineView[]> {
    return this.uow.tx.query<InvoiceLineView>(LINES, [id]);
  }

  /** Whether the engine has made an account's invoice of the period that begins on a day. */
  async hasPeriod(accountId: number, from: string): Promise<boolean> {
    return (await this.uow.tx.one<{ there: boolean }>(OF_PERIOD, [accountId, from]))?.there ?? false;
  }

  /** Whether the engine has invoiced any of these days of any of these services, and not taken it back. */
  async hasDays(accountId: number, serviceIds: readonly number[], from: string, until: string): Promise<boolean> {
    const row = await this.uow.tx.one<{ there: boolean }>(OVERLAPPING, [accountId, serviceIds, from, until]);
    return row?.there ?? false;
  }

  private async guarded<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (error) {
      const broken = violatedConstraint(error) ?? '';
      if (['invoices_one_of_a_period', 'invoice_coverage_once'].includes(broken))
        throw billingErrors('billing.period.already_invoiced');
      throw error;
    }
  }
}

function lineRow(line: NewLine, index: number, currency: string) {
  const tax = Money.sum(
    line.taxes.map(({ amount }) => Money.of(amount, currency)),
    currency,
  );
  return {
    position: index + 1,
    kind: line.kind,
    key: line.key,
    service_id: line.serviceId,
    corrects_line_id: line.correctsLineId ?? null,
    description: line.description,
    from_on: line.from,
    until_on: line.until,
    amount: line.amount,
    tax_amount: tax.toText(),
    taxes: line.taxes,
    inputs: line.inputs,
  };
}
