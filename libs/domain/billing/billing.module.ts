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
import { OneOffCharges } from './charges/one-off-charges.js';
import { OverdueQueries } from './collection/overdue.queries.js';
import { PaidServices } from './collection/paid-services.queries.js';
import { BillingFacts } from './invoices/billing.facts.js';
import { CreditInvoice } from './invoices/credit-invoice.usecase.js';
import { GenerateInvoice } from './invoices/generate-invoice.usecase.js';
import { InvoiceQueries } from './invoices/invoice.queries.js';
import { InvoiceRepository } from './invoices/invoice.repository.js';
import { Issuer } from './invoices/issuer.js';
import { MarkOverdue, MarkOverdueSchedule } from './invoices/mark-overdue.usecase.js';
import { IssueInvoice, VoidInvoice } from './invoices/move-invoice.usecases.js';
import { ReviewDrafts, ReviewDraftsSchedule } from './invoices/review-drafts.usecase.js';
import { WhatIf } from './invoices/what-if.usecase.js';
import { WriteInvoice } from './invoices/write-invoice.usecase.js';
import { LedgerQueries } from './ledger/ledger.queries.js';
import { PaymentQueries } from './payments/payment.queries.js';
import { RecordPayment } from './payments/record-payment.usecase.js';
import { ReversePayment } from './payments/reverse-payment.usecase.js';
import { Settlement } from './payments/settlement.js';
import { BillAccounts } from './runs/bill-accounts.js';
import { CarryOutRun } from './runs/carry-out-run.usecase.js';
import { BillingRuns } from './runs/create-run.usecase.js';
import { BillingRunSchedule, CarryOutRunJob } from './runs/run.jobs.js';
import { RunQueries } from './runs/run.queries.js';
import { RunRepository } from './runs/run.repository.js';
import { RetailPromotions } from './settings/retail-promotions.js';
import { Discounts, PlanPolicies, TaxRates } from './settings/billing-settings.js';

const DOOR = [
  AccountQueries,
  AssignService,
  BillingRuns,
  CarryOutRun,
  ChangeAccount,
  CreditInvoice,
  Discounts,
  GenerateInvoice,
  InvoiceQueries,
  IssueInvoice,
  LedgerQueries,
  MarkOverdue,
  OneOffCharges,
  OpenAccount,
  OverdueQueries,
  PaidServices,
  PaymentQueries,
  PlanPolicies,
  RecordPayment,
  RetailPromotions,
  ReversePayment,
  ReviewDrafts,
  RunQueries,
  TaxRates,
  UnparkAccount,
  VoidInvoice,
  WhatIf,
  WriteInvoice,
];
const INNER = [
  AccountFacts,
  AccountRepository,
  BillAccounts,
  BillingFacts,
  InvoiceRepository,
  Issuer,
  RunRepository,
  Settlement,
];

/** Who owes what and why: accounts, invoices, payments and the ledger behind them. */
@Module({
  imports: [CatalogModule, CustomersModule, PartnersModule],
  providers: [...INNER, ...DOOR],
  exports: DOOR,
})
export class BillingModule {}

@Module({
  imports: [BillingModule],
  providers: [MarkOverdueSchedule, ReviewDraftsSchedule, CarryOutRunJob, BillingRunSchedule],
})
export class BillingWorkerModule {}
