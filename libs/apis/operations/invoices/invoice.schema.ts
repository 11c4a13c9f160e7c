import { z } from 'zod';
import { filter, sliceFilters, tolerantQuery } from '../filters.js';
import { invoiceStatuses } from './invoice.presenter.js';

export const invoicesQuery = tolerantQuery({
  status: filter('Exactly this status, case-sensitive; one that does not exist finds nothing.', invoiceStatuses),
  ...sliceFilters('`invoice_id`'),
});
export type InvoicesQuery = z.infer<typeof invoicesQuery>;

export const invoicesShape = z.array(
  z.object({
    invoice_id: z.string(),
    client_name: z.string(),
    service_type: z.string(),
    amount_usd: z.number().optional(),
    due_date: z.iso.date(),
    status: z.enum(invoiceStatuses),
    risk_level: z.enum(['Low', 'Medium', 'High']),
    account_manager: z.string(),
  }),
);

export const invoicesExample = [
  {
    invoice_id: 'INV-2025-000789',
    client_name: 'Harbour Logistics',
    service_type: 'Internet',
    amount_usd: 86.39,
    due_date: '2025-02-15',
    status: 'Overdue',
    risk_level: 'Medium',
    account_manager: '',
  },
];
