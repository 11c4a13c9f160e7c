import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { PremisesModule } from '@isp/domain/premises';
import { WholesaleCustomersController } from './customers/customers.controller.js';
import { WholesalePremisesController } from './premises/premises.controller.js';
import { WholesaleOffersModule } from './products/wholesale-offers.module.js';
import { WholesaleNetworkModule } from './services-network/wholesale-network.module.js';
import { WholesaleOrderingModule } from './services/wholesale-ordering.module.js';
import { WholesaleTrackingModule } from './tracking/wholesale-tracking.module.js';

/** The wholesale API, `/wholesale`. */
@Module({
  imports: [
    CustomersModule,
    PartnersModule,
    PremisesModule,
    WholesaleNetworkModule,
    WholesaleOffersModule,
    WholesaleOrderingModule,
    WholesaleTrackingModule,
  ],
  controllers: [WholesaleCustomersController, WholesalePremisesController],
})
export class WholesaleApiModule {}
