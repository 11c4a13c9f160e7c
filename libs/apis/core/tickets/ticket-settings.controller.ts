import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { SupportTeams, TicketCategories } from '@isp/domain/tickets';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './ticket-settings.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Ticket settings')
@Controller('v1')
export class TicketSettingsController {
  constructor(
    private readonly categories: TicketCategories,
    private readonly teams: SupportTeams,
  ) {}

  @Get('ticket-categories')
  @Operation({
    access: 'ticket.read',
    summary: 'List what tickets can be about',
    description: 'A category comes before its sub-categories.',
    response: schema.categoriesShape,
    example: { categories: [schema.categoryExample], pagination: PAGINATION },
  })
  async listCategories(@CurrentActor() actor: Actor, @QueryString(schema.statusQuery) query: schema.StatusQuery) {
    const { rows, total } = await this.categories.list(actor, query.status, sliceOf(query));
    return listOf('categories', rows, total, query);
  }

  @Post('ticket-categories')
  @Operation({
    access: 'sla.manage',
    summary: 'Add a category or a sub-category',
    status: 201,
    response: schema.categoryShape,
    example: schema.categoryExample,
    requestExample: { code: 'dns', name: 'DNS', parent: 'service_outage' },
    errors: ['conflict', 'unprocessable'],
  })
  async addCategory(@CurrentActor() actor: Actor, @JsonBody(schema.categoryBody) body: schema.CategoryBody) {
    return this.categories.add(actor, body);
  }

  @Patch('ticket-categories/:category_id')
  @Operation({
    access: 'sla.manage',
    summary: 'Rename, retire or revive a category',
    description: 'Tickets that have one that is retired keep it.',
    response: schema.categoryShape,
    example: { ...schema.categoryExample, status: 'retired' },
    requestExample: { status: 'retired' },
    errors: ['not_found'],
  })
  async changeCategory(
    @CurrentActor() actor: Actor,
    @PathParam('category_id', intId) id: number,
    @JsonBody(schema.changeCategoryBody) body: schema.ChangeCategoryBody,
  ) {
    return this.categories.change(actor, id, body);
  }

  @Get('support-teams')
  @Operation({
    access: 'sla.read',
    summary: 'List the teams that tickets are given to',
    response: schema.teamsShape,
    example: { teams: [schema.teamExample], pagination: PAGINATION },
  })
  async listTeams(@CurrentActor() actor: Actor, @QueryString(schema.statusQuery) query: schema.StatusQuery) {
    const { rows, total } = await this.teams.list(actor, query.status, sliceOf(query));
    return listOf('teams', rows, total, query);
  }

  @Post('support-teams')
  @Operation({
    access: 'sla.manage',
    summary: 'Add a team',
    status: 201,
    response: schema.teamShape,
    example: schema.teamExample,
    requestExample: { name: 'Night shift' },
    errors: ['conflict'],
  })
  async addTeam(@CurrentActor() actor: Actor, @JsonBody(schema.teamBody) { name }: schema.TeamBody) {
    return this.teams.add(actor, name);
  }

  @Patch('support-teams/:team_id')
  @Operation({
    access: 'sla.manage',
    summary: 'Rename, retire or revive a team',
    response: schema.teamShape,
    example: { ...schema.teamExample, status: 'retired' },
    requestExample: { status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async changeTeam(
    @CurrentActor() actor: Actor,
    @PathParam('team_id', intId) id: number,
    @JsonBody(schema.changeTeamBody) body: schema.ChangeTeamBody,
  ) {
    return this.teams.change(actor, id, body);
  }
}
