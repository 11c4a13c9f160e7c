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
import { PrefixQueries, PrefixRegister } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import { presentPrefix } from './ipam.presenter.js';
import { ONE_PAGE } from './ipam.schema.js';
import * as schema from './prefixes.schema.js';

@ApiTags('Network addresses')
@Controller('v1/network/prefixes')
export class PrefixesController {
  constructor(
    private readonly prefixes: PrefixQueries,
    private readonly register: PrefixRegister,
  ) {}

  @Get()
  @Operation({
    access: 'ipam.read',
    summary: 'List prefixes in address order',
    response: schema.prefixesShape,
    example: { prefixes: [schema.prefixExample], pagination: ONE_PAGE },
  })
  async listPrefixes(@CurrentActor() actor: Actor, @QueryString(schema.prefixesQuery) query: schema.PrefixesQuery) {
    const { vrf_id: vrfId, device_id: deviceId, within, role } = query;
    const { rows, total } = await this.prefixes.list(actor, { vrfId, deviceId, within, role }, sliceOf(query));
    return listOf('prefixes', rows.map(presentPrefix), total, query);
  }

  @Get(':prefix_id')
  @Operation({
    access: 'ipam.read',
    summary: 'Read a prefix',
    response: schema.prefixShape,
    example: schema.prefixExample,
    errors: ['not_found'],
  })
  async getPrefix(@CurrentActor() actor: Actor, @PathParam('prefix_id', intId) id: number) {
    const prefix = await this.prefixes.get(actor, id);
    return versioned(prefix.version, presentPrefix(prefix));
  }

  @Post()
  @Operation({
    access: 'ipam.manage',
    summary: 'Create a prefix',
    description:
      'Two prefixes of one VRF may overlap only where one is a container of the other. Containers are made before what they hold.',
    status: 201,
    response: schema.prefixShape,
    example: schema.prefixExample,
    requestExample: schema.createPrefixExample,
    errors: ['conflict', 'unprocessable'],
  })
  async createPrefix(@CurrentActor() actor: Actor, @JsonBody(schema.createPrefixBody) body: schema.CreatePrefixBody) {
    const { vrf_id: vrfId, device_id: deviceId, parent_id: parentId, ...rest } = body;
    const prefix = await this.register.create({ actor, vrfId, deviceId, parentId, ...rest });
    return createdAt(`/v1/network/prefixes/${prefix.id}`, presentPrefix(prefix));
  }

  @Patch(':prefix_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Change router or description of a prefix',
    description: 'The router of a prefix that has pools stays.',
    response: schema.prefixShape,
    example: schema.prefixExample,
    requestExample: { description: 'Subscribers of bng-1' },
    errors: ['not_found', 'conflict', 'unprocessable', 'precondition_failed'],
  })
  async changePrefix(
    @CurrentActor() actor: Actor,
    @PathParam('prefix_id', intId) id: number,
    @JsonBody(schema.changePrefixBody) body: schema.ChangePrefixBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { device_id: deviceId, description } = body;
    const prefix = await this.register.change({ actor, id, deviceId, description, ifMatch });
    return versioned(prefix.version, presentPrefix(prefix));
  }

  @Delete(':prefix_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Delete a prefix that holds neither prefixes nor pools',
    status: 204,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  deletePrefix(
    @CurrentActor() actor: Actor,
    @PathParam('prefix_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return this.register.remove(actor, id, ifMatch);
  }
}
