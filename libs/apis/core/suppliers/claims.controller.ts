import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, IfMatch, JsonBody, Operation, PathParam, QueryString, intId, versioned } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { type ClaimMove, SupplierClaims } from '@isp/domain/outages';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './claim.schema.js';
import { presentClaim } from './supplier.presenter.js';

@ApiTags('Suppliers')
@Controller('v1/supplier-claims')
export class ClaimsController {
  constructor(private readonly claims: SupplierClaims) {}

  @Get()
  @Operation({
    access: 'supplier.read',
    summary: 'List claims on suppliers, the latest month first',
    description: 'There is one for each month of a contract in which an outage took more than was committed.',
    response: schema.claimsShape,
    example: { claims: [schema.claimExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.claimsQuery) query: schema.ClaimsQuery) {
    const { status, supplier_id: supplierId, contract_id: contractId, month, submit_before: submitBefore } = query;
    const { rows, total } = await this.claims.list(
      actor,
      { status, supplierId, contractId, month, submitBefore },
      sliceOf(query),
    );
    return listOf('claims', rows.map(presentClaim), total, query);
  }

  @Get(':claim_id')
  @Operation({
    access: 'supplier.read',
    summary: 'Read a claim on a supplier, with what it was computed from',
    response: schema.claimShape,
    example: schema.claimExample,
    errors: ['not_found'],
  })
  async read(@CurrentActor() actor: Actor, @PathParam('claim_id', intId) id: number) {
    const claim = await this.claims.get(actor, id);
    return versioned(claim.version, presentClaim(claim));
  }

  @Patch(':claim_id')
  @Operation({
    access: 'supplier.manage',
    summary: "Note the supplier's reference, or anything else, with a claim",
    response: schema.claimShape,
    example: { ...schema.claimExample, their_reference: 'CASE-118', version: 2 },
    requestExample: { their_reference: 'CASE-118' },
    errors: ['not_found', 'precondition_failed'],
  })
  async say(
    @CurrentActor() actor: Actor,
    @PathParam('claim_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeClaimBody) { their_reference: theirReference, note }: schema.ChangeClaimBody,
  ) {
    const claim = await this.claims.say(actor, id, { theirReference, note, ifMatch });
    return versioned(claim.version, presentClaim(claim));
  }

  @Post(':claim_id/submit')
  @Operation({
    access: 'supplier.manage',
    summary: 'Say that a claim was sent',
    description:
      'Once its month is over, where the contract is at home. What is measured then is what is sent; it stays so, beside what ' +
      'is measured later. What was settled wrongly is submitted again.',
    response: schema.claimShape,
    example: { ...schema.claimExample, status: 'submitted', submitted_at: '2025-02-03T08:00:00Z' },
    requestExample: { their_reference: 'CASE-118' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  submit(
    @CurrentActor() actor: Actor,
    @PathParam('claim_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.saidBody) body: schema.SaidBody,
  ) {
    return this.moved(actor, id, { to: 'submitted', ifMatch, ...said(body) });
  }

  @Post(':claim_id/accept')
  @Operation({
    access: 'supplier.manage',
    summary: 'Say that the supplier pays, the whole or less',
    response: schema.claimShape,
    example: { ...schema.claimExample, status: 'accepted', settled_amount: 1200, settled_at: '2025-02-20T08:00:00Z' },
    requestExample: { settled_amount: 1200 },
    errors: ['not_found', 'conflict', 'unprocessable', 'precondition_failed'],
  })
  accept(
    @CurrentActor() actor: Actor,
    @PathParam('claim_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.acceptBody) body: schema.AcceptBody,
  ) {
    return this.moved(actor, id, { to: 'accepted', settledAmount: body.settled_amount, ifMatch, ...said(body) });
  }

  @Post(':claim_id/reject')
  @Operation({
    access: 'supplier.manage',
    summary: 'Say that the supplier refused',
    description: 'It can be submitted again.',
    response: schema.claimShape,
    example: { ...schema.claimExample, status: 'rejected', settled_at: '2025-02-20T08:00:00Z' },
    requestExample: { note: 'They say that it was our power' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  reject(
    @CurrentActor() actor: Actor,
    @PathParam('claim_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.saidBody) body: schema.SaidBody,
  ) {
    return this.moved(actor, id, { to: 'rejected', ifMatch, ...said(body) });
  }

  @Post(':claim_id/withdraw')
  @Operation({
    access: 'supplier.manage',
    summary: 'Take a claim back',
    response: schema.claimShape,
    example: { ...schema.claimExample, status: 'withdrawn' },
    requestExample: { note: 'It was our own digger' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  withdraw(
    @CurrentActor() actor: Actor,
    @PathParam('claim_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.saidBody) body: schema.SaidBody,
  ) {
    return this.moved(actor, id, { to: 'withdrawn', ifMatch, ...said(body) });
  }

  @Post(':claim_id/reopen')
  @Operation({
    access: 'supplier.manage',
    summary: 'Take up a claim again that was taken back',
    description: 'It follows again what is measured.',
    response: schema.claimShape,
    example: schema.claimExample,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  reopen(
    @CurrentActor() actor: Actor,
    @PathParam('claim_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return this.moved(actor, id, { to: 'open', ifMatch });
  }

  private async moved(actor: Actor, id: number, move: ClaimMove) {
    const claim = await this.claims.move(actor, id, move);
    return versioned(claim.version, presentClaim(claim));
  }
}

const said = ({ their_reference: theirReference, note }: schema.SaidBody) => ({ theirReference, note });
