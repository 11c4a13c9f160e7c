import { Module } from '@nestjs/common';
import { AccessModule } from '@isp/domain/access';
import { ChangeCustomer } from './customers/change-customer.usecase.js';
import { CreateCustomer } from './customers/create-customer.usecase.js';
import { CustomerFacts } from './customers/customer.facts.js';
import { CustomerQueries } from './customers/customer.queries.js';
import { CustomerRepository } from './customers/customer.repository.js';
import { RegisterPortalCustomer } from './customers/register-portal-customer.usecase.js';
import { SetCustomerStatus } from './customers/set-customer-status.usecase.js';
import { SetPortalPassword } from './customers/set-portal-password.usecase.js';

const providers = [
  CreateCustomer,
  ChangeCustomer,
  RegisterPortalCustomer,
  SetCustomerStatus,
  SetPortalPassword,
  CustomerQueries,
];

@Module({ imports: [AccessModule], providers: [CustomerRepository, CustomerFacts, ...providers], exports: providers })
export class CustomersModule {}
