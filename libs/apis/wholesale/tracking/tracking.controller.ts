import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { type AnswerDeparture, OnDeparture, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { LineDeltas } from '@isp/domain/ordering';
import { WorkOrderDeltas } from '@isp/domain/work-orders';
import { CurrentIsp } from '../caller.js';
import { presentLineDelta, presentWorkOrderDelta } from './tracking.presenter.js';
import * as schema from './tracking.schema.js';

const DELTA =
  'What changed since your last answered call, each once and as it is now, the one that changed first at the top; the ' +
  'first call answers what changed in 24 hours. Once in 10 minutes, else 429 with `Retry-After`. A call counts when its ' +
  'answer has left us in full: after a broken connection call again, and nothing is missed. An answer that left and ' +
  'never came is answered again with `repeat=true`, up to three times until your next call.';

@ApiTags('Tracking')
@Controller('wholesale')
export class WholesaleTrackingController {
  constructor(
    private readonly services: LineDeltas,
    private readonly workOrders: WorkOrderDeltas,
  ) {}

  @Get('services/snapshot')
  @Operation({
    access: 'service.read',
    summary: 'What changed of your services',
    description: DELTA,
    response: schema.servicesSnapshotShape,
    example: schema.servicesSnapshotExample,
    errors: ['conflict'],
  })
  async servicesSnapshot(
    @CurrentIsp() actor: Actor,
    @QueryString(schema.trackingQuery) { repeat }: schema.TrackingQuery,
    @OnDeparture() onDeparture: AnswerDeparture,
  ) {
    const { rows, confirm, release } = await this.services.take(actor, repeat);
    onDeparture({ left: confirm, lost: release });
    return rows.map(presentLineDelta);
  }

  @Get('work-orders/snapshot')
  @Operation({
    access: 'work_order.read',
    summary: 'What changed of your work orders',
    description: DELTA,
    response: schema.workOrdersSnapshotShape,
    example: schema.workOrdersSnapshotExample,
    errors: ['conflict'],
  })
  async workOrdersSnapshot(
    @CurrentIsp() actor: Actor,
    @QueryString(schema.trackingQuery) { repeat }: schema.TrackingQuery,
    @OnDeparture() onDeparture: AnswerDeparture,
  ) {
    const { rows, confirm, release } = await this.workOrders.take(actor, repeat);
    onDeparture({ left: confirm, lost: release });
    return rows.map(presentWorkOrderDelta);
  }
}
