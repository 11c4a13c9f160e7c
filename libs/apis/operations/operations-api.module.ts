import { Module } from '@nestjs/common';
import { ReportingModule } from '@isp/domain/reporting';
import { OperationsCustomersController } from './customers/customers.controller.js';
import { OperationsInvoicesController } from './invoices/invoices.controller.js';
import { OperationsProductsController } from './products/products.controller.js';
import { OperationsSlaMetricsController } from './sla-metrics/sla-metrics.controller.js';
import { OperationsTicketsController } from './tickets/tickets.controller.js';

/** The operations API, `/operations/v1`. */
@Module({
  imports: [ReportingModule],
  controllers: [
    OperationsCustomersController,
    OperationsInvoicesController,
    OperationsProductsController,
    OperationsSlaMetricsController,
    OperationsTicketsController,
  ],
})
export class OperationsApiModule {}
