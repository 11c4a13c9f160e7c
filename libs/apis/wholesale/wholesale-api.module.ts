import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { OffersModule } from '@isp/domain/offers';
import { PartnersModule } from '@isp/domain/partners';
import { PremisesModule } from '@isp/domain/premises';
import { SettlementModule } from '@isp/domain/settlement';
import { WholesaleCustomersController } from './customers/customers.controller.js';
import { WholesalePremisesController } from './premises/premises.controller.js';
import { WholesaleProductsController } from './products/products.controller.js';
import { WholesalePromotionsController } from './promotions/promotions.controller.js';
import { WholesaleNetworkModule } from './services-network/wholesale-network.module.js';
import { WholesaleOrderingModule } from './services/wholesale-ordering.module.js';
import { WholesaleSettlementsController } from './settlements/settlements.controller.js';
import { WholesaleTrackingModule } from './tracking/wholesale-tracking.module.js';

/** The wholesale API, `/wholesale`. */
@Module({
  imports: [
    CustomersModule,
    OffersModule,
    PartnersModule,
    PremisesModule,
    SettlementModule,
    WholesaleNetworkModule,
    WholesaleOrderingModule,
    WholesaleTrackingModule,
  ],
  controllers: [
    WholesaleCustomersController,
    WholesalePremisesController,
    WholesaleProductsController,
    WholesalePromotionsController,
    WholesaleSettlementsController,
  ],
})
export class WholesaleApiModule {}
