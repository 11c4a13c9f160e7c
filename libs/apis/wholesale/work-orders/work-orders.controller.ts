import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Operation, PathParam, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { LineQueries } from '@isp/domain/ordering';
import { PartnerQueries } from '@isp/domain/partners';
import { WorkOrderQueries } from '@isp/domain/work-orders';
import { CurrentIsp } from '../caller.js';
import { guidParam } from '../guid.js';
import { pageOfItems, sliceOf } from '../lists.js';
import { presentWorkOrder, statusOf } from './work-order.presenter.js';
import * as schema from './work-order.schema.js';

@ApiTags('Work orders')
@Controller('wholesale/work-orders')
export class WholesaleWorkOrdersController {
  constructor(
    private readonly workOrders: WorkOrderQueries,
    private readonly lines: LineQueries,
    private readonly partners: PartnerQueries,
  ) {}

  @Get()
  @Operation({
    access: 'work_order.read',
    summary: 'List work orders, newest first',
    description: 'Of one service with `service`; of all of yours without.',
    response: schema.workOrdersShape,
    example: { items: [schema.workOrderExample], page: 1, count: 1, total: 1 },
    errors: ['not_found'],
  })
  async list(@CurrentIsp() actor: Actor, @QueryString(schema.workOrdersQuery) query: schema.WorkOrdersQuery) {
    const { timeZone } = await this.partners.get(actor, actor.partnerId);
    const line = query.service === undefined ? undefined : await this.lines.get(actor, query.service);
    const filter = { serviceId: line?.serviceId, status: statusOf(query.status) };
    const { rows, total } = await this.workOrders.list(actor, filter, sliceOf(query));
    return pageOfItems(
      rows.map((order) => presentWorkOrder(order, timeZone)),
      total,
      query,
    );
  }

  @Get(':work_order_id')
  @Operation({
    access: 'work_order.read',
    summary: 'Read a work order',
    response: schema.workOrderShape,
    example: schema.workOrderExample,
    errors: ['not_found'],
  })
  async read(@CurrentIsp() actor: Actor, @PathParam('work_order_id', guidParam) guid: string) {
    const { timeZone } = await this.partners.get(actor, actor.partnerId);
    return presentWorkOrder(await this.workOrders.getByGuid(actor, guid), timeZone);
  }
}
