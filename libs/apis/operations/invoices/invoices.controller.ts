import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { InvoiceReport } from '@isp/domain/reporting';
import { presentInvoice, statusesOf } from './invoice.presenter.js';
import * as schema from './invoice.schema.js';

@ApiTags('Finance')
@Controller('operations/v1/invoices')
export class OperationsInvoicesController {
  constructor(private readonly report: InvoiceReport) {}

  @Get()
  @Operation({
    access: 'invoice.read',
    summary: 'List issued invoices',
    description:
      'Oldest first; drafts, voided ones and credit notes are left out. Unknown parameters are ignored. `amount_usd` is with tax, ' +
      'and left out for an invoice that is not in US dollars. `risk_level` comes from how the account pays: High when something ' +
      'is more than 30 days late or two payments came back, Medium when something is late or one came back. `account_manager` ' +
      'is empty until it is recorded.',
    response: schema.invoicesShape,
    example: schema.invoicesExample,
  })
  async getInvoices(@CurrentActor() actor: Actor, @QueryString(schema.invoicesQuery) query: schema.InvoicesQuery) {
    const statuses = query.status === undefined ? undefined : statusesOf(query.status);
    if (query.status !== undefined && statuses === undefined) return [];
    const rows = await this.report.list(actor, { statuses, after: query.after_id, limit: query.limit });
    return rows.map(presentInvoice);
  }
}
