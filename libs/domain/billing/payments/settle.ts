import { Money } from '@isp/kernel';

/** Money that is not used yet: of a payment, or of a credit note. */
export interface FreeMoney {
  readonly paymentId: number | null;
  readonly creditNoteId: number | null;
  /** Decimal text, positive. */
  readonly amount: string;
}

export interface OpenInvoice {
  readonly invoiceId: number;
  /** What is still to be paid of it: decimal text, positive. */
  readonly amount: string;
}

export type NewAllocation = FreeMoney & { readonly invoiceId: number };

/** Pays open invoices with free money, each in the order given, until one of the two has run out. */
export function settle(
  money: readonly FreeMoney[],
  invoices: readonly OpenInvoice[],
  currency: string,
): NewAllocation[] {
  const open = invoices.map(({ invoiceId, amount }) => ({ invoiceId, left: Money.of(amount, currency) }));
  const allocations: NewAllocation[] = [];
  for (const { paymentId, creditNoteId, amount } of money) {
    let free = Money.of(amount, currency);
    for (const invoice of open) {
      const part = free.compare(invoice.left) < 0 ? free : invoice.left;
      if (!part.isPositive()) continue;
      allocations.push({ paymentId, creditNoteId, invoiceId: invoice.invoiceId, amount: part.toText() });
      free = free.minus(part);
      invoice.left = invoice.left.minus(part);
    }
  }
  return allocations;
}
