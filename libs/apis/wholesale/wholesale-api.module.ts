import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { PremisesModule } from '@isp/domain/premises';
import { WholesaleCustomersController } from './customers/customers.controller.js';
import { WholesalePremisesController } from './premises/premises.controller.js';
import { WholesaleOffersModule } from './products/wholesale-offers.module.js';

/** The wholesale API, `/wholesale`. */
@Module({
  imports: [CustomersModule, PartnersModule, PremisesModule, WholesaleOffersModule],
  controllers: [WholesaleCustomersController, WholesalePremisesController],
})
export class WholesaleApiModule {}
