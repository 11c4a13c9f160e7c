import { Module } from '@nestjs/common';
import { OffersModule } from '@isp/domain/offers';
import { PartnersModule } from '@isp/domain/partners';
import { SettlementModule } from '@isp/domain/settlement';
import { WholesalePromotionsController } from '../promotions/promotions.controller.js';
import { WholesaleSettlementsController } from '../settlements/settlements.controller.js';
import { WholesaleProductsController } from './products.controller.js';

/** Products, promotions and settlements of the wholesale API. */
@Module({
  imports: [OffersModule, PartnersModule, SettlementModule],
  controllers: [WholesaleProductsController, WholesalePromotionsController, WholesaleSettlementsController],
})
export class WholesaleOffersModule {}
