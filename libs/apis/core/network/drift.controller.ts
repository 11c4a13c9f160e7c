import { Controller, Get, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Actor } from '@isp/contracts';
import { DriftQueries, RequestConvergence } from '@isp/domain/network';
import { CurrentActor, JsonBody, Operation, PathParam, QueryString, intId } from '@isp/apis/shared';
import { listOf, sliceOf } from '../lists.js';
import { presentDrift, presentServiceNetwork } from './drift.presenter.js';
import * as schema from './drift.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };
const ACCEPTED = { accepted: true } as const;

@ApiTags('Network')
@Controller('v1')
export class DriftController {
  constructor(
    private readonly drifts: DriftQueries,
    private readonly request: RequestConvergence,
  ) {}

  @Get('network/drift')
  @Operation({
    access: 'drift.read',
    summary: 'List where the network differs from what is wanted of it, newest first',
    description:
      'Each difference with its cause and, when it is gone, its repair. A session of nobody (`unknown`) is shown and left alone.',
    response: schema.driftsShape,
    example: { drifts: [schema.driftExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.driftQuery) query: schema.DriftQuery) {
    const { state, kind, service_id: serviceId } = query;
    const filter = { open: state && state === 'open', kind, serviceId };
    const { rows, total } = await this.drifts.list(actor, filter, sliceOf(query));
    return listOf('drifts', rows.map(presentDrift), total, query);
  }

  @Post('network/reconcile')
  @Operation({
    access: 'drift.repair',
    summary: 'Compare the whole network with what is wanted of it, now',
    description:
      'Runs in the background and repairs what it finds; it also runs by itself. With `routers` every router is also asked what it does for each of its services, as after a restore.',
    status: 202,
    response: schema.acceptedShape,
    example: ACCEPTED,
    requestExample: { routers: true },
  })
  async reconcile(@CurrentActor() actor: Actor, @JsonBody(schema.reconcileBody) { routers }: schema.ReconcileBody) {
    await this.request.ofNetwork(actor, { routers });
    return ACCEPTED;
  }

  @Get('services/:service_id/network')
  @Operation({
    access: 'drift.read',
    summary: 'What a service is to have on the network, and what it has',
    response: schema.serviceNetworkShape,
    example: schema.serviceNetworkExample,
    errors: ['not_found', 'conflict'],
  })
  async ofService(@CurrentActor() actor: Actor, @PathParam('service_id', intId) serviceId: number) {
    return presentServiceNetwork(await this.drifts.ofService(actor, serviceId));
  }

  @Post('services/:service_id/converge')
  @Operation({
    access: 'drift.repair',
    summary: 'Apply a service to the network again, now',
    description: 'Also when its next try would have been later.',
    status: 202,
    response: schema.acceptedShape,
    example: ACCEPTED,
    errors: ['not_found', 'conflict'],
  })
  async converge(@CurrentActor() actor: Actor, @PathParam('service_id', intId) serviceId: number) {
    await this.request.ofService(actor, serviceId);
    return ACCEPTED;
  }
}
