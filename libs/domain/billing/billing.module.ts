import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { AccountFacts } from './accounts/account-facts.js';
import { AccountQueries } from './accounts/account.queries.js';
import { AccountRepository } from './accounts/account.repository.js';
import { AssignService, UnparkAccount } from './accounts/assign-service.usecases.js';
import { ChangeAccount } from './accounts/change-account.usecase.js';
import { OpenAccount } from './accounts/open-account.usecase.js';
import { BillingFacts } from './invoices/billing.facts.js';
import { CreditInvoice } from './invoices/credit-invoice.usecase.js';
import { CreditService } from './invoices/credit-service.usecase.js';
import { GenerateInvoice } from './invoices/generate-invoice.usecase.js';
import { InvoiceQueries } from './invoices/invoice.queries.js';
import { InvoiceRepository } from './invoices/invoice.repository.js';
import { Issuer } from './invoices/issuer.js';
import { MarkOverdue, MarkOverdueSchedule } from './invoices/mark-overdue.usecase.js';
import { IssueInvoice, VoidInvoice } from './invoices/move-invoice.usecases.js';
import { WriteInvoice } from './invoices/write-invoice.usecase.js';
import { LedgerQueries } from './ledger/ledger.queries.js';
import { PaymentQueries } from './payments/payment.queries.js';
import { RecordPayment } from './payments/record-payment.usecase.js';
import { ReversePayment } from './payments/reverse-payment.usecase.js';
import { Settlement } from './payments/settlement.js';
import { Discounts, PlanPolicies, TaxRates } from './settings/billing-settings.js';

const DOOR = [
  AccountQueries,
  AssignService,
  ChangeAccount,
  CreditInvoice,
  CreditService,
  Discounts,
  GenerateInvoice,
  InvoiceQueries,
  IssueInvoice,
  LedgerQueries,
  MarkOverdue,
  OpenAccount,
  PaymentQueries,
  PlanPolicies,
  RecordPayment,
  ReversePayment,
  TaxRates,
  UnparkAccount,
  VoidInvoice,
  WriteInvoice,
];
const INNER = [AccountFacts, AccountRepository, BillingFacts, InvoiceRepository, Issuer, Settlement];

/** Who owes what and why: accounts, invoices, payments and the ledger behind them. */
@Module({
  imports: [CatalogModule, CustomersModule, PartnersModule],
  providers: [...INNER, ...DOOR],
  exports: DOOR,
})
export class BillingModule {}

@Module({ imports: [BillingModule], providers: [MarkOverdueSchedule] })
export class BillingWorkerModule {}
