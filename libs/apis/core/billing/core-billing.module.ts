import { Module } from '@nestjs/common';
import { BillingModule } from '@isp/domain/billing';
import { AccountMoneyController } from './account-money.controller.js';
import { BankStatementsController } from './bank-statements.controller.js';
import { BillingAccountsController } from './billing-accounts.controller.js';
import { ChargesController } from './charges.controller.js';
import { GatewayChargesController } from './gateway-charges.controller.js';
import { GatewaysController } from './gateways.controller.js';
import { DraftsController } from './drafts.controller.js';
import { DocumentsController } from './documents.controller.js';
import { InvoicesController } from './invoices.controller.js';
import { PaymentMethodsController } from './payment-methods.controller.js';
import { PaymentsController } from './payments.controller.js';
import { PrepaidController } from './prepaid.controller.js';
import { BillingRunsController } from './runs.controller.js';
import { RefundsController } from './refunds.controller.js';
import { BillingSettingsController } from './settings.controller.js';
import { WriteOffsController } from './write-offs.controller.js';

@Module({
  imports: [BillingModule],
  controllers: [
    BillingAccountsController,
    PrepaidController,
    AccountMoneyController,
    ChargesController,
    InvoicesController,
    DocumentsController,
    DraftsController,
    PaymentsController,
    BillingRunsController,
    RefundsController,
    PaymentMethodsController,
    GatewayChargesController,
    GatewaysController,
    BankStatementsController,
    BillingSettingsController,
    WriteOffsController,
  ],
})
export class CoreBillingModule {}
