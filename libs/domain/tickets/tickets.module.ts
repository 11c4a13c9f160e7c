import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { ServicesModule } from '@isp/domain/services';
import { SlaTermsBook } from './clocks/sla-terms.js';
import { TicketClocks } from './clocks/ticket-clocks.js';
import { TicketFacts } from './clocks/ticket-facts.js';
import { SupportTeams } from './settings/support-teams.js';
import { TicketCategories } from './settings/ticket-categories.js';
import { CreateTicket, TicketSettings, TicketWriter } from './tickets/create-ticket.usecase.js';
import { TicketBook } from './tickets/ticket-book.js';
import { TicketLinks } from './tickets/ticket-links.js';
import { TicketQueries } from './tickets/ticket.queries.js';
import { TicketRepository } from './tickets/ticket.repository.js';

const DOOR = [CreateTicket, TicketQueries, TicketCategories, SupportTeams, SlaTermsBook, TicketFacts];

/** What customers want of the operator, and how long that may take. */
@Module({
  imports: [CustomersModule, ServicesModule],
  providers: [...DOOR, TicketBook, TicketClocks, TicketLinks, TicketRepository, TicketSettings, TicketWriter],
  exports: DOOR,
})
export class TicketsModule {}
