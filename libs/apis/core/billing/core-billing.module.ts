import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { AccountMoneyController } from './account-money.controller.js';
import { BillingAccountsController } from './billing-accounts.controller.js';
import { DocumentsController } from './documents.controller.js';
import { InvoicesController } from './invoices.controller.js';
import { PaymentsController } from './payments.controller.js';
import { BillingSettingsController } from './settings.controller.js';

@Module({
  imports: [BillingModule],
  controllers: [
    BillingAccountsController,
    AccountMoneyController,
    InvoicesController,
    DocumentsController,
    PaymentsController,
    BillingSettingsController,
  ],
})
export class CoreBillingModule {}
