import { Controller, Delete, Get, Patch, Post } from '@nestjs/common';
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
import { NasQueries, SetNas } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import { presentNas } from './nas.presenter.js';
import * as schema from './nas.schema.js';

@ApiTags('Network')
@Controller('v1/network/nas')
export class NasController {
  constructor(
    private readonly nas: NasQueries,
    private readonly setNas: SetNas,
  ) {}

  @Get()
  @Operation({
    access: 'nas.read',
    summary: 'List the clients of the RADIUS server',
    response: schema.nasListShape,
    example: { nas: [schema.nasExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async listNas(@CurrentActor() actor: Actor, @QueryString(schema.nasListQuery) query: schema.NasListQuery) {
    const { rows, total } = await this.nas.list(actor, sliceOf(query));
    return listOf('nas', rows.map(presentNas), total, query);
  }

  @Get(':device_id')
  @Operation({
    access: 'nas.read',
    summary: 'Read a client of the RADIUS server',
    response: schema.nasShape,
    example: schema.nasExample,
    errors: ['not_found'],
  })
  async getNas(@CurrentActor() actor: Actor, @PathParam('device_id', intId) deviceId: number) {
    const nas = await this.nas.get(actor, deviceId);
    return versioned(nas.version, presentNas(nas));
  }

  @Post()
  @Operation({
    access: 'nas.manage',
    summary: 'Make a device a client of the RADIUS server',
    description: 'The server knows it within a minute, without a restart. The secret can be written and never read.',
    status: 201,
    response: schema.nasShape,
    example: schema.nasExample,
    requestExample: {
      device_id: 3,
      address: '198.51.100.7',
      identifier: 'bng-1.pop-ny',
      secret: 'an-example-of-a-shared-secret',
    },
    errors: ['not_found', 'conflict'],
  })
  async createNas(@CurrentActor() actor: Actor, @JsonBody(schema.createNasBody) body: schema.CreateNasBody) {
    const { device_id: deviceId, ...fields } = body;
    const nas = await this.setNas.execute({ actor, deviceId, ...fields });
    return createdAt(`/v1/network/nas/${nas.deviceId}`, presentNas(nas));
  }

  @Patch(':device_id')
  @Operation({
    access: 'nas.manage',
    summary: 'Change a client of the RADIUS server',
    response: schema.nasShape,
    example: schema.nasExample,
    requestExample: { address: '198.51.100.8' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async changeNas(
    @CurrentActor() actor: Actor,
    @PathParam('device_id', intId) deviceId: number,
    @IfMatch() version: number | undefined,
    @JsonBody(schema.changeNasBody) body: schema.ChangeNasBody,
  ) {
    const nas = await this.setNas.change({ actor, deviceId, version, ...body });
    return versioned(nas.version, presentNas(nas));
  }

  @Delete(':device_id')
  @Operation({
    access: 'nas.manage',
    summary: 'Stop a device from being a client of the RADIUS server',
    description: 'The device itself stays.',
    status: 204,
    errors: ['not_found', 'precondition_failed'],
  })
  deleteNas(
    @CurrentActor() actor: Actor,
    @PathParam('device_id', intId) deviceId: number,
    @IfMatch() version: number | undefined,
  ) {
    return this.setNas.remove(actor, deviceId, version);
  }

  @Post(':device_id/rotate-secret')
  @Operation({
    access: 'nas.manage',
    summary: 'Give a client of the RADIUS server a new secret',
    description: 'The answer shows it, once. The old one is no longer taken within a minute.',
    response: schema.nasWithSecretShape,
    example: { ...schema.nasExample, secret: 'Zp1fQWq1m8X0v7qk2bN3tYH5sU9cR4dL' },
    errors: ['not_found'],
    secret: true,
  })
  async rotateNasSecret(@CurrentActor() actor: Actor, @PathParam('device_id', intId) deviceId: number) {
    const { secret, ...nas } = await this.setNas.rotate(actor, deviceId);
    return versioned(nas.version, { ...presentNas(nas), secret });
  }
}
