import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer, CurrentActor, Operation, PAGE_HEADERS, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AgeingQueries } from '@isp/domain/billing';
import {
  BadDebtReport,
  InvoicedRevenueReport,
  RecurringRevenueReport,
  TaxReport,
  TrialBalanceReport,
} from '@isp/domain/reporting';
import { type Clock, type CsvCell, addMonths, csvText, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { z } from 'zod';
import { listOf, sliceOf } from '../lists.js';
import { REPORTS_PAGE } from './page.js';
import * as present from './report.presenter.js';
import * as schema from './report.schema.js';

const MONTHS =
  '`from` and `to` are months, both included, 60 at most; without them the last twelve, up to the present one. ' +
  '`format=csv` answers the same table as CSV, with no text in it that a spreadsheet would compute.';

@ApiTags('Reports')
@Controller('v1/reports')
export class ReportsController {
  constructor(
    private readonly recurring: RecurringRevenueReport,
    private readonly invoiced: InvoicedRevenueReport,
    private readonly taxes: TaxReport,
    private readonly badDebts: BadDebtReport,
    private readonly trialBalances: TrialBalanceReport,
    private readonly openInvoices: AgeingQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('mrr')
  @Operation({
    access: 'report.read',
    summary: 'Report the monthly recurring revenue, its movements and the revenue a customer (ARPU)',
    description:
      `The monthly prices, without tax and before discounts, of all services from their activation to their end, suspended ones ` +
      'included, at the end of each month. closing = opening + new + reactivation + expansion + contraction + churn; each ' +
      `customer is in one of them a month. \`arpu\` is closing by customers. ${MONTHS}`,
    response: schema.mrrShape,
    example: schema.mrrExample,
  })
  async mrr(@CurrentActor() actor: Actor, @QueryString(schema.mrrQuery) query: schema.MrrQuery) {
    const rows = await this.recurring.list(actor, { ...this.rangeOf(query), currency: query.currency });
    return tableOf('mrr', rows.map(present.presentMrr), query.format);
  }

  @Get('revenue')
  @Operation({
    access: 'report.read',
    summary: 'Report what was invoiced, by plan or partner',
    description: `By month of issue, voided documents left out. \`by=plan\` has a row without a plan for what belongs to none. ${MONTHS}`,
    response: schema.revenueShape,
    example: schema.revenueExample,
  })
  async revenue(@CurrentActor() actor: Actor, @QueryString(schema.revenueQuery) query: schema.RevenueQuery) {
    const rows = await this.invoiced.revenue(actor, this.rangeOf(query), query.by);
    return tableOf('revenue', rows.map(present.presentRevenue), query.format);
  }

  @Get('tax')
  @Operation({
    access: 'report.read',
    summary: 'Report taxes by month, region, code and rate',
    description:
      'Of issued invoices less credit notes; a row without a code is what was sold without tax. What is due is `amount` less ' +
      '`reclaimed_tax`: the tax of bad debts that was claimed back with a write-off, in the month of that, less what was given ' +
      'back when money came after all. Of an invoice with several rates it is in proportion to what each has left of it. ' +
      MONTHS,
    response: schema.taxShape,
    example: schema.taxExample,
  })
  async tax(@CurrentActor() actor: Actor, @QueryString(schema.monthsQuery) query: schema.MonthsQuery) {
    const rows = await this.taxes.list(actor, this.rangeOf(query));
    return tableOf('tax', rows.map(present.presentTax), query.format);
  }

  @Get('deferred-revenue')
  @Operation({
    access: 'report.read',
    summary: 'Report what was invoiced in advance and is not earned yet',
    description:
      'A line that is for days is earned by the day, any other on the day of issue, nothing before it. closing = opening + ' +
      `invoiced − recognised, without tax. ${MONTHS}`,
    response: schema.deferredShape,
    example: schema.deferredExample,
  })
  async deferred(@CurrentActor() actor: Actor, @QueryString(schema.monthsQuery) query: schema.MonthsQuery) {
    const rows = await this.invoiced.deferred(actor, this.rangeOf(query));
    return tableOf('deferred_revenue', rows.map(present.presentDeferred), query.format);
  }

  @Get('bad-debt')
  @Operation({
    access: 'report.read',
    summary: 'Report what was written off, and what came back of it',
    description:
      'By the month in which it happened, where the account is, and by reason. `recovered` came as money or was credited after ' +
      'all, `reversed` was taken back by people; both are negative. loss = written_off + recovered + reversed − reclaimed_tax, ' +
      `and the tax that is owed is that of the tax report less reclaimed_tax. ${MONTHS}`,
    response: schema.badDebtShape,
    example: schema.badDebtExample,
  })
  async badDebt(@CurrentActor() actor: Actor, @QueryString(schema.monthsQuery) query: schema.MonthsQuery) {
    const rows = await this.badDebts.list(actor, this.rangeOf(query));
    return tableOf('bad_debt', rows.map(present.presentBadDebt), query.format);
  }

  @Get('trial-balance')
  @Operation({
    access: 'report.read',
    summary: 'Report the trial balance of the ledger',
    description:
      'What each ledger account was debited and credited with, by currency: now, or up to the end of the day `as_of` of each ' +
      'account’s time zone. `format=csv` answers the same table as CSV.',
    response: schema.trialBalanceShape,
    example: schema.trialBalanceExample,
  })
  async trialBalance(
    @CurrentActor() actor: Actor,
    @QueryString(schema.trialBalanceQuery) query: schema.TrialBalanceQuery,
  ) {
    const rows = await this.trialBalances.list(actor, { partnerId: query.partner_id, asOf: query.as_of });
    return tableOf('trial_balance', rows.map(present.presentTrialBalance), query.format);
  }

  @Get('ageing')
  @Operation({
    access: 'report.read',
    summary: 'Report what is owed by the days since it was due',
    description:
      'Now, or at the end of the day `as_of` of each account’s time zone; by currency alone, by partner or by customer. ' +
      'What a bank took back beyond what was left of a payment is owed since that day, and is no invoice: it is in the amounts, not in `invoices`. ' +
      '`format=csv` answers all rows, with no text in them that a spreadsheet would compute.',
    response: schema.ageingShape,
    example: schema.ageingExample,
  })
  async ageing(@CurrentActor() actor: Actor, @QueryString(schema.ageingQuery) query: schema.AgeingQuery) {
    const { as_of: asOf, group_by: groupBy, partner_id: partnerId, customer_id: customerId, format } = query;
    const page = format === 'csv' ? undefined : sliceOf(query);
    const { rows, total } = await this.openInvoices.list(actor, { asOf, groupBy, partnerId, customerId }, page);
    const shown = rows.map(present.presentAgeing);
    return format === 'csv' ? csvOf('ageing', shown) : listOf('ageing', shown, total, query);
  }

  @Get('page')
  @Operation({
    access: 'public',
    summary: 'Look at the reports',
    description:
      'A page for browsers. It holds no figures: it asks for an API key that may read reports, and draws what that may see.',
    contentType: 'text/html',
    response: z.string(),
    example: '<!doctype html>…',
  })
  page() {
    return new Answer(REPORTS_PAGE, { ...PAGE_HEADERS, 'content-type': 'text/html; charset=utf-8' });
  }

  /** The months that are asked for; of those that are not said, twelve up to the present one. */
  private rangeOf({ from, to, partner_id: partnerId }: schema.MonthsQuery) {
    const last = to ?? (from === undefined ? this.today() : later(this.today(), from));
    const first = from ?? addMonths(`${last}-01`, -11).slice(0, 7);
    return { from: first, to: last, partnerId };
  }

  private today(): string {
    return localDate(this.clock.now(), 'UTC').slice(0, 7);
  }
}

/** At most five years after the first month, at least it. */
function later(today: string, from: string): string {
  const most = addMonths(`${from}-01`, 59).slice(0, 7);
  return today < from ? from : today > most ? most : today;
}

function tableOf<N extends string, T extends Readonly<Record<string, CsvCell>>>(
  name: N,
  rows: readonly T[],
  format: 'json' | 'csv',
) {
  return format === 'csv' ? csvOf(name, rows) : { [name]: rows };
}

function csvOf(name: string, rows: readonly Readonly<Record<string, CsvCell>>[]): Answer<string> {
  return new Answer(csvText(Object.keys(rows[0] ?? { nothing: null }), rows), {
    'content-type': 'text/csv; charset=utf-8',
    'content-disposition': `attachment; filename="${name.replace(/_/g, '-')}.csv"`,
  });
}
