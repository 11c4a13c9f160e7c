import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { AreaQueries, ManageAreas } from '@isp/domain/premises';
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
import { factsOf, presentArea } from './area.presenter.js';
import * as schema from './area.schema.js';

@ApiTags('Premises')
@Controller('v1/areas')
export class AreasController {
  constructor(
    private readonly areas: AreaQueries,
    private readonly manage: ManageAreas,
  ) {}

  @Post()
  @Operation({
    access: 'premise.manage',
    summary: 'Draw an area',
    description:
      'A polygon or several, with holes. An outline that is not closed, has too few points, crosses itself or leaves ' +
      'the earth is refused with the ring that is wrong.',
    status: 201,
    response: schema.areaShape,
    example: schema.areaExample,
    requestExample: schema.areaRequestExample,
    errors: ['conflict'],
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createAreaBody) body: schema.CreateAreaBody) {
    const area = await this.manage.create({ actor, ...factsOf(body) });
    return createdAt(`/v1/areas/${area.id}`, presentArea(area));
  }

  @Get()
  @Operation({
    access: 'premise.read',
    summary: 'List areas',
    response: schema.areasShape,
    example: { areas: [schema.areaExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.areasQuery) query: schema.AreasQuery) {
    const { rows, total } = await this.areas.list(actor, query, sliceOf(query));
    return listOf('areas', rows.map(presentArea), total, query);
  }

  @Get('covering')
  @Operation({
    access: 'premise.read',
    summary: 'Which areas cover a point',
    description: 'All of them, those that are live first.',
    response: schema.coveringShape,
    example: { areas: [schema.areaExample] },
  })
  async covering(@CurrentActor() actor: Actor, @QueryString(schema.coveringQuery) at: schema.CoveringQuery) {
    return { areas: (await this.areas.covering(actor, at.latitude, at.longitude)).map(presentArea) };
  }

  @Get(':area_id')
  @Operation({
    access: 'premise.read',
    summary: 'Read an area with its outline',
    response: schema.drawnAreaShape,
    example: schema.drawnAreaExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('area_id', intId) id: number) {
    const { geometry, ...area } = await this.areas.draw(actor, id);
    return versioned(area.version, { ...presentArea(area), geometry });
  }

  @Patch(':area_id')
  @Operation({
    access: 'premise.manage',
    summary: 'Change an area',
    description: 'Premises in it learn by a job in which area they are now.',
    response: schema.areaShape,
    example: schema.areaExample,
    requestExample: { connectivity: 'live', live_on: '2025-01-15' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('area_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeAreaBody) body: schema.ChangeAreaBody,
  ) {
    const { geometry, ...changes } = factsOf(body);
    const area = await this.manage.change({ actor, id, changes, geometry, ifMatch });
    return versioned(area.version, presentArea(area));
  }

  @Delete(':area_id')
  @Operation({ access: 'premise.manage', summary: 'Take an area away', status: 204, errors: ['not_found'] })
  async remove(@CurrentActor() actor: Actor, @PathParam('area_id', intId) id: number) {
    await this.manage.remove({ actor, id });
  }
}
