import { Module } from '@nestjs/common';
import { CustomerReport } from './customers/customer.report.js';
import { InvoiceReport } from './invoices/invoice.report.js';
import { ProductReport } from './products/product.report.js';
import { BadDebtReport } from './revenue/bad-debt.report.js';
import { InvoicedRevenueReport } from './revenue/invoiced-revenue.report.js';
import { RecurringRevenueReport } from './revenue/recurring-revenue.report.js';
import { TaxReport } from './revenue/tax.report.js';
import { TrialBalanceReport } from './revenue/trial-balance.report.js';
import { LevelReport } from './service-levels/level.report.js';
import { TicketReport } from './tickets/ticket.report.js';

const providers = [
  BadDebtReport,
  CustomerReport,
  InvoicedRevenueReport,
  InvoiceReport,
  LevelReport,
  ProductReport,
  RecurringRevenueReport,
  TaxReport,
  TicketReport,
  TrialBalanceReport,
];

/** Read models over several domains; nothing here writes. */
@Module({ providers, exports: providers })
export class ReportingModule {}
