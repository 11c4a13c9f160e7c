import { Controller, Get, Patch, Post } from '@nestjs/common';
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
import { MaintenanceQueries, type MaintenanceWithState, PlanMaintenance } from '@isp/domain/outages';
import { toIsoSeconds } from '@isp/kernel';
import { listOf, sliceOf } from '../lists.js';
import * as schema from './maintenance.schema.js';
import { type ReasonBody, reasonBody } from './outage.schema.js';

@ApiTags('Outages')
@Controller('v1/maintenance-windows')
export class MaintenanceController {
  constructor(
    private readonly windows: MaintenanceQueries,
    private readonly plan: PlanMaintenance,
  ) {}

  @Get()
  @Operation({
    access: 'outage.read',
    summary: 'List maintenance windows',
    description: 'Customers and resellers see those that reach a service of theirs.',
    response: schema.windowsShape,
    example: {
      maintenance_windows: [schema.windowExample],
      pagination: { page: 1, per_page: 25, total: 1, pages: 1 },
    },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.windowsQuery) query: schema.WindowsQuery) {
    const { state, device_id: deviceId, node_id: nodeId, service_id: serviceId, from, to } = query;
    const filter = { state, deviceId, nodeId, serviceId, from, to };
    const { rows, total } = await this.windows.list(actor, filter, sliceOf(query));
    const shown = rows.map((row) => present(actor, row));
    return listOf('maintenance_windows', shown, total, query);
  }

  @Post()
  @Operation({
    access: 'outage.manage',
    summary: 'Announce maintenance',
    description:
      'Of a device or a node, before it begins. Each customer behind it is told; while it lasts nothing there is an outage, ' +
      'and its time is in no service level.',
    status: 201,
    response: schema.windowShape,
    example: schema.windowExample,
    requestExample: schema.planExample,
    errors: ['unprocessable'],
  })
  async announce(@CurrentActor() actor: Actor, @JsonBody(schema.planBody) body: schema.PlanBody) {
    const { device_id: deviceId = null, node_id: nodeId = null, title, starts_at: startsAt, ends_at: endsAt } = body;
    const { id } = await this.plan.execute({ actor, place: { deviceId, nodeId }, title, startsAt, endsAt });
    return createdAt(`/v1/maintenance-windows/${id}`, await this.shown(actor, id));
  }

  @Get(':window_id')
  @Operation({
    access: 'outage.read',
    summary: 'Read a maintenance window',
    response: schema.windowShape,
    example: schema.windowExample,
    errors: ['not_found'],
  })
  async get(@CurrentActor() actor: Actor, @PathParam('window_id', intId) id: number) {
    const window = await this.windows.get(actor, id);
    return versioned(window.version, present(actor, window));
  }

  @Patch(':window_id')
  @Operation({
    access: 'outage.manage',
    summary: 'Change a maintenance window',
    description: 'Once it has begun it can only end earlier. Each customer is told again.',
    response: schema.windowShape,
    example: schema.windowExample,
    requestExample: { ends_at: '2025-02-03T07:30:00Z' },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async change(
    @CurrentActor() actor: Actor,
    @PathParam('window_id', intId) windowId: number,
    @IfMatch() version: number | undefined,
    @JsonBody(schema.changeWindowBody) body: schema.ChangeWindowBody,
  ) {
    const { title, starts_at: startsAt, ends_at: endsAt } = body;
    const window = await this.plan.change({ actor, windowId, version, title, startsAt, endsAt });
    return versioned(window.version, await this.shown(actor, windowId));
  }

  @Post(':window_id/cancel')
  @Operation({
    access: 'outage.manage',
    summary: 'Call maintenance off',
    description: 'One that has begun ends now.',
    response: schema.windowShape,
    example: { ...schema.windowExample, state: 'cancelled', cancel_reason: 'The part did not come' },
    requestExample: { reason: 'The part did not come' },
    errors: ['not_found', 'conflict'],
  })
  async cancel(
    @CurrentActor() actor: Actor,
    @PathParam('window_id', intId) id: number,
    @JsonBody(reasonBody) { reason }: ReasonBody,
  ) {
    await this.plan.cancel(actor, id, reason);
    return this.shown(actor, id);
  }

  private async shown(actor: Actor, id: number) {
    return present(actor, await this.windows.get(actor, id));
  }
}

export function present(actor: Actor, window: MaintenanceWithState) {
  const own = actor.reach === 'all';
  return {
    id: window.id,
    title: window.title,
    state: window.state,
    device_id: own ? window.deviceId : null,
    node_id: own ? window.nodeId : null,
    place: own ? window.place : null,
    starts_at: toIsoSeconds(window.startsAt),
    ends_at: toIsoSeconds(window.endsAt),
    cancel_reason: window.cancelReason,
    affected_services: window.affectedServices,
    affected_customers: window.affectedCustomers,
    created_by: own ? window.createdBy : null,
    created_at: toIsoSeconds(window.createdAt),
    updated_at: toIsoSeconds(window.updatedAt),
  };
}
