import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { DeviceModels, type OidMap } from '@isp/domain/network';
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
import { camelCase } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import { presentModel } from './device.presenter.js';
import * as schema from './model.schema.js';

@ApiTags('Network')
@Controller('v1/network/device-models')
export class DeviceModelsController {
  constructor(private readonly models: DeviceModels) {}

  @Post()
  @Operation({
    access: 'device.manage',
    summary: 'Describe a model of equipment',
    description:
      'Object identifiers differ by vendor and firmware, so they are data. A reading without one stays null.',
    status: 201,
    response: schema.modelShape,
    example: schema.modelExample,
    requestExample: schema.modelRequestExample,
    errors: ['conflict'],
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createModelBody) body: schema.CreateModelBody) {
    const model = await this.models.create({ actor, ...body, oids: oidsOf(body.oids) });
    return createdAt(`/v1/network/device-models/${model.id}`, presentModel(model));
  }

  @Get()
  @Operation({
    access: 'device.read',
    summary: 'List device models',
    response: schema.modelsShape,
    example: { device_models: [schema.modelExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.modelsQuery) query: schema.ModelsQuery) {
    const { rows, total } = await this.models.list(actor, query.kind, sliceOf(query));
    return listOf('device_models', rows.map(presentModel), total, query);
  }

  @Get(':model_id')
  @Operation({
    access: 'device.read',
    summary: 'Read a device model',
    response: schema.modelShape,
    example: schema.modelExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('model_id', intId) id: number) {
    const model = await this.models.get(actor, id);
    return versioned(model.version, presentModel(model));
  }

  @Patch(':model_id')
  @Operation({
    access: 'device.manage',
    summary: 'Change a device model',
    description: '`oids` replaces the whole map.',
    response: schema.modelShape,
    example: schema.modelExample,
    requestExample: { vendor: 'Example Networks Inc' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('model_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeModelBody) body: schema.ChangeModelBody,
  ) {
    const { oids, ...rest } = body;
    const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    const changes = { ...given, ...(oids ? { oids: oidsOf(oids) } : {}) };
    const model = await this.models.change({ actor, id, changes, ifMatch });
    return versioned(model.version, presentModel(model));
  }
}

const oidsOf = (oids: NonNullable<schema.ChangeModelBody['oids']>): OidMap =>
  Object.fromEntries(Object.entries(oids).map(([reading, entry]) => [camelCase(reading), entry]));
