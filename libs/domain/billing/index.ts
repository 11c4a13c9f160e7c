export * from './accounts/account.queries.js';
export {
  type AccountKind,
  type AccountView,
  INVOICE_DELIVERIES,
  type InvoiceDelivery,
  type PrepaidState,
} from './accounts/account.view.js';
export * from './accounts/assign-service.usecases.js';
export * from './accounts/change-account.usecase.js';
export * from './accounts/open-account.usecase.js';
export * from './billing.module.js';
export * from './charges/one-off-charges.js';
export * from './collection/act-on-sandbox-charge.usecase.js';
export * from './collection/charge.queries.js';
export { CHARGE_STATUSES, type ChargeStatus } from './collection/charge.states.js';
export type { ChargeView } from './collection/charge.view.js';
export { CollectDue } from './collection/collect-due.usecase.js';
export * from './collection/decline-codes.js';
export * from './collection/overdue.queries.js';
export * from './collection/paid-services.queries.js';
export * from './collection/request-charge.usecase.js';
export * from './collection/set-autopay.usecase.js';
export type {
  AccountTerms,
  Discount,
  EngineAccount,
  EngineFacts,
  EngineLine,
  LineTax,
  PlanPolicy,
  PriceFact,
  ServiceFacts,
} from './engine/engine.types.js';
export { AccountStatement } from './documents/account-statement.js';
export * from './documents/invoice-documents.js';
export * from './documents/invoice-letters.js';
export { DOCUMENT_LANGUAGES, type Phrases, Writer, isDocumentLanguage } from './documents/words.js';
export { GATEWAY_NAMES, type GatewayName } from './gateways/payment-gateway.port.js';
export * from './gateways/receive-gateway-event.usecase.js';
export type { SandboxStep } from './gateways/sandbox.adapter.js';
export { dueOf } from './invoices/amount-due.js';
export * from './invoices/change-draft.usecase.js';
export * from './invoices/credit-invoice.usecase.js';
export * from './invoices/credit-service.usecase.js';
export * from './invoices/generate-invoice.usecase.js';
export * from './invoices/invoice.queries.js';
export type { InvoiceLineView, InvoiceView, InvoiceWithLines } from './invoices/invoice.view.js';
export * from './invoices/mark-overdue.usecase.js';
export * from './invoices/move-invoice.usecases.js';
export type { InvoiceProof } from './invoices/proof.js';
export { taxSummary } from './invoices/tax-summary.js';
export { ReviewDrafts } from './invoices/review-drafts.usecase.js';
export * from './invoices/what-if.usecase.js';
export * from './invoices/write-invoice.usecase.js';
export { type AgeingFilter, AgeingQueries, type AgeingRow } from './ledger/ageing.queries.js';
export * from './ledger/ledger.queries.js';
export * from './methods/payment-methods.js';
export type { PaymentMethodView } from './methods/payment-method.view.js';
export * from './payments/payment.queries.js';
export type { PaymentMethod, PaymentView } from './payments/payment.view.js';
export * from './payments/record-payment.usecase.js';
export * from './payments/refund-payment.usecase.js';
export * from './payments/refund.queries.js';
export { REFUND_STATUSES, type RefundView } from './payments/refund.view.js';
export * from './payments/reverse-payment.usecase.js';
export * from './prepaid/convert-account.usecase.js';
export * from './prepaid/look-at-prepaid.usecase.js';
export * from './prepaid/prepaid.queries.js';
export * from './settings/billing-issuer.js';
export * from './settings/billing-settings.js';
export type { IssuerDetails } from './settings/issuer-details.js';
export * from './runs/carry-out-run.usecase.js';
export * from './runs/create-run.usecase.js';
export * from './runs/run.queries.js';
export type { FindingKind, PlanTotal, RunFinding, RunStatus, RunView } from './runs/run.view.js';
export * from './settings/billing-settings.js';
export * from './settings/retail-promotions.js';
export {
  type BankEntryView,
  type BankStatementView,
  ENTRY_STATUSES,
  STATEMENT_FORMATS,
} from './statements/bank-statement.view.js';
export * from './statements/bank-statements.queries.js';
export { type CsvMapping, DATE_FORMATS } from './statements/csv-statement.js';
export * from './statements/import-statement.usecase.js';
export { MatchEntry } from './statements/match-entry.usecase.js';
export { MatchStatement } from './statements/match-statement.usecase.js';
export {
  ReverseWriteOff,
  WriteOffAccount,
  WriteOffExcess,
  WriteOffInvoice,
} from './write-offs/write-off-debts.usecases.js';
export * from './write-offs/write-off.queries.js';
export {
  type SmallBalance,
  type SmallBalancesResult,
  WriteOffSmallBalances,
} from './write-offs/write-off-small-balances.usecase.js';
export { WRITE_OFF_REASONS, type WriteOffView } from './write-offs/write-off.view.js';
