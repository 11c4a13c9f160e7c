import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CurrentActor,
  IfMatch,
  JsonBody,
  Operation,
  PathParam,
  QueryString,
  createdAt,
  intId,
  versioned,
} from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { ChangePartner, CreatePartner, PartnerQueries, type PartnerView, SetPartnerStatus } from '@isp/domain/partners';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './partner.schema.js';

@ApiTags('Partners')
@Controller('v1/partners')
export class PartnersController {
  constructor(
    private readonly create: CreatePartner,
    private readonly change: ChangePartner,
    private readonly setStatus: SetPartnerStatus,
    private readonly partners: PartnerQueries,
  ) {}

  @Post()
  @Operation({
    access: 'partner.manage',
    summary: 'Take a reseller or an ISP on',
    status: 201,
    response: schema.partnerShape,
    example: schema.partnerExample,
    requestExample: { name: 'Northwind Internet', kind: 'reseller', email: 'office@northwind.example' },
  })
  async createPartner(
    @CurrentActor() actor: Actor,
    @JsonBody(schema.createPartnerBody) body: schema.CreatePartnerBody,
  ) {
    const { time_zone: timeZone, ...rest } = body;
    const partner = await this.create.execute({ actor, ...rest, ...(timeZone ? { timeZone } : {}) });
    return createdAt(`/v1/partners/${partner.id}`, present(partner));
  }

  @Get()
  @Operation({
    access: 'partner.read',
    summary: 'List partners',
    description: 'A partner sees itself only.',
    response: schema.partnersShape,
    example: { partners: [schema.partnerExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listPartners(@CurrentActor() actor: Actor, @QueryString(schema.partnersQuery) query: schema.PartnersQuery) {
    const { rows, total } = await this.partners.list(actor, query, sliceOf(query));
    return listOf('partners', rows.map(present), total, query);
  }

  @Get(':partner_id')
  @Operation({
    access: 'partner.read',
    summary: 'Read a partner',
    response: schema.partnerShape,
    example: schema.partnerExample,
    errors: ['not_found'],
  })
  async getPartner(@CurrentActor() actor: Actor, @PathParam('partner_id', intId) id: number) {
    const partner = await this.partners.get(actor, id);
    return versioned(partner.version, present(partner));
  }

  @Patch(':partner_id')
  @Operation({
    access: 'partner.manage',
    summary: 'Change a partner',
    response: schema.partnerShape,
    example: schema.partnerExample,
    requestExample: { tier: 'enterprise' },
    errors: ['not_found', 'precondition_failed'],
  })
  async changePartner(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) id: number,
    @JsonBody(schema.changePartnerBody) body: schema.ChangePartnerBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { time_zone: timeZone, ...rest } = body;
    const changes = { ...rest, ...(timeZone ? { timeZone } : {}) };
    const partner = await this.change.execute({ actor, partnerId: id, changes, ifMatch });
    return versioned(partner.version, present(partner));
  }

  @Post(':partner_id/suspend')
  @Operation({
    access: 'partner.manage',
    summary: 'Suspend a partner: its people and keys are refused within two seconds',
    response: schema.partnerShape,
    example: { ...schema.partnerExample, status: 'suspended' },
    requestExample: { reason: 'Contract ended' },
    errors: ['not_found', 'conflict'],
  })
  async suspendPartner(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) id: number,
    @JsonBody(schema.partnerReasonBody) body: schema.PartnerReasonBody,
  ) {
    return present(await this.setStatus.execute({ actor, partnerId: id, status: 'suspended', ...body }));
  }

  @Post(':partner_id/reactivate')
  @Operation({
    access: 'partner.manage',
    summary: 'Let a suspended partner in again',
    response: schema.partnerShape,
    example: schema.partnerExample,
    requestExample: {},
    errors: ['not_found', 'conflict'],
  })
  async reactivatePartner(
    @CurrentActor() actor: Actor,
    @PathParam('partner_id', intId) id: number,
    @JsonBody(schema.partnerReasonBody) body: schema.PartnerReasonBody,
  ) {
    return present(await this.setStatus.execute({ actor, partnerId: id, status: 'active', ...body }));
  }
}

function present(partner: PartnerView) {
  return {
    id: partner.id,
    name: partner.name,
    kind: partner.kind,
    status: partner.status,
    email: partner.email,
    phone: partner.phone,
    tier: partner.tier,
    currency: partner.currency,
    time_zone: partner.timeZone,
    created_at: toIsoSeconds(partner.createdAt),
    updated_at: toIsoSeconds(partner.updatedAt),
  };
}
