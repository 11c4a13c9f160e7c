import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { ChangeNode, CreateNode, DeviceQueries, NodeQueries } from '@isp/domain/network';
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
import { presentDevice, presentNode } from './device.presenter.js';
import { affectedShape, deviceExample } from './device.schema.js';
import * as schema from './node.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Network')
@Controller('v1/network/nodes')
export class NodesController {
  constructor(
    private readonly nodes: NodeQueries,
    private readonly devices: DeviceQueries,
    private readonly createNode: CreateNode,
    private readonly changeNode: ChangeNode,
  ) {}

  @Post()
  @Operation({
    access: 'device.manage',
    summary: 'Register a place where devices stand',
    status: 201,
    response: schema.nodeShape,
    example: schema.nodeExample,
    requestExample: schema.nodeRequestExample,
    errors: ['conflict'],
  })
  async create(@CurrentActor() actor: Actor, @JsonBody(schema.createNodeBody) body: schema.CreateNodeBody) {
    const node = await this.createNode.execute({ actor, ...body });
    return createdAt(`/v1/network/nodes/${node.id}`, presentNode(node));
  }

  @Get()
  @Operation({
    access: 'device.read',
    summary: 'List nodes',
    response: schema.nodesShape,
    example: { nodes: [schema.nodeExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.nodesQuery) query: schema.NodesQuery) {
    const { rows, total } = await this.nodes.list(actor, query, sliceOf(query));
    return listOf('nodes', rows.map(presentNode), total, query);
  }

  @Get(':node_id')
  @Operation({
    access: 'device.read',
    summary: 'Read a node',
    response: schema.nodeShape,
    example: schema.nodeExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('node_id', intId) id: number) {
    const node = await this.nodes.get(actor, id);
    return versioned(node.version, presentNode(node));
  }

  @Patch(':node_id')
  @Operation({
    access: 'device.manage',
    summary: 'Change a node',
    response: schema.nodeShape,
    example: schema.nodeExample,
    requestExample: { name: 'New York, 60 Hudson' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('node_id', intId) id: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeNodeBody) changes: schema.ChangeNodeBody,
  ) {
    const node = await this.changeNode.execute({ actor, id, changes, ifMatch });
    return versioned(node.version, presentNode(node));
  }

  @Post(':node_id/retire')
  @Operation({
    access: 'device.manage',
    summary: 'Take a node out of service',
    description: 'Refused while devices in service stand there.',
    response: schema.nodeShape,
    example: { ...schema.nodeExample, status: 'retired' },
    errors: ['not_found', 'conflict'],
  })
  async retire(@CurrentActor() actor: Actor, @PathParam('node_id', intId) id: number) {
    const node = await this.changeNode.retire({ actor, id });
    return versioned(node.version, presentNode(node));
  }

  @Get(':node_id/affected')
  @Operation({
    access: 'device.read',
    summary: 'What would go dark with a node',
    description:
      'Devices that stand at the node and everything that hangs below them, with how many services they carry.',
    response: affectedShape,
    example: { services: 1, devices: [deviceExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async affected(
    @CurrentActor() actor: Actor,
    @PathParam('node_id', intId) id: number,
    @QueryString(schema.pageQuery) query: schema.PageQuery,
  ) {
    await this.nodes.get(actor, id);
    const { rows, total, services } = await this.devices.affectedBy(actor, id, sliceOf(query));
    return { services, ...listOf('devices', rows.map(presentDevice), total, query) };
  }
}
