import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import {
  AccountQueries,
  CreditInvoice,
  GenerateInvoice,
  InvoiceQueries,
  VoidInvoice,
  WriteInvoice,
} from '@isp/domain/billing';
import { listOf, sliceOf } from '../lists.js';
import * as present from './invoice.presenter.js';
import * as schema from './invoice.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Invoices')
@Controller('v1/billing')
export class InvoicesController {
  constructor(
    private readonly accounts: AccountQueries,
    private readonly generate: GenerateInvoice,
    private readonly write: WriteInvoice,
    private readonly invoices: InvoiceQueries,
    private readonly voidInvoice: VoidInvoice,
    private readonly creditInvoice: CreditInvoice,
  ) {}

  @Post('invoices')
  @Operation({
    access: 'invoice.manage',
    summary: 'Generate an invoice',
    description:
      'With `line_items`: over what they say; `amount` is the price of one, and a line comes to amount × quantity × ' +
      'proration_factor, rounded half-up, plus its taxes. Days of a service that a recurring invoice covers cannot be invoiced ' +
      'again. Without `line_items`: over what the account owes by the history of its services and was not invoiced yet, for ' +
      'one of its own periods or, without `billing_period`, for all that is due today; a negative result is a credit note. A ' +
      'period that is not due yet (in advance, at most a year ahead) brings nothing but itself. ' +
      'It is issued at once unless `draft` is true.',
    status: 201,
    response: schema.invoiceWithLinesShape,
    example: schema.invoiceWithLinesExample,
    requestExample: schema.documentedRequest,
    errors: ['conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async createInvoice(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.createInvoiceBody) body: schema.CreateInvoiceBody,
  ) {
    const { customer_id: customerId, account_id: wanted, billing_period: asked, line_items: items } = body;
    const { due_date: dueOn, draft, notes, invoice_type: kind } = body;
    const accountId = await this.accounts.idFor(actor, customerId, wanted);
    const period = asked && { startDate: asked.start_date, endDate: asked.end_date };
    const input = { actor, accountId, period, dueOn, draft, notes };
    const made = items
      ? await this.write.execute({ ...input, kind, lines: items.map(linesOf) })
      : await this.generate.execute(input);
    return createdAt(`/v1/billing/invoices/${made.id}`, await this.shown(actor, made.id));
  }

  @Get('invoices')
  @Operation({
    access: 'invoice.read',
    summary: 'List invoices, newest first',
    description:
      'Drafts are for staff and resellers. total_amount = paid_amount + applied_credit_amount + written_off_amount + amount_due: ' +
      'what is settled is `paid`, also when it was credited, and `uncollectible` when some of it is written off.',
    response: schema.invoicesShape,
    example: { invoices: [schema.invoiceExample], pagination: PAGINATION },
  })
  async listInvoices(@CurrentActor() actor: Actor, @QueryString(schema.invoicesQuery) query: schema.InvoicesQuery) {
    const filter = { ...filterOf(query), status: query.status, kind: query.invoice_type, dueBefore: query.due_before };
    const { rows, total } = await this.invoices.list(actor, filter, sliceOf(query));
    return listOf('invoices', rows.map(present.presentInvoice), total, query);
  }

  @Get('credit-notes')
  @Operation({
    access: 'invoice.read',
    summary: 'List credit notes, newest first',
    description: 'Amounts are negative. `paid_amount` is what was used of one.',
    response: schema.creditNotesShape,
    example: { credit_notes: [schema.creditNoteListExample], pagination: PAGINATION },
  })
  async listCreditNotes(
    @CurrentActor() actor: Actor,
    @QueryString(schema.creditNotesQuery) query: schema.CreditNotesQuery,
  ) {
    const { status, invoice_id: correctsId } = query;
    const filter = { ...filterOf(query), document: 'credit_note', status, correctsId } as const;
    const { rows, total } = await this.invoices.list(actor, filter, sliceOf(query));
    return listOf('credit_notes', rows.map(present.presentInvoice), total, query);
  }

  @Get('invoices/:invoice_id')
  @Operation({
    access: 'invoice.read',
    summary: 'Read an invoice or a credit note',
    response: schema.invoiceWithLinesShape,
    example: schema.invoiceWithLinesExample,
    errors: ['not_found'],
  })
  getInvoice(@CurrentActor() actor: Actor, @PathParam('invoice_id', intId) id: number) {
    return this.shown(actor, id);
  }

  @Get('invoices/:invoice_id/proof')
  @Operation({
    access: 'invoice.read',
    summary: 'Prove an invoice',
    description:
      'Each line with its inputs, its rule and its arithmetic, computed again now and compared with what is stored. ' +
      '`unchanged`: header and lines are byte for byte what was issued; null for a draft.',
    response: schema.proofShape,
    example: schema.proofExample,
    errors: ['not_found'],
  })
  async proveInvoice(@CurrentActor() actor: Actor, @PathParam('invoice_id', intId) id: number) {
    return present.presentProof(await this.invoices.proof(actor, id));
  }

  @Post('invoices/:invoice_id/void')
  @Operation({
    access: 'invoice.manage',
    summary: 'Void an invoice that nothing was paid or credited of, or throw a draft away',
    description: 'It keeps its number. What the engine had put on it is due again.',
    response: schema.invoiceWithLinesShape,
    example: { ...schema.invoiceWithLinesExample, status: 'void', amount_due: 0 },
    requestExample: { reason: 'Sent to the wrong customer' },
    errors: ['not_found', 'conflict'],
    keepAnswerHours: 720,
  })
  async void(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) invoiceId: number,
    @JsonBody(schema.voidBody) { reason }: schema.VoidBody,
  ) {
    return this.shown(actor, (await this.voidInvoice.execute({ actor, invoiceId, reason })).id);
  }

  @Post('invoices/:invoice_id/credit-notes')
  @Operation({
    access: 'invoice.manage',
    summary: 'Credit an invoice, in part or in full',
    description:
      '`lines` says how much of which line (by its number, without tax; taxes follow in proportion); without it everything that ' +
      'is left. All credit notes of an invoice together never exceed it. The credit pays the invoice first; what is more is ' +
      'the account’s credit balance.',
    status: 201,
    response: schema.invoiceWithLinesShape,
    example: schema.creditNoteExample,
    requestExample: { reason: 'Two days without service', lines: [{ line: 1, amount: 10 }] },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async credit(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) invoiceId: number,
    @JsonBody(schema.creditBody) { reason, lines }: schema.CreditBody,
  ) {
    const credits = lines?.map(({ line: position, amount }) => ({ position, amount }));
    const note = await this.creditInvoice.execute({ actor, invoiceId, reason, lines: credits });
    return createdAt(`/v1/billing/invoices/${note.id}`, await this.shown(actor, note.id));
  }

  private async shown(actor: Actor, id: number) {
    return present.presentInvoiceWithLines(await this.invoices.get(actor, id));
  }
}

function linesOf(item: NonNullable<schema.CreateInvoiceBody['line_items']>[number]) {
  const { service_id: serviceId, proration_factor: prorationFactor, ...rest } = item;
  return { serviceId, prorationFactor, ...rest };
}

function filterOf(query: schema.InvoicesQuery | schema.CreditNotesQuery) {
  const { customer_id: customerId, account_id: accountId, invoice_number: number } = query;
  return { customerId, accountId, number, issuedFrom: query.issued_from, issuedTo: query.issued_to };
}
