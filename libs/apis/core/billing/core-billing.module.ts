import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { AccountMoneyController } from './account-money.controller.js';
import { ChargesController } from './charges.controller.js';
import { BillingAccountsController } from './billing-accounts.controller.js';
import { InvoicesController } from './invoices.controller.js';
import { PaymentsController } from './payments.controller.js';
import { BillingRunsController } from './runs.controller.js';
import { BillingSettingsController } from './settings.controller.js';

@Module({
  imports: [BillingModule],
  controllers: [
    BillingAccountsController,
    AccountMoneyController,
    ChargesController,
    InvoicesController,
    PaymentsController,
    BillingRunsController,
    BillingSettingsController,
  ],
})
export class CoreBillingModule {}
