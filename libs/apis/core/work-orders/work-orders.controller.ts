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
import { ChangeWorkOrder, CommentWorkOrder, CreateWorkOrder, WorkOrderQueries } from '@isp/domain/work-orders';
import { listOf, sliceOf } from '../lists.js';
import { presentComment, presentStep, presentWorkOrder } from './work-order.presenter.js';
import * as schema from './work-order.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Work orders')
@Controller('v1/work-orders')
export class WorkOrdersController {
  constructor(
    private readonly workOrders: WorkOrderQueries,
    private readonly create: CreateWorkOrder,
    private readonly change: ChangeWorkOrder,
    private readonly comment: CommentWorkOrder,
  ) {}

  @Post()
  @Operation({
    access: 'work_order.manage',
    summary: 'Open a work order for a service',
    description:
      'An installation unless told otherwise; a service has one at a time. An ordered line has its own already.',
    status: 201,
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, type: 'repair', status: 'new' },
    requestExample: { service_id: 456, type: 'repair', summary: 'No light at the ONT' },
    errors: ['not_found', 'conflict'],
  })
  async open(@CurrentActor() actor: Actor, @JsonBody(schema.createWorkOrderBody) body: schema.CreateWorkOrderBody) {
    const { service_id: serviceId, external_reference: externalReference, ...rest } = body;
    const order = await this.create.execute({ actor, serviceId, externalReference, ...rest });
    return createdAt(`/v1/work-orders/${order.id}`, presentWorkOrder(order));
  }

  @Get()
  @Operation({
    access: 'work_order.read',
    summary: 'List work orders, newest first',
    description:
      '`reference` is a whole reference, ours or the external one; the schedule is from one instant until before another.',
    response: schema.workOrdersShape,
    example: { work_orders: [schema.workOrderExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.workOrdersQuery) query: schema.WorkOrdersQuery) {
    const filter = {
      serviceId: query.service_id,
      customerId: query.customer_id,
      status: query.status,
      type: query.type,
      assignedUserId: query.assigned_user_id,
      reference: query.reference,
      scheduledFrom: query.scheduled_from,
      scheduledTo: query.scheduled_to,
    };
    const { rows, total } = await this.workOrders.list(actor, filter, sliceOf(query));
    return listOf('work_orders', rows.map(presentWorkOrder), total, query);
  }

  @Get(':work_order_id')
  @Operation({
    access: 'work_order.read',
    summary: 'Read a work order',
    response: schema.workOrderShape,
    example: schema.workOrderExample,
    errors: ['not_found'],
  })
  async read(@CurrentActor() actor: Actor, @PathParam('work_order_id', intId) id: number) {
    const order = await this.workOrders.get(actor, id);
    return versioned(order.version, presentWorkOrder(order));
  }

  @Patch(':work_order_id')
  @Operation({
    access: 'work_order.manage',
    summary: 'Change what an open work order says',
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, category: 'Aerial' },
    requestExample: { category: 'Aerial' },
    errors: ['not_found', 'conflict', 'precondition_failed'],
  })
  async changeOrder(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeWorkOrderBody)
    { external_reference: externalReference, ...rest }: schema.ChangeWorkOrderBody,
  ) {
    const order = await this.change.execute({ actor, workOrderId, ifMatch, externalReference, ...rest });
    return versioned(order.version, presentWorkOrder(order));
  }

  @Post(':work_order_id/comments')
  @Operation({
    access: 'work_order.comment',
    summary: 'Say something about a work order',
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, last_comment: 'The gate is open until noon.' },
    requestExample: { text: 'The gate is open until noon.' },
    errors: ['not_found'],
  })
  async say(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.commentBody) { text }: schema.CommentBody,
  ) {
    return presentWorkOrder(await this.comment.execute({ actor, workOrderId, text }));
  }

  @Get(':work_order_id/comments')
  @Operation({
    access: 'work_order.read',
    summary: 'What was said about a work order, newest first',
    response: schema.commentsShape,
    example: { comments: [schema.commentExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async comments(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) id: number,
    @QueryString(schema.partsQuery) query: schema.PartsQuery,
  ) {
    const { rows, total } = await this.workOrders.comments(actor, id, sliceOf(query));
    return listOf('comments', rows.map(presentComment), total, query);
  }

  @Get(':work_order_id/history')
  @Operation({
    access: 'work_order.read',
    summary: 'Everything that happened to a work order, newest first',
    response: schema.historyShape,
    example: { history: [schema.stepExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async history(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) id: number,
    @QueryString(schema.partsQuery) query: schema.PartsQuery,
  ) {
    const { rows, total } = await this.workOrders.history(actor, id, sliceOf(query));
    return listOf('history', rows.map(presentStep), total, query);
  }
}
