import { Controller, Delete, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, createdAt, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { VlanRanges } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import { presentVlan } from './ipam.presenter.js';
import { ONE_PAGE } from './ipam.schema.js';
import * as schema from './vlans.schema.js';

@ApiTags('Network addresses')
@Controller('v1/network/vlans')
export class VlansController {
  constructor(private readonly vlans: VlanRanges) {}

  @Get()
  @Operation({
    access: 'ipam.read',
    summary: 'List VLAN ids by device and port',
    response: schema.vlansShape,
    example: { vlans: [schema.vlanExample], pagination: ONE_PAGE },
  })
  async listVlans(@CurrentActor() actor: Actor, @QueryString(schema.vlansQuery) query: schema.VlansQuery) {
    const free = query.state === undefined ? undefined : query.state === 'free';
    const filter = { deviceId: query.device_id, port: query.port, free };
    const { rows, total } = await this.vlans.list(actor, filter, sliceOf(query));
    return listOf('vlans', rows.map(presentVlan), total, query);
  }

  @Post()
  @Operation({
    access: 'ipam.manage',
    summary: 'Give the services of a device a range of VLAN ids',
    description: 'From then on every service that is provisioned on the device gets a free one.',
    status: 201,
    response: schema.vlanRangeShape,
    example: schema.vlanRangeExample,
    requestExample: schema.createVlansExample,
    errors: ['conflict', 'unprocessable'],
  })
  async createVlans(@CurrentActor() actor: Actor, @JsonBody(schema.createVlansBody) body: schema.CreateVlansBody) {
    const { device_id: deviceId, port = '', first, last } = body;
    const count = await this.vlans.define({ actor, deviceId, port, first, last });
    const range = { device_id: deviceId, port: body.port ?? null, first, last, count };
    return createdAt(`/v1/network/vlans?device_id=${deviceId}`, range);
  }

  @Delete(':id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Delete a VLAN id that no service has',
    status: 204,
    errors: ['not_found', 'conflict'],
  })
  deleteVlan(@CurrentActor() actor: Actor, @PathParam('id', intId) id: number) {
    return this.vlans.remove(actor, id);
  }
}
