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
import { PoolQueries, PoolRegister } from '@isp/domain/network';
import { listOf, sliceOf } from '../lists.js';
import { presentPool, presentPoolDetail, presentPooledAddress } from './ipam.presenter.js';
import { ONE_PAGE } from './ipam.schema.js';
import * as schema from './pools.schema.js';

@ApiTags('Network addresses')
@Controller('v1/network/pools')
export class PoolsController {
  constructor(
    private readonly pools: PoolQueries,
    private readonly register: PoolRegister,
  ) {}

  @Get()
  @Operation({
    access: 'ipam.read',
    summary: 'List address pools',
    response: schema.poolsShape,
    example: { pools: [schema.poolExample], pagination: ONE_PAGE },
  })
  async listPools(@CurrentActor() actor: Actor, @QueryString(schema.poolsQuery) query: schema.PoolsQuery) {
    const { vrf_id: vrfId, device_id: deviceId, prefix_id: prefixId, kind, status } = query;
    const filter = { vrfId, deviceId, prefixId, kind, status };
    const { rows, total } = await this.pools.list(actor, filter, sliceOf(query));
    return listOf('pools', rows.map(presentPool), total, query);
  }

  @Get(':pool_id')
  @Operation({
    access: 'ipam.read',
    summary: 'Read a pool and how full it is',
    response: schema.poolDetailShape,
    example: schema.poolDetailExample,
    errors: ['not_found'],
  })
  async getPool(@CurrentActor() actor: Actor, @PathParam('pool_id', intId) id: number) {
    const pool = await this.pools.get(actor, id);
    return versioned(pool.version, presentPoolDetail(pool));
  }

  @Get(':pool_id/addresses')
  @Operation({
    access: 'ipam.read',
    summary: 'List the addresses of a pool',
    description: 'Of an IPv6 pool the prefixes that are or were in use.',
    response: schema.poolAddressesShape,
    example: { addresses: [schema.pooledAddressExample], pagination: ONE_PAGE },
    errors: ['not_found'],
  })
  async listPoolAddresses(
    @CurrentActor() actor: Actor,
    @PathParam('pool_id', intId) id: number,
    @QueryString(schema.poolAddressesQuery) query: schema.PoolAddressesQuery,
  ) {
    const { rows, total } = await this.pools.addresses(actor, id, query.state, sliceOf(query));
    return listOf('addresses', rows.map(presentPooledAddress), total, query);
  }

  @Post()
  @Operation({
    access: 'ipam.manage',
    summary: 'Create a pool',
    description:
      'An IPv4 pool gives away every host of its prefix but the network, broadcast and first address (the router’s own).',
    status: 201,
    response: schema.poolShape,
    example: schema.poolExample,
    requestExample: schema.createPoolExample,
    errors: ['conflict', 'unprocessable'],
  })
  async createPool(@CurrentActor() actor: Actor, @JsonBody(schema.createPoolBody) body: schema.CreatePoolBody) {
    const { prefix_id: prefixId, unit_length: unitLength, reserved_ranges: reservedRanges, ...rest } = body;
    const pool = await this.register.create({ actor, prefixId, unitLength, reservedRanges, ...rest });
    return createdAt(`/v1/network/pools/${pool.id}`, presentPool(pool));
  }

  @Patch(':pool_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Change name, status or reserved ranges of a pool',
    description: 'What services hold stays theirs.',
    response: schema.poolShape,
    example: schema.poolExample,
    requestExample: { status: 'paused' },
    errors: ['not_found', 'conflict', 'unprocessable', 'precondition_failed'],
  })
  async changePool(
    @CurrentActor() actor: Actor,
    @PathParam('pool_id', intId) id: number,
    @JsonBody(schema.changePoolBody) body: schema.ChangePoolBody,
    @IfMatch() ifMatch: number | undefined,
  ) {
    const { reserved_ranges: reservedRanges, ...rest } = body;
    const pool = await this.register.change({ actor, id, reservedRanges, ...rest, ifMatch });
    return versioned(pool.version, presentPool(pool));
  }

  @Post(':pool_id/retire')
  @Operation({
    access: 'ipam.manage',
    summary: 'Let a pool give nothing away any more, for good',
    description: 'What services hold stays theirs.',
    response: schema.poolShape,
    example: { ...schema.poolExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retirePool(@CurrentActor() actor: Actor, @PathParam('pool_id', intId) id: number) {
    const pool = await this.register.retire(actor, id);
    return versioned(pool.version, presentPool(pool));
  }

  @Delete(':pool_id')
  @Operation({
    access: 'ipam.manage',
    summary: 'Delete a pool of which nothing is in use, reserved or in quarantine',
    status: 204,
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  deletePool(
    @CurrentActor() actor: Actor,
    @PathParam('pool_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
  ) {
    return this.register.remove(actor, id, ifMatch);
  }
}
