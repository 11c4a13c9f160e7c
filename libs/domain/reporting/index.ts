export * from './customers/customer.report.js';
export type { CustomerReportRow } from './customers/customer-report.view.js';
export * from './invoices/invoice.report.js';
export type { InvoiceReportRow } from './invoices/invoice-report.view.js';
export * from './products/product.report.js';
export type { ProductReportRow } from './products/product-report.view.js';
export * from './reporting.module.js';
export * from './service-levels/level.report.js';
export type { LevelReportRow } from './service-levels/level-report.view.js';
