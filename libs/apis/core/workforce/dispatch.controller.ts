import { Controller, Get, Inject, Patch, Post } from '@nestjs/common';
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
import {
  AppointmentQueries,
  BookAppointment,
  FindOpenings,
  VisitTerms,
  type WorkOrderType,
} from '@isp/domain/work-orders';
import { TechnicianQueries } from '@isp/domain/workforce';
import { type Clock, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { listOf, sliceOf } from '../lists.js';
import { presentWorkOrder } from '../work-orders/work-order.presenter.js';
import { workOrderExample, workOrderShape } from '../work-orders/work-order.schema.js';
import { presentAppointment, presentDay, presentOpenings, presentTerms } from './appointment.presenter.js';
import * as schema from './appointment.schema.js';

@ApiTags('Dispatch')
@Controller('v1')
export class DispatchController {
  constructor(
    private readonly appointments: AppointmentQueries,
    private readonly openings: FindOpenings,
    private readonly booking: BookAppointment,
    private readonly terms: VisitTerms,
    private readonly technicians: TechnicianQueries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('work-orders/:work_order_id/openings')
  @Operation({
    access: 'workforce.read',
    summary: 'Find who could make the visit of a work order, and when',
    description:
      'The best first, or the soonest; each with its reasons and what they cost. Ways between visits are counted in. ' +
      'Nothing is held until it is booked.',
    response: schema.openingsShape,
    example: schema.openingsExample,
    errors: ['not_found'],
  })
  async find(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @QueryString(schema.openingsQuery) query: schema.OpeningsQuery,
  ) {
    const { technician_id: technicianId, from, until, sort: first, limit } = query;
    return presentOpenings(
      await this.openings.execute(actor, workOrderId, { technicianId, from, until, first, limit }),
    );
  }

  @Post('work-orders/:work_order_id/appointment')
  @Operation({
    access: 'work_order.manage',
    summary: 'Book an appointment for a work order',
    description:
      'With a technician and a time, or with whoever and whenever is best. It takes the place of the one that the order ' +
      'has. `anyway` books although the technician lacks a skill, does not work then or has no time for the way; nobody is ' +
      'ever at two places at once.',
    status: 201,
    response: schema.appointmentShape,
    example: schema.appointmentExample,
    requestExample: { technician_id: 4, starts_at: '2099-10-18T08:00:00Z' },
    errors: ['not_found', 'conflict', 'unprocessable'],
  })
  async book(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.bookBody) { technician_id: technicianId, starts_at: startsAt, anyway }: schema.BookBody,
  ) {
    const made = await this.booking.execute({ actor, workOrderId, technicianId, startsAt, anyway });
    return createdAt(`/v1/appointments/${made.id}`, presentAppointment(actor, made));
  }

  @Post('work-orders/:work_order_id/appointment/cancel')
  @Operation({
    access: 'work_order.manage',
    summary: 'Cancel the appointment of a work order',
    description: 'The order waits again for somebody to go there.',
    response: workOrderShape,
    example: { ...workOrderExample, status: 'new', scheduled_at: null, installer: null },
    requestExample: { reason: 'The customer is away' },
    errors: ['not_found', 'conflict'],
  })
  async cancel(
    @CurrentActor() actor: Actor,
    @PathParam('work_order_id', intId) workOrderId: number,
    @JsonBody(schema.cancelBody) { reason }: schema.CancelBody,
  ) {
    return presentWorkOrder(await this.booking.cancel(actor, workOrderId, reason));
  }

  @Get('appointments')
  @Operation({
    access: 'work_order.read',
    summary: 'List appointments, the earliest first',
    response: schema.appointmentsShape,
    example: { appointments: [schema.appointmentExample], pagination: { page: 1, per_page: 25, total: 1, pages: 1 } },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.appointmentsQuery) query: schema.AppointmentsQuery) {
    const { technician_id: technicianId, work_order_id: workOrderId, status, from, until } = query;
    const filter = { technicianId, workOrderId, status, from, until };
    const { rows, total } = await this.appointments.list(actor, filter, sliceOf(query));
    const shown = rows.map((row) => presentAppointment(actor, row));
    return listOf('appointments', shown, total, query);
  }

  @Get('appointments/:appointment_id')
  @Operation({
    access: 'work_order.read',
    summary: 'Read an appointment',
    response: schema.appointmentShape,
    example: schema.appointmentExample,
    errors: ['not_found'],
  })
  async read(@CurrentActor() actor: Actor, @PathParam('appointment_id', intId) id: number) {
    return presentAppointment(actor, await this.appointments.get(actor, id));
  }

  @Get('technicians/:technician_id/day')
  @Operation({
    access: 'workforce.read',
    summary: 'See the day of a technician: when they work and where they go',
    description: 'Today, on their own clocks, unless another `date` is given.',
    response: schema.dayShape,
    example: schema.dayExample,
    errors: ['not_found'],
  })
  async day(
    @CurrentActor() actor: Actor,
    @PathParam('technician_id', intId) id: number,
    @QueryString(schema.dayQuery) query: schema.DayQuery,
  ) {
    const technician = await this.technicians.get(actor, id);
    const date = query.date ?? localDate(this.clock.now(), technician.timeZone);
    return presentDay(actor, date, await this.appointments.day(actor, technician, date));
  }

  @Get('visit-terms')
  @Operation({
    access: 'workforce.read',
    summary: 'Read what visits take, by type of work order',
    response: schema.allTermsShape,
    example: { visit_terms: [schema.termsExample] },
  })
  async readTerms(@CurrentActor() actor: Actor) {
    return { visit_terms: (await this.terms.list(actor)).map(presentTerms) };
  }

  @Patch('visit-terms/:visit_type')
  @Operation({
    access: 'workforce.manage',
    summary: 'Change what visits of a type take',
    description: 'Appointments that are booked stay as they are.',
    response: schema.termsShape,
    example: { ...schema.termsExample, automatic: true, version: 2 },
    requestExample: { automatic: true },
    errors: ['precondition_failed'],
  })
  async changeTerms(
    @CurrentActor() actor: Actor,
    @PathParam('visit_type', schema.workOrderType) type: WorkOrderType,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.termsBody) body: schema.TermsBody,
  ) {
    const { notice_minutes: noticeMinutes, horizon_days: horizonDays, ...rest } = body;
    const terms = await this.terms.change(actor, type, ifMatch, { noticeMinutes, horizonDays, ...rest });
    return versioned(terms.version, presentTerms(terms));
  }
}
