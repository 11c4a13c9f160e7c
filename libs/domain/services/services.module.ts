import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CustomersModule } from '@isp/domain/customers';
import { CloseCustomer } from './services/close-customer.usecase.js';
import { MoveService } from './services/move-service.usecase.js';
import { OrderInternetService } from './services/order-internet-service.usecase.js';
import { ServiceFacts } from './services/service.facts.js';
import { ServiceQueries } from './services/service.queries.js';

const providers = [OrderInternetService, MoveService, CloseCustomer, ServiceQueries];

@Module({ imports: [CatalogModule, CustomersModule], providers: [ServiceFacts, ...providers], exports: providers })
export class ServicesModule {}
