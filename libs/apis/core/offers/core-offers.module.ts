import { Module } from '@nestjs/common';
import { OffersModule } from '@isp/domain/offers';
import { SettlementModule } from '@isp/domain/settlement';
import { SettlementsController } from '../settlements/settlements.controller.js';
import { AreaProductsController } from './area-products.controller.js';
import { PartnerProductsController } from './partner-products.controller.js';
import { PromotionsController } from './promotions.controller.js';

/** What partners sell, where, and what they owe for it: `/v1/partners/{id}/…`, `/v1/areas/{id}/products`. */
@Module({
  imports: [OffersModule, SettlementModule],
  controllers: [PartnerProductsController, PromotionsController, AreaProductsController, SettlementsController],
})
export class CoreOffersModule {}
