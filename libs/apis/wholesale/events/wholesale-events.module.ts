import { Module } from '@nestjs/common';
import { OrderingModule } from '@isp/domain/ordering';
import { PartnersModule } from '@isp/domain/partners';
import { EventDialectsModule } from '@isp/domain/webhooks';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { WholesaleDialect } from './wholesale-dialect.js';

/** The words of this API for the webhooks of ISPs; for the process that sends them. */
@Module({
  imports: [EventDialectsModule, OrderingModule, PartnersModule, WorkOrdersModule],
  providers: [WholesaleDialect],
})
export class WholesaleEventsModule {}
