import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CurrentActor, Operation, QueryString } from '@isp/apis/shared';
import type { Actor } from '@isp/contracts';
import { TicketReport } from '@isp/domain/reporting';
import { presentTicket, priorityOf, statusesOf } from './ticket.presenter.js';
import * as schema from './ticket.schema.js';

@ApiTags('Support')
@Controller('operations/v1/tickets')
export class OperationsTicketsController {
  constructor(private readonly report: TicketReport) {}

  @Get()
  @Operation({
    access: 'ticket.read',
    summary: 'List tickets',
    description:
      'Oldest first. Unknown parameters are ignored. A ticket that waits for somebody is In Progress. `estimated_resolution` is when ' +
      'the solution came or is due, and left out while its clock stands still. `issue_type` is the category without its ' +
      'sub-category; `assigned_to` is a person, else a team.',
    response: schema.ticketsShape,
    example: schema.ticketsExample,
  })
  async getTickets(@CurrentActor() actor: Actor, @QueryString(schema.ticketsQuery) query: schema.TicketsQuery) {
    const statuses = query.status === undefined ? undefined : statusesOf(query.status);
    const priority = query.priority === undefined ? undefined : priorityOf(query.priority);
    if (query.status !== undefined && statuses === undefined) return [];
    if (query.priority !== undefined && priority === undefined) return [];
    const rows = await this.report.list(actor, { statuses, priority, after: query.after_id, limit: query.limit });
    return rows.map(presentTicket);
  }
}
