import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { NetworkModule } from '@isp/domain/network';
import { OrderingModule } from '@isp/domain/ordering';
import { PartnersModule } from '@isp/domain/partners';
import { PremisesModule } from '@isp/domain/premises';
import { WorkOrdersModule } from '@isp/domain/work-orders';
import { WholesaleWorkOrdersController } from '../work-orders/work-orders.controller.js';
import { WholesaleFullServiceController } from './full-service.controller.js';
import { LineAnswers } from './line-answers.js';
import { WholesaleOrdersController } from './orders.controller.js';
import { WholesaleServicesController } from './services.controller.js';

/** Ordering lines, and what became of the orders. */
@Module({
  imports: [CustomersModule, NetworkModule, OrderingModule, PartnersModule, PremisesModule, WorkOrdersModule],
  controllers: [
    WholesaleFullServiceController,
    WholesaleServicesController,
    WholesaleOrdersController,
    WholesaleWorkOrdersController,
  ],
  providers: [LineAnswers],
})
export class WholesaleOrderingModule {}
