import type { InvoiceReportRow } from '@isp/domain/reporting';

/** The document's words for our states. `Failed`: what was open of it is given up. */
const WORDS = {
  Paid: ['paid'],
  Overdue: ['overdue'],
  Pending: ['pending', 'partially_paid'],
  Failed: ['uncollectible'],
} as const;
export const invoiceStatuses = ['Paid', 'Overdue', 'Pending', 'Failed'] as const;

/** The states that a word means; undefined for a word that the document does not know. */
export function statusesOf(word: string): readonly InvoiceReportRow['status'][] | undefined {
  return Object.hasOwn(WORDS, word) ? WORDS[word as keyof typeof WORDS] : undefined;
}

const wordOf = (status: InvoiceReportRow['status']): string =>
  invoiceStatuses.find((word) => statusesOf(word)?.includes(status)) ?? '';
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** Never null: text that there is none of is empty, and an amount that is not in dollars is left out. */
export function presentInvoice(row: InvoiceReportRow) {
  return {
    invoice_id: row.number,
    client_name: row.customerName,
    service_type: row.serviceTypes.map(capital).join(', '),
    ...(row.currency === 'USD' ? { amount_usd: Number(row.totalAmount) } : {}),
    due_date: row.dueOn,
    status: wordOf(row.status),
    risk_level: capital(row.risk),
    account_manager: '',
  };
}
