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
import { VrfRegister } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import { presentVrf } from './ipam.presenter.js';
import { ONE_PAGE } from './ipam.schema.js';
import * as schema from './vrfs.schema.js';

@ApiTags('Network addresses')
@Controller('v1/network/vrfs')
export class VrfsController {
  constructor(private readonly vrfs: VrfRegister) {}

  @Get()
  @Operation({
    access: 'ipam.read',
    summary: 'List VRFs',
    response: schema.vrfsShape,
    example: { vrfs: [schema.vrfExample], pagination: ONE_PAGE },
  })
  async listVrfs(@CurrentActor() actor: Actor, @QueryString(schema.vrfsQuery) query: schema.VrfsQuery) {
    const { rows, total } = await this.vrfs.list(actor, sliceOf(query));
    return listOf('vrfs', rows.map(presentVrf), total, query);
  }

  @Get(':vrf_id')
  @Operation({
    access: 'ipam.read',
    summary: 'Read a VRF',
    response: schema.vrfShape,
    example: schema.vrfExample,
    errors: ['not_found'],
  })
  async getVrf(@CurrentActor() actor: Actor, @PathParam('vrf_id', intId) id: number) {
    const vrf = await this.vrfs.get(actor, id);
    return versioned(vrf.version, presentVrf(vrf));
  }

  @Post()
  @Operation({
    access: 'ipam.manage',
    summary: 'Create a VRF',
    description: 'A routing table of its own: the same prefix may be in several.',
    status: 201,
    response: schema.vrfShape,
    example: schema.vrfExample,
    requestExample: { name: 'business-vpn', route_distinguisher: '65000:2' },
    errors: ['conflict'],
  })
  async createVrf(@CurrentActor() actor: Actor, @JsonBody(schema.createVrfBody) body: schema.CreateVrfBody) {
    const { name, route_distinguisher: routeDistinguisher, description } = body;
    const vrf = await this.vrfs.create(actor, { name, routeDistinguisher, description });
    return createdAt(`/v1/network/vrfs/${vrf.id}`, presentVrf(vrf));
  }

  @Patch(':vrf_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Change a VRF',
    response: schema.vrfShape,
    example: schema.vrfExample,
    requestExample: { description: 'Customers with private networks' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async changeVrf(
    @CurrentActor() actor: Actor,
    @PathParam('vrf_id', intId) id: number,
    @JsonBody(schema.changeVrfBody) body: schema.ChangeVrfBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { name, route_distinguisher: routeDistinguisher, description } = body;
    const vrf = await this.vrfs.change(actor, id, { name, routeDistinguisher, description }, ifMatch);
    return versioned(vrf.version, presentVrf(vrf));
  }

  @Delete(':vrf_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Delete an empty VRF',
    status: 204,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  deleteVrf(
    @CurrentActor() actor: Actor,
    @PathParam('vrf_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return this.vrfs.remove(actor, id, ifMatch);
  }
}
