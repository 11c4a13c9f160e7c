import { Controller, Get, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Answer, CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { IssueSettlement, ProveSettlement, SettlementQueries, SettlementTerms } from '@isp/domain/settlement';
import { z } from 'zod';
import { listOf, sliceOf } from '../lists.js';
import * as examples from './settlement.examples.js';
import { csvOf, presentLine, presentPreview, presentSettlement } from './settlement.presenter.js';
import * as schema from './settlement.schema.js';

const ONE_PAGE = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Settlements')
@Controller('v1/partners/:partner_id')
export class SettlementsController {
  constructor(
    private readonly settlements: SettlementQueries,
    private readonly issue: IssueSettlement,
    private readonly prove: ProveSettlement,
    private readonly terms: SettlementTerms,
  ) {}

  @Get('settlements')
  @Operation({
    access: 'settlement.read',
    summary: "List a partner's settlements",
    description: 'The latest month first.',
    response: schema.settlementsShape,
    example: { settlements: [examples.settlementExample], pagination: ONE_PAGE },
    errors: ['not_found'],
  })
  async listSettlements(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @QueryString(schema.settlementsQuery) query: schema.SettlementsQuery,
  ) {
    const { rows, total } = await this.settlements.list(actor, partnerId, sliceOf(query));
    return listOf('settlements', rows.map(presentSettlement), total, query);
  }

  @Post('settlements')
  @Operation({
    access: 'settlement.issue',
    summary: 'Issue the settlement of a month that is over',
    description:
      'Every service of the partner by the days on which it was active, at the wholesale price in force at the end of each ' +
      'day; every line is rounded half-up. Once issued it never changes.',
    status: 201,
    response: schema.settlementShape,
    example: examples.settlementExample,
    requestExample: { month: '2025-01' },
    errors: ['not_found', 'conflict', 'unprocessable'],
    keepAnswerHours: 720,
  })
  async issueSettlement(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @JsonBody(schema.settlementBody) { month }: schema.SettlementBody,
  ) {
    const settlement = await this.issue.execute({ actor, partnerId, month });
    return createdAt(`/v1/partners/${partnerId}/settlements/${month}`, presentSettlement(settlement));
  }

  @Post('settlements/preview')
  @Operation({
    access: 'settlement.read',
    summary: 'See what a settlement would be',
    description: 'Also of a month that is not over: its days to come are counted as if nothing changed.',
    response: schema.previewShape,
    example: examples.previewExample,
    requestExample: { month: '2025-01' },
    errors: ['not_found', 'unprocessable'],
  })
  async previewSettlement(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @JsonBody(schema.settlementBody) { month }: schema.SettlementBody,
  ) {
    return presentPreview(await this.issue.preview({ actor, partnerId, month }));
  }

  @Get('settlements/:month')
  @Operation({
    access: 'settlement.read',
    summary: 'Read a settlement',
    response: schema.settlementShape,
    example: examples.settlementExample,
    errors: ['not_found'],
  })
  async getSettlement(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('month', schema.month) month: string,
  ) {
    return presentSettlement(await this.settlements.get(actor, partnerId, month));
  }

  @Get('settlements/:month/lines')
  @Operation({
    access: 'settlement.read',
    summary: 'List the lines of a settlement',
    description: 'In the order of the services; `periods` are the days that are charged, both ends included.',
    response: schema.linesShape,
    example: { lines: [examples.lineExample], pagination: ONE_PAGE },
    errors: ['not_found'],
  })
  async listLines(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('month', schema.month) month: string,
    @QueryString(schema.linesQuery) query: schema.LinesQuery,
  ) {
    const { settlement, lines } = await this.settlements.withLines(actor, partnerId, month, sliceOf(query));
    const shown = lines.map((line) => presentLine(line, month));
    return listOf('lines', shown, settlement.lineCount, query);
  }

  @Get('settlements/:month/csv')
  @Operation({
    access: 'settlement.read',
    summary: 'Download the lines of a settlement as CSV',
    response: z.string(),
    contentType: 'text/csv',
    example: examples.csvExample,
    errors: ['not_found'],
  })
  async downloadLines(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('month', schema.month) month: string,
  ) {
    const { lines } = await this.settlements.withLines(actor, partnerId, month);
    return new Answer(csvOf(lines, month), {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="settlement-${partnerId}-${month}.csv"`,
    });
  }

  @Get('settlements/:month/proof')
  @Operation({
    access: 'settlement.read',
    summary: 'Compute a settlement again and compare',
    description: 'On the terms of its day, from the history of the services.',
    response: schema.proofShape,
    example: examples.proofExample,
    errors: ['not_found'],
  })
  async proveSettlement(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @PathParam('month', schema.month) month: string,
  ) {
    const proof = await this.prove.execute({ actor, partnerId, month });
    return {
      matches: proof.matches,
      issued_digest: proof.issuedDigest,
      stored_digest: proof.storedDigest,
      computed_digest: proof.computedDigest,
      totals_match: proof.totalsMatch,
      only_stored: proof.onlyStored.map((line) => presentLine(line, month)),
      only_computed: proof.onlyComputed.map((line) => presentLine(line, month)),
    };
  }

  @Get('settlement-terms')
  @Operation({
    access: 'settlement.read',
    summary: 'Read what is agreed about the settlement of a month',
    response: schema.termsShape,
    example: { from_month: '2025-01', suspended_percent: 100 },
    errors: ['not_found'],
  })
  async getTerms(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @QueryString(schema.termsQuery) { month }: schema.TermsQuery,
  ) {
    const { fromMonth, suspendedPercent } = await this.terms.inForce(actor, partnerId, month);
    return { from_month: fromMonth, suspended_percent: Number(suspendedPercent) };
  }

  @Put('settlement-terms')
  @Operation({
    access: 'settlement.issue',
    summary: 'Agree what days cost on which a line is suspended',
    description:
      'In per cent of the price, from a month on that is not settled. Without an agreement they cost all of it.',
    response: schema.termsShape,
    example: { from_month: '2025-01', suspended_percent: 50 },
    requestExample: { from_month: '2025-01', suspended_percent: 50 },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async setTerms(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) partnerId: number,
    @JsonBody(schema.termsBody) body: schema.TermsBody,
  ) {
    const { from_month: fromMonth, suspended_percent: suspended } = body;
    await this.terms.set({ actor, partnerId, fromMonth, suspendedPercent: suspended.toString() });
    return body;
  }
}
