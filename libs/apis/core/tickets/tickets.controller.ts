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
import { ChangeTicket, CommentTicket, CreateTicket, TicketQueries } from '@isp/domain/tickets';
import { listOf, sliceOf } from '../lists.js';
import * as examples from './ticket.examples.js';
import { presentComment, presentListedTicket, presentStep, presentTicket } from './ticket.presenter.js';
import * as schema from './ticket.schema.js';

const PAGINATION = { page: 1, per_page: 25, total: 1, pages: 1 };

@ApiTags('Tickets')
@Controller('v1/tickets')
export class TicketsController {
  constructor(
    private readonly tickets: TicketQueries,
    private readonly create: CreateTicket,
    private readonly change: ChangeTicket,
    private readonly comment: CommentTicket,
  ) {}

  @Post()
  @Operation({
    access: 'ticket.create',
    summary: 'Open a ticket',
    description:
      'A signed-in customer opens its own; the operator may leave `customer_id` out for a ticket of nobody in particular. The ' +
      'policy that fits the customer’s tier and the plans of `service_ids` at this moment stays the ticket’s.',
    status: 201,
    response: schema.ticketShape,
    example: examples.ticketExample,
    requestExample: {
      customer_id: 1,
      subject: 'No connection since this morning',
      category: 'no_connection',
      priority: 'high',
    },
    errors: ['not_found', 'unprocessable'],
  })
  async open(@CurrentActor() actor: Actor, @JsonBody(schema.createTicketBody) body: schema.CreateTicketBody) {
    const { customer_id: customerId, team_id: teamId, service_ids: serviceIds, ...rest } = body;
    const { id } = await this.create.execute({ actor, customerId, teamId, serviceIds, ...rest });
    return createdAt(`/v1/tickets/${id}`, presentTicket(await this.tickets.details(actor, id)));
  }

  @Get()
  @Operation({
    access: 'ticket.read',
    summary: 'List tickets, newest first',
    description:
      'A `category` finds its sub-categories too. `search` is a part of number, subject or description, in the newest 10,000 that ' +
      'match. `due_from` and `due_to` are of solutions that are still to come; ranges are from one instant until before another. ' +
      '`outage_id` finds those that are linked to an outage, as faults and disputes of its customers are.',
    response: schema.ticketsShape,
    example: { tickets: [examples.listedTicketExample], pagination: PAGINATION },
  })
  async list(@CurrentActor() actor: Actor, @QueryString(schema.ticketsQuery) query: schema.TicketsQuery) {
    const filter = {
      status: query.status,
      priority: query.priority,
      category: query.category,
      customerId: query.customer_id,
      serviceId: query.service_id,
      outageId: query.outage_id,
      assignedUserId: query.assigned_user_id,
      teamId: query.team_id,
      partnerId: query.partner_id,
      search: query.search,
      openedFrom: query.opened_from,
      openedTo: query.opened_to,
      dueFrom: query.due_from,
      dueTo: query.due_to,
      breached: query.breached,
    };
    const { rows, total } = await this.tickets.list(actor, filter, sliceOf(query));
    return listOf('tickets', rows.map(presentListedTicket), total, query);
  }

  @Get(':ticket_id')
  @Operation({
    access: 'ticket.read',
    summary: 'Read a ticket with its clocks and links',
    response: schema.ticketShape,
    example: examples.ticketExample,
    errors: ['not_found'],
  })
  async read(@CurrentActor() actor: Actor, @PathParam('ticket_id', intId) id: number) {
    const ticket = await this.tickets.details(actor, id);
    return versioned(ticket.version, presentTicket(ticket));
  }

  @Patch(':ticket_id')
  @Operation({
    access: 'ticket.manage',
    summary: 'Change what a ticket says',
    description: 'With another priority its clocks go by that priority’s targets, from the opening on.',
    response: schema.ticketShape,
    example: { ...examples.ticketExample, priority: 'critical' },
    requestExample: { priority: 'critical' },
    errors: ['not_found', 'conflict', 'precondition_failed', 'unprocessable'],
  })
  async changeTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @IfMatch() ifMatch: number | undefined,
    @JsonBody(schema.changeTicketBody) body: schema.ChangeTicketBody,
  ) {
    const { version } = await this.change.execute({ actor, ticketId, ifMatch, ...body });
    return versioned(version, presentTicket(await this.tickets.details(actor, ticketId)));
  }

  @Post(':ticket_id/comments')
  @Operation({
    access: 'ticket.comment',
    summary: 'Say something about a ticket',
    description:
      '`internal` is for the operator’s people alone: nobody else ever sees it. The operator’s first public comment is the first ' +
      'response. A customer’s comment takes a ticket that waits for it up again.',
    response: schema.ticketShape,
    example: examples.ticketExample,
    requestExample: { text: 'A technician is on the way.' },
    errors: ['not_found'],
  })
  async say(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.commentBody) body: schema.CommentBody,
  ) {
    await this.comment.execute({ actor, ticketId, ...body });
    return presentTicket(await this.tickets.details(actor, ticketId));
  }

  @Get(':ticket_id/comments')
  @Operation({
    access: 'ticket.read',
    summary: 'What was said about a ticket, newest first',
    response: schema.commentsShape,
    example: { comments: [examples.commentExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async comments(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) id: number,
    @QueryString(schema.partsQuery) query: schema.PartsQuery,
  ) {
    const { rows, total } = await this.tickets.comments(actor, id, sliceOf(query));
    return listOf('comments', rows.map(presentComment), total, query);
  }

  @Get(':ticket_id/history')
  @Operation({
    access: 'ticket.read',
    summary: 'Everything that happened to a ticket, newest first',
    response: schema.historyShape,
    example: { history: [examples.stepExample], pagination: PAGINATION },
    errors: ['not_found'],
  })
  async history(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) id: number,
    @QueryString(schema.partsQuery) query: schema.PartsQuery,
  ) {
    const { rows, total } = await this.tickets.history(actor, id, sliceOf(query));
    return listOf('history', rows.map(presentStep), total, query);
  }
}
