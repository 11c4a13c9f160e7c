import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { OffersModule } from '@isp/domain/offers';
import { PartnersModule } from '@isp/domain/partners';
import { SettlementModule } from '@isp/domain/settlement';
import { WholesaleCustomersController } from './customers/customers.controller.js';
import { WholesaleProductsController } from './products/products.controller.js';
import { WholesalePromotionsController } from './promotions/promotions.controller.js';
import { WholesaleSettlementsController } from './settlements/settlements.controller.js';

/** The wholesale API, `/wholesale`. */
@Module({
  imports: [CustomersModule, OffersModule, PartnersModule, SettlementModule],
  controllers: [
    WholesaleCustomersController,
    WholesaleProductsController,
    WholesalePromotionsController,
    WholesaleSettlementsController,
  ],
})
export class WholesaleApiModule {}
