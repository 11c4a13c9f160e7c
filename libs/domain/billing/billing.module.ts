import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CustomersModule } from '@isp/domain/customers';
import { PartnersModule } from '@isp/domain/partners';
import { ServicesModule } from '@isp/domain/services';
import { AccountFacts } from './accounts/account-facts.js';
import { AccountQueries } from './accounts/account.queries.js';
import { AccountRepository } from './accounts/account.repository.js';
import { AssignService, UnparkAccount } from './accounts/assign-service.usecases.js';
import { ChangeAccount } from './accounts/change-account.usecase.js';
import { OpenAccount } from './accounts/open-account.usecase.js';
import { OneOffCharges } from './charges/one-off-charges.js';
import { OverdueQueries } from './collection/overdue.queries.js';
import { PaidServices } from './collection/paid-services.queries.js';
import { ActOnSandboxCharge } from './collection/act-on-sandbox-charge.usecase.js';
import { ChargeBook } from './collection/charge-book.js';
import { ChargeQueries } from './collection/charge.queries.js';
import { CollectChargeHandler } from './collection/collect-charge.job.js';
import { CollectCharge } from './collection/collect-charge.usecase.js';
import { CollectDue, CollectDueSchedule } from './collection/collect-due.usecase.js';
import { DeclineCodes } from './collection/decline-codes.js';
import { GatewayEventHandler, SandboxCallbackHandler } from './collection/gateway-event.job.js';
import { RequestCharge } from './collection/request-charge.usecase.js';
import { SetAutopay } from './collection/set-autopay.usecase.js';
import { Gateways } from './gateways/gateways.js';
import { PAYMENT_GATEWAYS, type PaymentGateway } from './gateways/payment-gateway.port.js';
import { ReceiveGatewayEvent } from './gateways/receive-gateway-event.usecase.js';
import { SandboxGateway } from './gateways/sandbox.adapter.js';
import { StripeGateway } from './gateways/stripe.adapter.js';
import { PaymentMethods } from './methods/payment-methods.js';
import { GiveBack, GiveBackHandler } from './payments/give-back.usecase.js';
import { RefundPayment } from './payments/refund-payment.usecase.js';
import { RefundQueries } from './payments/refund.queries.js';
import { AccountStatement } from './documents/account-statement.js';
import { InvoiceDocuments } from './documents/invoice-documents.js';
import { InvoiceLetters } from './documents/invoice-letters.js';
import { PdfDrawer } from './documents/pdf-drawer.js';
import { BillingFacts } from './invoices/billing.facts.js';
import { CreditInvoice } from './invoices/credit-invoice.usecase.js';
import { CreditService } from './invoices/credit-service.usecase.js';
import { GenerateInvoice } from './invoices/generate-invoice.usecase.js';
import { InvoiceQueries } from './invoices/invoice.queries.js';
import { InvoiceRepository } from './invoices/invoice.repository.js';
import { Issuer } from './invoices/issuer.js';
import { MarkOverdue, MarkOverdueSchedule } from './invoices/mark-overdue.usecase.js';
import { IssueInvoice, VoidInvoice } from './invoices/move-invoice.usecases.js';
import { SoundTerms } from './accounts/sound-terms.js';
import { ChangeDraft } from './invoices/change-draft.usecase.js';
import { DraftCheck } from './invoices/draft-check.js';
import { ReviewDrafts, ReviewDraftsSchedule } from './invoices/review-drafts.usecase.js';
import { WhatIf } from './invoices/what-if.usecase.js';
import { WriteInvoice } from './invoices/write-invoice.usecase.js';
import { AgeingQueries } from './ledger/ageing.queries.js';
import { LedgerQueries } from './ledger/ledger.queries.js';
import { PaymentQueries } from './payments/payment.queries.js';
import { RecordPayment } from './payments/record-payment.usecase.js';
import { ReversePayment } from './payments/reverse-payment.usecase.js';
import { Settlement } from './payments/settlement.js';
import { ConvertAccount } from './prepaid/convert-account.usecase.js';
import {
  PrepaidLookHandler,
  PrepaidMoneyListener,
  PrepaidServicesListener,
} from './prepaid/follow-prepaid.listeners.js';
import { LookAtPrepaid } from './prepaid/look-at-prepaid.usecase.js';
import { PrepaidBook } from './prepaid/prepaid-book.js';
import { PrepaidDocuments } from './prepaid/prepaid-documents.js';
import { PrepaidGuard } from './prepaid/prepaid-guard.js';
import { PrepaidMoves } from './prepaid/prepaid-moves.js';
import { PrepaidPrices } from './prepaid/prepaid-prices.js';
import { PrepaidServices } from './prepaid/prepaid-services.js';
import { PrepaidWake } from './prepaid/prepaid-wake.js';
import { PrepaidQueries } from './prepaid/prepaid.queries.js';
import { PrepaidRepository } from './prepaid/prepaid.repository.js';
import { SweepPrepaid, SweepPrepaidSchedule } from './prepaid/sweep-prepaid.usecase.js';
import { BillAccounts } from './runs/bill-accounts.js';
import { CarryOutRun } from './runs/carry-out-run.usecase.js';
import { BillingRuns } from './runs/create-run.usecase.js';
import { BillingRunSchedule, CarryOutRunJob } from './runs/run.jobs.js';
import { RunQueries } from './runs/run.queries.js';
import { RunRepository } from './runs/run.repository.js';
import { RetailPromotions } from './settings/retail-promotions.js';
import { BankStatements } from './statements/bank-statements.queries.js';
import { EntryBook } from './statements/entry-book.js';
import { ImportStatement } from './statements/import-statement.usecase.js';
import { MatchEntry } from './statements/match-entry.usecase.js';
import { MatchStatement, MatchStatementHandler } from './statements/match-statement.usecase.js';
import { Matcher } from './statements/matcher.js';
import { BillingIssuer } from './settings/billing-issuer.js';
import { Discounts, PlanPolicies, TaxRates } from './settings/billing-settings.js';
import { WriteOffBook } from './write-offs/write-off-book.js';
import {
  ReverseWriteOff,
  WriteOffAccount,
  WriteOffInvoice,
  WriteOffExcess,
} from './write-offs/write-off-debts.usecases.js';
import { WriteOffQueries } from './write-offs/write-off.queries.js';
import { WriteOffSmallBalances } from './write-offs/write-off-small-balances.usecase.js';

const DOOR = [
  AccountQueries,
  AccountStatement,
  ActOnSandboxCharge,
  AgeingQueries,
  AssignService,
  BankStatements,
  BillingIssuer,
  BillingRuns,
  CarryOutRun,
  ChangeAccount,
  ChargeBook,
  ChargeQueries,
  CollectCharge,
  CollectDue,
  ConvertAccount,
  CreditInvoice,
  CreditService,
  DeclineCodes,
  Discounts,
  GenerateInvoice,
  GiveBack,
  ImportStatement,
  InvoiceDocuments,
  InvoiceLetters,
  InvoiceQueries,
  IssueInvoice,
  LedgerQueries,
  LookAtPrepaid,
  MarkOverdue,
  MatchEntry,
  MatchStatement,
  OneOffCharges,
  OpenAccount,
  OverdueQueries,
  PaidServices,
  PaymentMethods,
  PaymentQueries,
  PlanPolicies,
  PrepaidQueries,
  ReceiveGatewayEvent,
  RecordPayment,
  RefundPayment,
  RefundQueries,
  RequestCharge,
  RetailPromotions,
  ReversePayment,
  ReverseWriteOff,
  ChangeDraft,
  DraftCheck,
  SoundTerms,
  ReviewDrafts,
  RunQueries,
  SandboxGateway,
  SetAutopay,
  SweepPrepaid,
  TaxRates,
  UnparkAccount,
  VoidInvoice,
  WhatIf,
  WriteInvoice,
  WriteOffAccount,
  WriteOffExcess,
  WriteOffInvoice,
  WriteOffQueries,
  WriteOffSmallBalances,
];
const INNER = [
  AccountFacts,
  AccountRepository,
  BillAccounts,
  BillingFacts,
  EntryBook,
  Gateways,
  InvoiceRepository,
  Issuer,
  Matcher,
  PdfDrawer,
  PrepaidBook,
  PrepaidDocuments,
  PrepaidGuard,
  PrepaidMoves,
  PrepaidPrices,
  PrepaidRepository,
  PrepaidServices,
  PrepaidWake,
  RunRepository,
  Settlement,
  StripeGateway,
  WriteOffBook,
  {
    provide: PAYMENT_GATEWAYS,
    useFactory: (...all: PaymentGateway[]) => all,
    inject: [SandboxGateway, StripeGateway],
  },
];

/** Who owes what and why: accounts, invoices, payments and the ledger behind them. */
@Module({
  imports: [CatalogModule, CustomersModule, PartnersModule, ServicesModule],
  providers: [...INNER, ...DOOR],
  exports: DOOR,
})
export class BillingModule {}

/** What a worker does for it. */
const WORK = [
  BillingRunSchedule,
  CarryOutRunJob,
  CollectChargeHandler,
  CollectDueSchedule,
  GatewayEventHandler,
  GiveBackHandler,
  MarkOverdueSchedule,
  MatchStatementHandler,
  PrepaidLookHandler,
  PrepaidMoneyListener,
  PrepaidServicesListener,
  ReviewDraftsSchedule,
  SandboxCallbackHandler,
  SweepPrepaidSchedule,
];

@Module({ imports: [BillingModule], providers: WORK })
export class BillingWorkerModule {}
