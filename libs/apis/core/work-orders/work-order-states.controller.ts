import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { CancelOrderedWork } from '@isp/domain/ordering';
import {
  AssignWorkOrder,
  CompleteWorkOrder,
  HoldWorkOrder,
  ResumeWorkOrder,
  ScheduleWorkOrder,
  StartWorkOrder,
} from '@isp/domain/work-orders';
import { presentWorkOrder } from './work-order.presenter.js';
import * as schema from './work-order.schema.js';

@ApiTags('Work orders')
@Controller('v1/work-orders/:work_order_id')
export class WorkOrderStatesController {
  constructor(
    private readonly schedule: ScheduleWorkOrder,
    private readonly assign: AssignWorkOrder,
    private readonly start: StartWorkOrder,
    private readonly hold: HoldWorkOrder,
    private readonly resume: ResumeWorkOrder,
    private readonly complete: CompleteWorkOrder,
    private readonly cancel: CancelOrderedWork,
  ) {}

  @Post('schedule')
  @Operation({
    access: 'work_order.manage',
    summary: 'Give a work order its time, or another one',
    response: schema.workOrderShape,
    example: schema.workOrderExample,
    requestExample: { scheduled_at: '2099-10-18T08:00:00Z' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async scheduleOrder(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.scheduleBody) { scheduled_at: scheduledAt, reason }: schema.ScheduleBody,
  ) {
    return presentWorkOrder(await this.schedule.execute({ actor, workOrderId, scheduledAt, reason }));
  }

  @Post('assign')
  @Operation({
    access: 'work_order.manage',
    summary: 'Give a work order to a user of the operator, to an installer, or to both',
    description: 'An installer that was not named before is new.',
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, status: 'assigned' },
    requestExample: { installer: 'North Splicers' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async assignOrder(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.assignBody) { user_id: userId, installer }: schema.AssignBody,
  ) {
    return presentWorkOrder(await this.assign.execute({ actor, workOrderId, userId, installer }));
  }

  @Post('start')
  @Operation({
    access: 'work_order.manage',
    summary: 'Say that the work has begun',
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, status: 'in_progress', started_at: '2024-10-18T08:05:00Z' },
    errors: ['not_found', 'conflict'],
  })
  async startOrder(@CurrentActor() actor: Actor, @PathParam('work_order_id', intId) workOrderId: number) {
    return presentWorkOrder(await this.start.execute({ actor, workOrderId }));
  }

  @Post('hold')
  @Operation({
    access: 'work_order.manage',
    summary: 'Stop a work order for a reason',
    description: 'The reason becomes a comment too: the ISP reads it as the last one.',
    response: schema.workOrderShape,
    example: {
      ...schema.workOrderExample,
      status: 'on_hold',
      hold_reason: 'Nobody at home',
      last_comment: 'Nobody at home',
    },
    requestExample: { reason: 'Nobody at home' },
    errors: ['not_found', 'conflict'],
  })
  async holdOrder(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.reasonBody) { reason }: schema.ReasonBody,
  ) {
    return presentWorkOrder(await this.hold.execute({ actor, workOrderId, reason }));
  }

  @Post('resume')
  @Operation({
    access: 'work_order.manage',
    summary: 'Let a held work order go on where it stood',
    response: schema.workOrderShape,
    example: schema.workOrderExample,
    errors: ['not_found', 'conflict'],
  })
  async resumeOrder(@CurrentActor() actor: Actor, @PathParam('work_order_id', intId) workOrderId: number) {
    return presentWorkOrder(await this.resume.execute({ actor, workOrderId }));
  }

  @Post('complete')
  @Operation({
    access: 'work_order.manage',
    summary: 'Say that the work is done',
    description:
      '`device` is the ONT that now ends the line; a new one needs the OLT that it is plugged into. The completion of an ' +
      "installation starts the service's provisioning.",
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, status: 'completed', completed_at: '2024-10-18T09:00:00Z' },
    requestExample: {
      comment: 'Light is good.',
      device: { serial_number: 'SIMONT000101', olt_id: 3, pon_port: '0/1/3' },
    },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async completeOrder(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.completeBody) { comment, device }: schema.CompleteBody,
  ) {
    const ont = device && {
      serialNumber: device.serial_number,
      portNumber: device.port_number,
      oltId: device.olt_id,
      ponPort: device.pon_port,
      onuIndex: device.onu_index,
    };
    return presentWorkOrder(await this.complete.execute({ actor, workOrderId, comment, ont }));
  }

  @Post('cancel')
  @Operation({
    access: 'work_order.manage',
    summary: 'Take a work order back',
    description: 'A service that waited for this installation is terminated, and its premise is free again.',
    response: schema.workOrderShape,
    example: { ...schema.workOrderExample, status: 'cancelled', cancel_reason: 'No duct to the house' },
    requestExample: { reason: 'No duct to the house' },
    errors: ['not_found', 'conflict'],
  })
  async cancelOrder(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.reasonBody) { reason }: schema.ReasonBody,
  ) {
    return presentWorkOrder(await this.cancel.execute({ actor, workOrderId, reason }));
  }
}
