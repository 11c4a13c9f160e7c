import type { SqlMigration } from '../migration.js';
import { tenancy } from './0001-tenancy.js';
import { platform } from './0002-platform.js';
import { access } from './0010-access.js';
import { catalog } from './0020-catalog.js';
import { rateLimits } from './0030-rate-limits.js';
import { customers } from './0040-customers.js';
import { services } from './0050-services.js';
import { webhooks } from './0060-webhooks.js';
import { networkBase } from './0070-network-base.js';
import { planVersions } from './0080-plan-versions.js';
import { serviceLifecycle } from './0090-service-lifecycle.js';
import { ipam } from './0100-ipam.js';
import { radius } from './0110-radius.js';
import { devices } from './0130-devices.js';
import { provisioningSaga } from './0140-provisioning-saga.js';
import { convergence } from './0150-convergence.js';
import { usage } from './0160-usage.js';
import { voiceAccounts } from './0170-voice-accounts.js';
import { premises } from './0180-premises.js';
import { premiseImports } from './0181-premise-imports.js';
import { offers } from './0190-offers.js';
import { areaProducts } from './0191-area-products.js';
import { settlement } from './0192-settlement.js';
import { workOrders } from './0200-work-orders.js';
import { cpeSettings } from './0201-cpe-settings.js';
import { orders } from './0202-orders.js';
import { changeFeed } from './0220-change-feed.js';
import { trackOrders } from './0221-track-orders.js';
import { routerReadBack } from './0230-router-read-back.js';
import { staticPrefixes } from './0240-static-prefixes.js';
import { comparison } from './0250-comparison.js';
import { sessionsKept } from './0251-sessions-kept.js';
import { billingAccounts } from './0260-billing-accounts.js';
import { billingDocuments } from './0262-billing-documents.js';
import { ledger } from './0264-ledger.js';
import { charges } from './0270-charges.js';
import { refunds } from './0271-refunds.js';
import { gateways } from './0272-gateways.js';
import { bankStatements } from './0273-bank-statements.js';
import { billingRuns } from './0280-billing-runs.js';
import { renderedDocuments } from './0285-rendered-documents.js';
import { revenueReports } from './0286-revenue-reports.js';
import { dunning } from './0290-dunning.js';
import { tickets } from './0300-tickets.js';
import { outages } from './0310-outages.js';
import { serviceLevels } from './0312-service-levels.js';
import { slaFactsIndex } from './0316-sla-facts-index.js';
import { workforce } from './0320-workforce.js';
import { suppliers } from './0330-suppliers.js';
import { keptPlans } from './0340-kept-plans.js';
import { ticketEscalations } from './0341-ticket-escalations.js';
import { provisioningPace } from './0345-provisioning-pace.js';
import { rateLimitTakes } from './0350-rate-limit-takes.js';
import { issueDocuments } from './0355-issue-documents.js';
import { openInvoicesByCustomer } from './0356-open-invoices-by-customer.js';
import { prepaidAccounts } from './0360-prepaid-accounts.js';
import { leavingSubscribers } from './0361-leaving-subscribers.js';
import { messages } from './0365-messages.js';
import { checkedTypes } from './0370-checked-types.js';
import { numbersInLine } from './0380-numbers-in-line.js';
import { issuedAtOnce } from './0395-issued-at-once.js';
import { fewerChecks } from './0396-fewer-checks.js';
import { dueBehindTheWall } from './0397-due-behind-the-wall.js';
import { writeOffs } from './0400-write-offs.js';
import { paymentExcess } from './0401-payment-excess.js';
import { sortedLists } from './0410-sorted-lists.js';
import { referencesByStatement } from './0420-references-by-statement.js';
import { contentsOfLines } from './0421-contents-of-lines.js';
import { readySooner } from './0422-ready-sooner.js';
import { owedAgain } from './0430-owed-again.js';
import { chargesOfExcess } from './0431-charges-of-excess.js';
import { returnedRefunds } from './0432-returned-refunds.js';
import { excessWrittenOff } from './0440-excess-written-off.js';
import { returnedEntries } from './0441-returned-entries.js';
import { clockAhead } from './0442-clock-ahead.js';
import { noDayBilledTo } from './0443-no-day-billed-to.js';

/** Every migration, in the order in which they run. */
export const migrations: readonly SqlMigration[] = [
  tenancy,
  platform,
  access,
  catalog,
  rateLimits,
  customers,
  services,
  webhooks,
  networkBase,
  planVersions,
  serviceLifecycle,
  ipam,
  radius,
  devices,
  provisioningSaga,
  convergence,
  usage,
  voiceAccounts,
  premises,
  premiseImports,
  offers,
  areaProducts,
  settlement,
  workOrders,
  cpeSettings,
  orders,
  changeFeed,
  trackOrders,
  routerReadBack,
  staticPrefixes,
  comparison,
  sessionsKept,
  billingAccounts,
  billingDocuments,
  ledger,
  charges,
  refunds,
  gateways,
  bankStatements,
  billingRuns,
  renderedDocuments,
  revenueReports,
  dunning,
  tickets,
  outages,
  serviceLevels,
  slaFactsIndex,
  workforce,
  suppliers,
  keptPlans,
  ticketEscalations,
  provisioningPace,
  rateLimitTakes,
  issueDocuments,
  openInvoicesByCustomer,
  prepaidAccounts,
  leavingSubscribers,
  messages,
  checkedTypes,
  numbersInLine,
  issuedAtOnce,
  fewerChecks,
  dueBehindTheWall,
  writeOffs,
  paymentExcess,
  sortedLists,
  referencesByStatement,
  contentsOfLines,
  readySooner,
  owedAgain,
  chargesOfExcess,
  returnedRefunds,
  excessWrittenOff,
  returnedEntries,
  clockAhead,
  noDayBilledTo,
];
