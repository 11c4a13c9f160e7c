import { Module } from '@nestjs/common';
import { SlaModule } from '@isp/domain/sla';
import { TicketsModule } from '@isp/domain/tickets';
import { SlaSettingsController } from './sla-settings.controller.js';
import { SlaController } from './sla.controller.js';

@Module({ imports: [SlaModule, TicketsModule], controllers: [SlaController, SlaSettingsController] })
export class CoreSlaModule {}
