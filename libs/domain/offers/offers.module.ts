import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { PartnersModule } from '@isp/domain/partners';
import { AreaProductRegister } from './areas/area-product.register.js';
import { AvailabilityQueries } from './areas/availability.queries.js';
import { ChangeProduct } from './products/change-product.usecase.js';
import { CreateProduct } from './products/create-product.usecase.js';
import { ProductQueries } from './products/product.queries.js';
import { ProductRepository } from './products/product.repository.js';
import { RetireProduct } from './products/retire-product.usecase.js';
import { ChangePromotion } from './promotions/change-promotion.usecase.js';
import { CreatePromotion } from './promotions/create-promotion.usecase.js';
import { PromotionQueries } from './promotions/promotion.queries.js';
import { PromotionRepository } from './promotions/promotion.repository.js';
import { RetirePromotion } from './promotions/retire-promotion.usecase.js';
import { ProductSales } from './sales/product-sales.js';
import { QuoteProduct } from './sales/quote-product.queries.js';

const DOOR = [
  ProductQueries,
  CreateProduct,
  ChangeProduct,
  RetireProduct,
  PromotionQueries,
  CreatePromotion,
  ChangePromotion,
  RetirePromotion,
  AreaProductRegister,
  AvailabilityQueries,
  QuoteProduct,
  ProductSales,
];

/** What partners sell over the operator's plans, where, and what they sold. */
@Module({
  imports: [CatalogModule, PartnersModule],
  providers: [...DOOR, ProductRepository, PromotionRepository],
  exports: DOOR,
})
export class OffersModule {}
