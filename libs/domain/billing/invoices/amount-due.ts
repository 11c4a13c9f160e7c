import { Money } from '@isp/kernel';
import type { InvoiceView } from './invoice.view.js';

/** What is still to be paid of an invoice; of a credit note, a draft or a voided one nothing is. */
export function dueOf({ document, status, totalAmount, settledAmount, currency }: InvoiceView): Money {
  if (document === 'credit_note' || status === 'draft' || status === 'void') return Money.zero(currency);
  return Money.of(totalAmount, currency).minus(Money.of(settledAmount, currency));
}
