import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { ManagePremises, PremiseQueries, PremiseSearch } from '@isp/domain/premises';
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
import { listOf, sliceOf } from '../lists.js';
import { presentChange, presentPremise } from './premise.presenter.js';
import * as schema from './premise.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };
const CHANGE = {
  id: 7,
  version: 2,
  at: '2025-01-29T10:30:00Z',
  actor: 'user:4',
  changes: { suburb: ['Homelake', 'Home Lake'] },
};

@ApiTags('Premises')
@Controller('v1/premises')
export class PremisesController {
  constructor(
    private readonly premises: PremiseQueries,
    private readonly search: PremiseSearch,
    private readonly manage: ManagePremises,
  ) {}

  @Post()
  @Operation({
    access: 'premise.manage',
    summary: 'Add an address',
    status: 201,
    response: schema.premiseShape,
    example: schema.premiseExample,
    requestExample: schema.premiseRequestExample,
    errors: ['conflict'],
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createPremiseBody) body: schema.CreatePremiseBody) {
    const { external_key: externalKey, ...values } = body;
    const premise = await this.manage.create({ actor, ...(externalKey ? { externalKey } : {}), values });
    return createdAt(`/v1/premises/${premise.id}`, presentPremise(premise));
  }

  @Get()
  @Operation({
    access: 'premise.read',
    summary: 'List premises',
    description: 'By id; with `updated_after` those that changed since then, in the order of their changes.',
    response: schema.premisesShape,
    example: { premises: [schema.premiseExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.premisesQuery) query: schema.PremisesQuery) {
    const filter = { status: query.status, areaId: query.area_id, updatedAfter: query.updated_after };
    const { rows, total } = await this.premises.list(actor, filter, sliceOf(query));
    return listOf('premises', rows.map(presentPremise), total, query);
  }

  @Get('search')
  @Operation({
    access: 'premise.read',
    summary: 'Find addresses as people type them',
    description: 'Best match first. Parts in any order, beginnings of words, abbreviations and typos are understood.',
    response: schema.hitsShape,
    example: { premises: [{ ...schema.premiseExample, confidence: 0.97 }], page: 1, per_page: 25 },
  })
  async find(@CurrentActor() actor: Actor, @QueryString(schema.searchQuery) query: schema.SearchQuery) {
    const hits = await this.search.find(actor, query.q, sliceOf(query));
    const premises = hits.map((hit) => ({ ...presentPremise(hit), confidence: hit.confidence }));
    return { premises, page: query.page, per_page: query.per_page };
  }

  @Get(':premise_id')
  @Operation({
    access: 'premise.read',
    summary: 'Read a premise',
    response: schema.premiseShape,
    example: schema.premiseExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('premise_id', intId) id: number) {
    const premise = await this.premises.getById(actor, id);
    return versioned(premise.version, presentPremise(premise));
  }

  @Patch(':premise_id')
  @Operation({
    access: 'premise.manage',
    summary: 'Correct an address',
    response: schema.premiseShape,
    example: schema.premiseExample,
    requestExample: { suburb: 'Home Lake' },
    errors: ['not_found', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('premise_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changePremiseBody) body: schema.ChangePremiseBody,
  ) {
    const premise = await this.manage.change({ actor, id, changes: body, ifMatch });
    return versioned(premise.version, presentPremise(premise));
  }

  @Delete(':premise_id')
  @Operation({
    access: 'premise.manage',
    summary: 'Take an address away',
    description: 'Refused while there is a service or an order.',
    status: 204,
    errors: ['not_found', 'conflict'],
  })
  async remove(@CurrentActor() actor: Actor, @PathParam('premise_id', intId) id: number) {
    await this.manage.remove({ actor, id });
  }

  @Get(':premise_id/history')
  @Operation({
    access: 'premise.manage',
    summary: 'Every change of a premise',
    description: 'Newest first. That a premise was made is no change.',
    response: schema.historyShape,
    example: { changes: [CHANGE], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async history(
    @CurrentActor() actor: Actor,
    @PathParam('premise_id', intId) id: number,
    @QueryString(schema.historyQuery) query: schema.HistoryQuery,
  ) {
    const { rows, total } = await this.premises.history(actor, id, sliceOf(query));
    return listOf('changes', rows.map(presentChange), total, query);
  }
}
