import { Module } from '@nestjs/common';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { WholesaleCustomersController } from './customers/customers.controller.js';

/** The wholesale API, `/wholesale`. */
@Module({ imports: [CustomersModule, PartnersModule], controllers: [WholesaleCustomersController] })
export class WholesaleApiModule {}
