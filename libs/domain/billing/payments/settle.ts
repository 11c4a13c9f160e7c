import { Money } from '@isp/kernel';

/** Money that is not used yet: of a payment, or of a credit note. */
export interface FreeMoney {
  readonly paymentId: number | null;
  readonly creditNoteId: number | null;
  /** Decimal text, positive. */
  readonly amount: string;
}

/** What money is used for: an invoice, or what a bank took back beyond a payment. */
interface Use {
  readonly invoiceId: number | null;
  /** The payment that was taken back. */
  readonly excessOfId: number | null;
}

export type OpenDebt = Use & {
  /** What is still to be paid of it: decimal text, positive. */
  readonly amount: string;
};

export type NewAllocation = FreeMoney & Use;

/** Pays open debts with free money, each in the order given, until one of the two has run out. */
export function settle(money: readonly FreeMoney[], debts: readonly OpenDebt[], currency: string): NewAllocation[] {
  const open = debts.map(({ amount, ...use }) => ({ use, left: Money.of(amount, currency) }));
  const allocations: NewAllocation[] = [];
  for (const { paymentId, creditNoteId, amount } of money) {
    let free = Money.of(amount, currency);
    for (const debt of open) {
      const part = free.compare(debt.left) < 0 ? free : debt.left;
      if (!part.isPositive()) continue;
      allocations.push({ paymentId, creditNoteId, ...debt.use, amount: part.toText() });
      free = free.minus(part);
      debt.left = debt.left.minus(part);
    }
  }
  return allocations;
}
