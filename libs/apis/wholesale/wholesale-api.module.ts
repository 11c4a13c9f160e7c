import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { WholesaleCustomersController } from './customers/customers.controller.js';
import { WholesaleOrderingModule } from './services/wholesale-ordering.module.js';
import { WholesaleTrackingModule } from './tracking/wholesale-tracking.module.js';
import { WholesaleNetworkModule } from './services-network/wholesale-network.module.js';

/** The wholesale API, `/wholesale`. */
@Module({
  imports: [CustomersModule, PartnersModule, WholesaleNetworkModule, WholesaleTrackingModule, WholesaleOrderingModule],
  controllers: [WholesaleCustomersController],
})
export class WholesaleApiModule {}
