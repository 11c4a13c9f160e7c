import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { BillingRuns, type RunFinding, RunQueries, type RunView } from '@isp/domain/billing';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { amountOf } from './money.js';
import * as schema from './run.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Billing runs')
@Controller('v1/billing/runs')
export class BillingRunsController {
  constructor(
    private readonly runs: BillingRuns,
    private readonly queries: RunQueries,
  ) {}

  @Get()
  @Operation({
    access: 'billing_run.read',
    summary: 'List billing runs',
    description: 'One begins by itself whenever the billing day of an account comes, in the time zone of the account.',
    response: schema.runsShape,
    example: { runs: [schema.runExample], pagination: PAGINATION },
  })
  async listRuns(@CurrentActor() actor: Actor, @QueryString(schema.runsQuery) query: schema.RunsQuery) {
    const filter = { status: query.status, dryRun: query.dry_run };
    const { rows, total } = await this.queries.list(actor, filter, sliceOf(query));
    return listOf('runs', rows.map(presentRun), total, query);
  }

  @Post()
  @Operation({
    access: 'billing_run.manage',
    summary: 'Begin a billing run',
    description:
      'It bills every account whose day has come, each period once; with `until`, those whose day came by that day. A dry run ' +
      'invoices nothing: it answers the totals of each plan and lists accounts that are far from what they were last time ' +
      '(`/findings`); its `until` may lie ahead. Accounts that a run parked or could not bill are findings too.',
    status: 201,
    response: schema.runShape,
    example: { ...schema.runExample, status: 'running', progress: 0, accounts_done: 0 },
    requestExample: { dry_run: true },
    errors: ['unprocessable'],
  })
  async createRun(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.createRunBody) { dry_run: dryRun, until: untilOn }: schema.CreateRunBody,
  ) {
    const run = await this.runs.create({ actor, dryRun, untilOn });
    return createdAt(`/v1/billing/runs/${run.id}`, presentRun(run));
  }

  @Get(':run_id')
  @Operation({
    access: 'billing_run.read',
    summary: 'Read a billing run: how far it is, and what it came to',
    response: schema.runShape,
    example: schema.runExample,
    errors: ['not_found'],
  })
  async getRun(@CurrentActor() actor: Actor, @PathParam('run_id', intId) id: number) {
    return presentRun(await this.queries.get(actor, id));
  }

  @Get(':run_id/findings')
  @Operation({
    access: 'billing_run.read',
    summary: 'List the accounts of a billing run that a person should look at',
    response: schema.findingsShape,
    example: { findings: [schema.findingExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async listFindings(
    @CurrentActor() actor: Actor,
    @PathParam('run_id', intId) id: number,
    @QueryString(schema.findingsQuery) query: schema.FindingsQuery,
  ) {
    const { rows, total } = await this.queries.findings(actor, id, query.kind, sliceOf(query));
    return listOf('findings', rows.map(presentFinding), total, query);
  }

  @Post(':run_id/issue-drafts')
  @Operation({
    access: 'billing_run.manage',
    summary: 'Issue the drafts of a billing run',
    description:
      'Ends their review. Each is computed again, and issued within a minute or so: as it is, or as another document that ' +
      'says what is due by now. `drafts` says how many they are.',
    status: 202,
    response: schema.issuedDraftsShape,
    example: { run_id: schema.runExample.id, drafts: 42 },
    errors: ['not_found', 'conflict'],
  })
  async issueDrafts(@CurrentActor() actor: Actor, @PathParam('run_id', intId) id: number) {
    return { run_id: id, drafts: (await this.runs.endReview(actor, id)).drafts };
  }

  @Post(':run_id/cancel')
  @Operation({
    access: 'billing_run.manage',
    summary: 'Stop a billing run',
    description: 'What it invoiced stands; the accounts that it did not come to are still due.',
    response: schema.runShape,
    example: { ...schema.runExample, status: 'cancelled' },
    errors: ['not_found', 'conflict'],
  })
  async cancelRun(@CurrentActor() actor: Actor, @PathParam('run_id', intId) id: number) {
    return presentRun(await this.runs.cancel(actor, id));
  }
}

function presentRun(run: RunView) {
  const { accounts, accountsDone } = run;
  return {
    id: run.id,
    origin: run.origin,
    dry_run: run.dryRun,
    until: run.untilOn,
    status: run.status,
    progress: accounts === 0 ? 1 : accountsDone / accounts,
    accounts,
    accounts_done: accountsDone,
    counts: {
      invoices: run.invoices,
      credit_notes: run.creditNotes,
      drafts: run.drafts,
      nothing_due: run.nothingDue,
      carried_forward: run.carriedForward,
      parked: run.parked,
      failed: run.failed,
    },
    totals: run.totals.map(({ planId, currency, net, tax }) => {
      return { plan_id: planId, currency, subtotal: amountOf(net, currency), tax_amount: amountOf(tax, currency) };
    }),
    created_by: run.createdBy,
    created_at: toIsoSeconds(run.createdAt),
    finished_at: run.finishedAt && toIsoSeconds(run.finishedAt),
  };
}

function presentFinding({ id, accountId, customerId, kind, currency, amount, beforeAmount, detail }: RunFinding) {
  const before = beforeAmount === null ? null : amountOf(beforeAmount, currency);
  const money = { currency, amount: amountOf(amount, currency), before_amount: before };
  return { id, account_id: accountId, customer_id: customerId, kind, ...money, detail };
}
