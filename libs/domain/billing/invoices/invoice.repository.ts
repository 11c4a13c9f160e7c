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

const INSERT_ALL = statement(
  'invoices-insert',
  `INSERT INTO invoices AS i (partner_id, customer_id, account_id, document, kind, origin, corrects_id, currency, period_from, period_until,
          due_on, subtotal_amount, tax_amount, total_amount, notes, review_until, created_by, created_at, updated_at)
   SELECT a.partner_id, a.customer_id, a.id, d.document, d.kind, d.origin, d.corrects_id, a.currency, d.period_from, d.period_until,
          d.due_on, d.net, d.tax, d.net + d.tax, d.notes, d.review_until, d.created_by, d.created_at, d.created_at
     FROM jsonb_to_recordset($1) AS d (account_id integer, document text, kind text, origin text, corrects_id integer, period_from date,
          period_until date, due_on date, net numeric, tax numeric, notes text, review_until timestamptz, created_by text, created_at timestamptz)
     JOIN billing_accounts a ON a.id = d.account_id ORDER BY d.account_id RETURNING i.id, i.account_id AS "accountId"`,
);
const INSERT_LINES = statement(
  'invoices-insert-lines',
  `INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, key, service_id, corrects_line_id,
          description, from_on, until_on, amount, tax_amount, taxes, inputs)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, l.position, l.kind, l.key, l.service_id, l.corrects_line_id, l.description,
          l.from_on, l.until_on, l.amount, l.tax_amount, l.taxes, l.inputs
     FROM jsonb_to_recordset($1) AS l (n integer, position integer, kind text, key text, service_id integer,
          corrects_line_id bigint, description text, from_on date, until_on date, amount numeric, tax_amount numeric, taxes jsonb, inputs jsonb)
     JOIN invoices i ON i.id = l.n ORDER BY l.n, l.position`,
);
const COVER = statement(
  'invoices-cover',
  `INSERT INTO invoice_coverage (partner_id, customer_id, account_id, invoice_id, service_id, days)
   SELECT i.partner_id, i.customer_id, i.account_id, i.id, s.id, daterange(i.period_from, i.period_until)
     FROM invoices i CROSS JOIN unnest($2::integer[]) AS s (id) WHERE i.id = $1`,
);
const UNCOVER = statement('invoices-uncover', 'DELETE FROM invoice_coverage WHERE invoice_id = $1');
// The number is taken here, by the database: a lock that all who issue share, so it comes as late as can be.
export const ISSUE = statement(
  'invoices-issue',
  `SELECT ${INVOICE_COLUMNS} FROM issue_documents($1, $2, $3, $4) i ORDER BY i.id`,
);
const ISSUE_AT_ONCE = statement(
  'invoices-issue-at-once',
  `SELECT ${INVOICE_COLUMNS} FROM issue_at_once($1, $2, $3) i ORDER BY i.id`,
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
const OF_PERIODS = statement(
  'invoices-of-periods',
  `SELECT i.account_id AS "accountId" FROM unnest($1::integer[], $2::date[]) AS p (account_id, period_from)
     JOIN invoices i ON i.account_id = p.account_id AND i.period_from = p.period_from AND i.document = 'invoice' AND i.kind = 'recurring'
      AND i.origin = 'engine' AND i.status <> 'void'`,
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

interface DatedDraft {
  readonly id: number;
  readonly on: string;
  readonly dueOn: string | null;
}

/** A document that is issued as it is written, and the day of that. */
export interface DatedDocument {
  readonly document: NewDocument;
  readonly on: string;
}

export interface NewDocument {
  readonly account: AccountView;
  readonly document: DocumentKind;
  readonly kind: InvoiceKind;
  readonly origin: 'engine' | 'person';
  readonly correctsId?: number | undefined;
  readonly period?: { readonly from: string; readonly until: string } | undefined;
  readonly dueOn?: string | undefined;
  readonly notes?: string | undefined;
  /** Until when it waits for a person, before it is issued by itself. */
  readonly reviewUntil?: Date | undefined;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly lines: readonly NewLine[];
}

@Injectable()
export class InvoiceRepository {
  constructor(private readonly uow: UnitOfWork) {}

  /** Writes a draft with its lines. @throws `billing.period.already_invoiced` */
  async insert(made: NewDocument): Promise<InvoiceView> {
    return this.get((await this.insertAll([made])).get(made.account.id) as number);
  }

  /** Writes drafts with their lines, at most one of an account; their ids, by account. @throws `billing.period.already_invoiced` */
  async insertAll(made: readonly NewDocument[]): Promise<Map<number, number>> {
    const rows = await this.guarded(() =>
      this.uow.tx.query<{ id: number; accountId: number }>(INSERT_ALL, [
        JSON.stringify(made.map((document) => documentRow(document))),
      ]),
    );
    const drafts = new Map(rows.map(({ id, accountId }) => [accountId, id]));
    const lines = made.flatMap((document) => linesOf(document, drafts.get(document.account.id) as number));
    await this.uow.tx.execute(INSERT_LINES, [JSON.stringify(lines)]);
    return drafts;
  }

  /**
   * Writes documents that are issued at once, none of them a draft before: half the work of `insertAll` and `issueAll`.
   * @throws `billing.period.already_invoiced`
   */
  issueNew(made: readonly DatedDocument[], at: Date): Promise<InvoiceView[]> {
    const documents = made.map(({ document, on }, n) => ({ ...documentRow(document), n, issued_on: on }));
    const lines = made.flatMap(({ document }, n) => linesOf(document, n));
    return this.guarded(() =>
      this.uow.tx.query<InvoiceView>(ISSUE_AT_ONCE, [JSON.stringify(documents), JSON.stringify(lines), at]),
    );
  }

  /** Notes the days of services that a document's period was invoiced for by hand. @throws `billing.period.already_invoiced` */
  async cover(invoiceId: number, serviceIds: readonly number[]): Promise<void> {
    await this.guarded(() => this.uow.tx.execute(COVER, [invoiceId, serviceIds]));
  }

  async uncover(invoiceId: number): Promise<void> {
    await this.uow.tx.execute(UNCOVER, [invoiceId]);
  }

  /** Issues drafts, each with the day of its issue and the one on which it is due. */
  issueAll(drafts: readonly DatedDraft[], at: Date): Promise<InvoiceView[]> {
    const columns = [drafts.map(({ id }) => id), at, drafts.map(({ on }) => on), drafts.map(({ dueOn }) => dueOn)];
    return this.uow.tx.query<InvoiceView>(ISSUE, columns);
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

  /** Which of these accounts have the engine's invoice of the period that begins on a day. */
  async havePeriods(periods: readonly { readonly accountId: number; readonly from: string }[]): Promise<Set<number>> {
    const columns = [periods.map(({ accountId }) => accountId), periods.map(({ from }) => from)];
    const rows = await this.uow.tx.query<{ accountId: number }>(OF_PERIODS, columns);
    return new Set(rows.map(({ accountId }) => accountId));
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

function documentRow({ account, period, lines, ...made }: NewDocument) {
  const { net, tax } = totalOf(lines, account.currency);
  return {
    account_id: account.id,
    document: made.document,
    kind: made.kind,
    origin: made.origin,
    corrects_id: made.correctsId,
    period_from: period?.from,
    period_until: period?.until,
    due_on: made.dueOn,
    net: net.toText(),
    tax: tax.toText(),
    notes: made.notes,
    review_until: made.reviewUntil,
    created_by: made.createdBy,
    created_at: made.createdAt,
  };
}

/** The lines of the document `n`: its id, or its place among others. */
const linesOf = ({ lines, account: { currency } }: NewDocument, n: number) =>
  lines.map((line, index) => lineRow(line, n, index, currency));

function lineRow(line: NewLine, n: number, index: number, currency: string) {
  const tax = Money.sum(
    line.taxes.map(({ amount }) => Money.of(amount, currency)),
    currency,
  );
  return {
    n,
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
