import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { ServicesModule } from '@isp/domain/services';
import { TicketAttachments } from './attachments/attachments.js';
import { SlaTermsBook } from './clocks/sla-terms.js';
import { TicketClocks } from './clocks/ticket-clocks.js';
import { TicketFacts } from './clocks/ticket-facts.js';
import { SlaCalendars } from './settings/sla-calendars.js';
import { SlaPolicies } from './settings/sla-policies.js';
import { SupportTeams } from './settings/support-teams.js';
import { TicketCategories } from './settings/ticket-categories.js';
import { AssignTicket } from './tickets/assign-ticket.usecase.js';
import { ChangeTicket } from './tickets/change-ticket.usecase.js';
import { CommentTicket } from './tickets/comment-ticket.usecase.js';
import { CreateTicket, TicketSettings, TicketWriter } from './tickets/create-ticket.usecase.js';
import { EscalateTicket } from './tickets/escalate-ticket.usecase.js';
import { LinkTicket, UnlinkTicket } from './tickets/link-ticket.usecase.js';
import { MergeTicket } from './tickets/merge-ticket.usecase.js';
import { MoveTicket } from './tickets/move-ticket.usecase.js';
import { CloseTicket, ReopenTicket, ResolveTicket } from './tickets/resolve-ticket.usecase.js';
import { TicketBook } from './tickets/ticket-book.js';
import { TicketLinks } from './tickets/ticket-links.js';
import { TicketQueries } from './tickets/ticket.queries.js';
import { TicketRepository } from './tickets/ticket.repository.js';

const DOOR = [
  CreateTicket,
  ChangeTicket,
  AssignTicket,
  MoveTicket,
  CommentTicket,
  ResolveTicket,
  CloseTicket,
  ReopenTicket,
  MergeTicket,
  LinkTicket,
  UnlinkTicket,
  EscalateTicket,
  TicketAttachments,
  TicketQueries,
  TicketCategories,
  SupportTeams,
  SlaCalendars,
  SlaPolicies,
  SlaTermsBook,
  TicketFacts,
];

/** What customers want of the operator, and how long that may take. */
@Module({
  imports: [CustomersModule, ServicesModule],
  providers: [...DOOR, TicketBook, TicketClocks, TicketLinks, TicketRepository, TicketSettings, TicketWriter],
  exports: DOOR,
})
export class TicketsModule {}
