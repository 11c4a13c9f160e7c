import { Controller, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, JsonBody, Operation, PathParam, intId } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { AssignTicket, CloseTicket, MoveTicket, ReopenTicket, ResolveTicket, TicketQueries } from '@isp/domain/tickets';
import { ticketExample } from './ticket.examples.js';
import { presentTicket } from './ticket.presenter.js';
import * as schema from './ticket.schema.js';

const refusals = ['not_found', 'conflict'] as const;

@ApiTags('Tickets')
@Controller('v1/tickets/:ticket_id')
export class TicketStatesController {
  constructor(
    private readonly tickets: TicketQueries,
    private readonly assign: AssignTicket,
    private readonly move: MoveTicket,
    private readonly resolve: ResolveTicket,
    private readonly close: CloseTicket,
    private readonly reopen: ReopenTicket,
  ) {}

  @Post('assign')
  @Operation({
    access: 'ticket.manage',
    summary: 'Give a ticket to a team, to one of the operator’s people, or to both',
    description: '`null` takes it away; what is left out stays.',
    response: schema.ticketShape,
    example: ticketExample,
    requestExample: { team_id: 2 },
    errors: [...refusals, 'unprocessable'],
  })
  async assignTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.assignBody) { user_id: userId, team_id: teamId }: schema.AssignBody,
  ) {
    return this.shown(actor, await this.assign.execute({ actor, ticketId, userId, teamId }));
  }

  @Post('start')
  @Operation({
    access: 'ticket.manage',
    summary: 'Say that somebody works on a ticket',
    response: schema.ticketShape,
    example: { ...ticketExample, status: 'in_progress' },
    errors: refusals,
  })
  async start(@CurrentActor() actor: Actor, @PathParam('ticket_id', intId) ticketId: number) {
    return this.shown(actor, await this.move.execute({ actor, ticketId, verb: 'start', to: 'in_progress' }));
  }

  @Post('pend')
  @Operation({
    access: 'ticket.manage',
    summary: 'Let a ticket wait for somebody else',
    description: 'Its clocks stand still until it goes on.',
    response: schema.ticketShape,
    example: { ...ticketExample, status: 'pending_customer', due_at: null, response_due_at: null },
    requestExample: { waiting_for: 'customer', reason: 'Nobody answers the door' },
    errors: refusals,
  })
  async pend(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.pendBody) { waiting_for: whom, reason }: schema.PendBody,
  ) {
    const to = schema.WAITS_FOR[whom];
    return this.shown(actor, await this.move.execute({ actor, ticketId, verb: 'pend', to, reason }));
  }

  @Post('resume')
  @Operation({
    access: 'ticket.manage',
    summary: 'Let a ticket that waited go on',
    response: schema.ticketShape,
    example: { ...ticketExample, status: 'in_progress' },
    errors: refusals,
  })
  async resume(@CurrentActor() actor: Actor, @PathParam('ticket_id', intId) ticketId: number) {
    return this.shown(actor, await this.move.execute({ actor, ticketId, verb: 'resume', to: 'in_progress' }));
  }

  @Post('resolve')
  @Operation({
    access: 'ticket.manage',
    summary: 'Say that a ticket is solved',
    response: schema.ticketShape,
    example: { ...ticketExample, status: 'resolved', resolution: 'The fibre was spliced again.' },
    requestExample: { resolution: 'The fibre was spliced again.' },
    errors: refusals,
  })
  async resolveTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.resolveBody) { resolution }: schema.ResolveBody,
  ) {
    return this.shown(actor, await this.resolve.execute({ actor, ticketId, resolution }));
  }

  @Post('close')
  @Operation({
    access: 'ticket.comment',
    summary: 'Close a ticket',
    description: 'One that is solved, or one that needs no solution any more.',
    response: schema.ticketShape,
    example: { ...ticketExample, status: 'closed' },
    requestExample: {},
    errors: refusals,
  })
  async closeTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.closeBody) { resolution }: schema.CloseBody,
  ) {
    return this.shown(actor, await this.close.execute({ actor, ticketId, resolution }));
  }

  @Post('reopen')
  @Operation({
    access: 'ticket.comment',
    summary: 'Open a ticket again',
    description: 'The clock of the solution goes on where it stood; the time between does not count.',
    response: schema.ticketShape,
    example: { ...ticketExample, reopened: 1 },
    requestExample: { reason: 'It is down again' },
    errors: refusals,
  })
  async reopenTicket(
    @CurrentActor() actor: Actor,
    @PathParam('ticket_id', intId) ticketId: number,
    @JsonBody(schema.reasonBody) { reason }: schema.ReasonBody,
  ) {
    return this.shown(actor, await this.reopen.execute({ actor, ticketId, reason }));
  }

  private async shown(actor: Actor, { id }: { readonly id: number }) {
    return presentTicket(await this.tickets.details(actor, id));
  }
}
