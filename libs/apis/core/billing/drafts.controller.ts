import { Controller, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ChangeDraft, InvoiceQueries, IssueInvoice } from '@isp/domain/billing';
import { presentInvoiceWithLines } from './invoice.presenter.js';
import * as schema from './invoice.schema.js';

@ApiTags('Invoices')
@Controller('v1/billing/invoices')
export class DraftsController {
  constructor(
    private readonly changeDraft: ChangeDraft,
    private readonly issueDraft: IssueInvoice,
    private readonly invoices: InvoiceQueries,
  ) {}

  @Post(':invoice_id/issue')
  @Operation({
    access: 'invoice.manage',
    summary: 'Issue a draft',
    description:
      'It gets the next number of its series and year, and never changes again. One of the engine is computed again first: 409 ' +
      '(`INVOICE_STALE`) where something else is due by now; void it, and have it made again.',
    response: schema.invoiceWithLinesShape,
    example: schema.invoiceWithLinesExample,
    errors: ['not_found', 'conflict'],
    keepAnswerHours: 720,
  })
  async issue(@CurrentActor() actor: Actor, @PathParam('invoice_id', intId) invoiceId: number) {
    return this.shown(actor, (await this.issueDraft.execute({ actor, invoiceId })).id);
  }

  @Patch(':invoice_id')
  @Operation({
    access: 'invoice.manage',
    summary: 'Change what a draft says beside its lines',
    description:
      '`due_date` null: as many days after the issue as the account has to pay. Lines come from what they charge: change ' +
      'that, or void the draft and write another.',
    response: schema.invoiceWithLinesShape,
    example: { ...schema.invoiceWithLinesExample, status: 'draft', invoice_number: null, issue_date: null },
    requestExample: { due_date: '2025-02-28', notes: 'As agreed by telephone' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) invoiceId: number,
    @JsonBody(schema.changeDraftBody) { due_date: dueOn, notes }: schema.ChangeDraftBody,
  ) {
    return this.shown(actor, (await this.changeDraft.execute({ actor, invoiceId, changes: { dueOn, notes } })).id);
  }

  private async shown(actor: Actor, id: number) {
    return presentInvoiceWithLines(await this.invoices.get(actor, id));
  }
}
