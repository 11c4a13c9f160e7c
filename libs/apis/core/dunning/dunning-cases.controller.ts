import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CaseQueries, Disputes, Promises } from '@isp/domain/dunning';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './dunning-case.schema.js';
import { presentCase, presentDispute, presentPromise, presentWithHistory } from './dunning.presenter.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };
const isOpen = (state: 'open' | 'closed' | undefined): boolean | undefined =>
  state === undefined ? undefined : state === 'open';

@ApiTags('Dunning')
@Controller('v1')
export class DunningCasesController {
  constructor(
    private readonly cases: CaseQueries,
    private readonly promises: Promises,
    private readonly disputes: Disputes,
  ) {}

  @Get('dunning/cases')
  @Operation({
    access: 'dunning.read',
    summary: 'List dunning cases',
    description: 'One for each account that is late, from its first overdue invoice until it has paid.',
    response: schema.casesShape,
    example: { cases: [schema.caseExample], pagination: PAGINATION },
  })
  async listCases(@CurrentActor() actor: Actor, @QueryString(schema.casesQuery) query: schema.CasesQuery) {
    const { customer_id: customerId, account_id: accountId, policy_id: policyId, due_before: dueBefore } = query;
    const filter = { customerId, accountId, policyId, dueBefore, level: query.level, open: isOpen(query.state) };
    const { rows, total } = await this.cases.list(actor, filter, sliceOf(query));
    return listOf('cases', rows.map(presentCase), total, query);
  }

  @Get('dunning/cases/:case_id')
  @Operation({
    access: 'dunning.read',
    summary: 'Read a dunning case with its history',
    description:
      'What was done and when, with what was owed at that moment; and what was not done, why, and until when: `weekend`, ' +
      '`holiday`, `hours`, `promise`, `gap`, `payment_pending`, `below_amount`, `provisioning`.',
    response: schema.caseShape,
    example: { ...schema.caseExample, history: [schema.historyExample] },
    errors: ['not_found'],
  })
  async getCase(@CurrentActor() actor: Actor, @PathParam('case_id', intId) id: number) {
    return presentWithHistory(await this.cases.get(actor, id));
  }

  @Post('dunning/cases/:case_id/promises')
  @Operation({
    access: 'dunning.manage',
    summary: 'Note a promise to pay',
    description:
      'Until the day is over where the account is, no step is taken. It is kept when so much less is overdue, and broken ' +
      'otherwise; then the steps go on. Without an amount all that is overdue is promised.',
    status: 201,
    response: schema.promiseShape,
    example: schema.promiseExample,
    requestExample: { promised_on: '2025-02-28' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async makePromise(
    @CurrentActor() actor: Actor,
    @PathParam('case_id', intId) caseId: number,
    @JsonBody(schema.promiseBody) { promised_on: promisedOn, amount, notes }: schema.PromiseBody,
  ) {
    return presentPromise(await this.promises.make({ actor, caseId, promisedOn, amount, notes }));
  }

  @Get('dunning/promises')
  @Operation({
    access: 'dunning.read',
    summary: 'List promises to pay, newest first',
    response: schema.promisesShape,
    example: { promises: [schema.promiseExample], pagination: PAGINATION },
  })
  async listPromises(@CurrentActor() actor: Actor, @QueryString(schema.promisesQuery) query: schema.PromisesQuery) {
    const { customer_id: customerId, case_id: caseId, status } = query;
    const { rows, total } = await this.promises.list(actor, { customerId, caseId, status }, sliceOf(query));
    return listOf('promises', rows.map(presentPromise), total, query);
  }

  @Post('dunning/promises/:promise_id/withdraw')
  @Operation({
    access: 'dunning.manage',
    summary: 'Withdraw a promise',
    description: 'The steps of the case go on.',
    response: schema.promiseShape,
    example: { ...schema.promiseExample, status: 'withdrawn', ended_at: '2025-02-21T09:00:00Z' },
    errors: ['not_found', 'conflict'],
  })
  async withdrawPromise(@CurrentActor() actor: Actor, @PathParam('promise_id', intId) id: number) {
    return presentPromise(await this.promises.withdraw(actor, id));
  }

  @Post('billing/invoices/:invoice_id/disputes')
  @Operation({
    access: 'dunning.manage',
    summary: 'Note that a customer disputes an invoice',
    description:
      'Until the dispute is closed the invoice counts for nothing in dunning; what was done only because of it is taken back.',
    status: 201,
    response: schema.disputeShape,
    example: schema.disputeExample,
    requestExample: { reason: 'The line was down for two weeks' },
    errors: ['not_found', 'conflict'],
  })
  async openDispute(
    @CurrentActor() actor: Actor,
    @PathParam('invoice_id', intId) invoiceId: number,
    @JsonBody(schema.disputeBody) { reason }: schema.DisputeBody,
  ) {
    const dispute = await this.disputes.open(actor, invoiceId, reason);
    return createdAt(`/v1/dunning/disputes?invoice_id=${invoiceId}`, presentDispute(dispute));
  }

  @Get('dunning/disputes')
  @Operation({
    access: 'dunning.read',
    summary: 'List disputes of invoices, newest first',
    response: schema.disputesShape,
    example: { disputes: [schema.disputeExample], pagination: PAGINATION },
  })
  async listDisputes(@CurrentActor() actor: Actor, @QueryString(schema.disputesQuery) query: schema.DisputesQuery) {
    const { customer_id: customerId, invoice_id: invoiceId, state } = query;
    const filter = { customerId, invoiceId, open: isOpen(state) };
    const { rows, total } = await this.disputes.list(actor, filter, sliceOf(query));
    return listOf('disputes', rows.map(presentDispute), total, query);
  }

  @Post('dunning/disputes/:dispute_id/close')
  @Operation({
    access: 'dunning.manage',
    summary: 'Close a dispute',
    description: 'The invoice counts again. What the customer was right about is credited by a credit note.',
    response: schema.disputeShape,
    example: {
      ...schema.disputeExample,
      state: 'closed',
      closed_by: 'user:12',
      closed_at: '2025-03-01T09:00:00Z',
      outcome: 'rejected',
    },
    requestExample: { outcome: 'rejected' },
    errors: ['not_found', 'conflict'],
  })
  async closeDispute(
    @CurrentActor() actor: Actor,
    @PathParam('dispute_id', intId) id: number,
    @JsonBody(schema.closeDisputeBody) { outcome }: schema.CloseDisputeBody,
  ) {
    return presentDispute(await this.disputes.close(actor, id, outcome));
  }
}
