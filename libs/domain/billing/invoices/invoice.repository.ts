import { Injectable } from '@nestjs/common';
import { Money, currencyDecimals } from '@isp/kernel';
import { UnitOfWork, statement, violatedConstraint } from '@isp/platform/database';
import { currentRequestId } from '@isp/platform/logging';
import type { BilledAccount } from '../accounts/account.view.js';
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
export const ISSUE = statement('invoices-issue', `SELECT ${INVOICE_COLUMNS} FROM issue_document($1, $2, $3, $4) i`);
const ISSUE_AT_ONCE = statement(
  'invoices-issue-at-once',
  'SELECT id FROM issue_at_once($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS id',
);
const VOID = statement(
  'invoices-void',
  `UPDATE invoices i SET status = 'void', voided_at = $2, void_reason = $3, version = version + 1, updated_at = $2
    WHERE id = $1 RETURNING ${INVOICE_COLUMNS}`,
);
const CHANGE_DRAFT = statement(
  'invoices-change-draft',
  `UPDATE invoices i SET due_on = $2, notes = $3, version = version + 1, updated_at = $4 WHERE id = $1 RETURNING ${INVOICE_COLUMNS}`,
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
  readonly account: BilledAccount;
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
   * Writes documents that are issued at once, none of them a draft before, with their events: a third of the work of
   * `insertAll` and `issue`. Answers their ids, in the order in which they were given.
   * @throws `billing.period.already_invoiced`
   */
  async issueNew(made: readonly DatedDocument[], at: Date): Promise<number[]> {
    const values = atOnce(made, at);
    const rows = await this.guarded(() => this.uow.tx.query<{ id: number }>(ISSUE_AT_ONCE, values));
    return rows.map(({ id }) => id);
  }

  /** As `issueNew`, together with COMMIT: all who issue wait for the numbers no longer than for that. */
  issueNewAtLast(made: readonly DatedDocument[], at: Date): void {
    this.uow.tx.defer(ISSUE_AT_ONCE, atOnce(made, at));
  }

  /** Notes the days of services that a document's period was invoiced for by hand. @throws `billing.period.already_invoiced` */
  async cover(invoiceId: number, serviceIds: readonly number[]): Promise<void> {
    await this.guarded(() => this.uow.tx.execute(COVER, [invoiceId, serviceIds]));
  }

  async uncover(invoiceId: number): Promise<void> {
    await this.uow.tx.execute(UNCOVER, [invoiceId]);
  }

  /** Issues a draft, with the day of its issue and the one on which it is due. */
  async issue({ id, on, dueOn }: DatedDraft, at: Date): Promise<InvoiceView> {
    return (await this.uow.tx.one<InvoiceView>(ISSUE, [id, at, on, dueOn])) as InvoiceView;
  }

  async void(id: number, at: Date, reason: string | null): Promise<InvoiceView> {
    return (await this.uow.tx.one<InvoiceView>(VOID, [id, at, reason])) as InvoiceView;
  }

  async changeDraft(
    id: number,
    { dueOn, notes }: Pick<InvoiceView, 'dueOn' | 'notes'>,
    at: Date,
  ): Promise<InvoiceView> {
    return (await this.uow.tx.one<InvoiceView>(CHANGE_DRAFT, [id, dueOn, notes, at])) as InvoiceView;
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

/** What a line says, whoever it is for. */
const sayingOf = ({ kind, description, from, until, amount, taxes, inputs }: NewLine) => {
  return { kind, description, from_on: from, until_on: until, amount, taxes, inputs };
};
const taxOf = ({ taxes }: NewLine, currency: string): string =>
  Money.sumOfTexts(
    taxes.map(({ amount }) => amount),
    currency,
  ).toText();

/** The lines of the document `n`: its id, or its place among others. */
const linesOf = ({ lines, account: { currency } }: NewDocument, n: number) =>
  lines.map((line, index) => ({
    n,
    position: index + 1,
    key: line.key,
    service_id: line.serviceId,
    corrects_line_id: line.correctsLineId ?? null,
    tax_amount: taxOf(line, currency),
    ...sayingOf(line),
  }));

/** The lines of documents as `issue_at_once` takes them: what many of them say alike is there once. */
function linesAtOnce(made: readonly NewDocument[]): unknown[] {
  const places = new Map<string, number>();
  const said: object[] = [];
  const of: Record<'n' | 'position' | 'c' | 'service', (number | null)[]> = { n: [], position: [], c: [], service: [] };
  const keys: (string | null)[] = [];
  const corrected: (string | null)[] = [];
  made.forEach(({ lines, account: { currency } }, n) => {
    lines.forEach((line, index) => {
      const saying = sayingOf(line);
      const text = JSON.stringify([currency, saying]);
      const c = places.get(text) ?? places.size;
      if (c === places.size) {
        places.set(text, c);
        said.push({ c, ...saying, tax_amount: taxOf(line, currency) });
      }
      of.n.push(n);
      of.position.push(index + 1);
      of.c.push(c);
      of.service.push(line.serviceId);
      keys.push(line.key);
      corrected.push(line.correctsLineId ?? null);
    });
  });
  return [JSON.stringify(said), of.n, of.position, of.c, keys, of.service, corrected];
}

/** What `issue_at_once` takes. */
function atOnce(made: readonly DatedDocument[], at: Date): unknown[] {
  const documents = made.map(({ document, on }, n) => ({ ...documentRow(document), n, issued_on: on }));
  const currencies = new Set(made.map(({ document }) => document.account.currency));
  const decimals = Object.fromEntries([...currencies].map((currency) => [currency, currencyDecimals(currency)]));
  const lines = linesAtOnce(made.map(({ document }) => document));
  return [JSON.stringify(documents), ...lines, at, decimals, currentRequestId() ?? null];
}
