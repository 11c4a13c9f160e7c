import { Module } from '@nestjs/common';
import { TicketsModule } from '@isp/domain/tickets';
import { TicketPartsController } from './ticket-parts.controller.js';
import { TicketSettingsController } from './ticket-settings.controller.js';
import { TicketStatesController } from './ticket-states.controller.js';
import { TicketsController } from './tickets.controller.js';

@Module({
  imports: [TicketsModule],
  controllers: [TicketsController, TicketStatesController, TicketPartsController, TicketSettingsController],
})
export class CoreTicketsModule {}
