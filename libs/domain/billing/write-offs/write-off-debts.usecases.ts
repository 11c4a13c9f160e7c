import { Inject, Injectable } from '@nestjs/common';
import type { Actor } from '@isp/contracts';
import { type Clock, Money, readAmount } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { AccountRepository } from '../accounts/account.repository.js';
import { billingErrors } from '../billing.errors.js';
import { InvoiceRepository } from '../invoices/invoice.repository.js';
import { PaymentQueries } from '../payments/payment.queries.js';
import { Settlement } from '../payments/settlement.js';
import { WriteOffBook } from './write-off-book.js';
import type { OpenDebt } from './write-off.policy.js';
import { WriteOffQueries } from './write-off.queries.js';
import type { WriteOffReason, WriteOffView } from './write-off.view.js';

interface WriteOffInput {
  readonly actor: Actor;
  readonly reason: WriteOffReason;
  /** Needed where the reason is another one than those that have a name. */
  readonly note?: string | undefined;
  /** Whether the share of the tax is claimed back instead of lost; not when absent. */
  readonly reclaimTax?: boolean | undefined;
}

/** All that is open of each debt. */
export const allOf = (debts: readonly OpenDebt[]) =>
  debts.map((debt) => ({ debt, amount: Money.of(debt.openAmount, debt.currency) }));

/**
 * Gives up what is open of an invoice, or a part of it: nobody is asked for it any more, and it is a loss.
 * @throws `billing.invoice.not_found`, `billing.invoice.not_issued`, `billing.payment.unfit`, `billing.write_off.nothing_open`,
 *   `billing.write_off.too_much`
 */
@Injectable()
export class WriteOffInvoice {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly invoices: InvoiceRepository,
    private readonly book: WriteOffBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param input.amount decimal text; all that is open when absent */
  execute(
    input: WriteOffInput & { readonly invoiceId: number; readonly amount?: string | undefined },
  ): Promise<WriteOffView> {
    const { actor, invoiceId, amount: wanted, ...why } = input;
    return this.uow.run(actor, async () => {
      await this.accounts.lock((await this.invoices.get(invoiceId)).accountId);
      const { document, status } = await this.invoices.get(invoiceId);
      if (document !== 'invoice' || status === 'draft' || status === 'void')
        throw billingErrors('billing.invoice.not_issued', {
          status: document === 'invoice' ? status : 'a credit note',
        });
      const [debt] = await this.book.openOf([invoiceId]);
      if (!debt) throw billingErrors('billing.write_off.nothing_open');
      const amount = amountOf(debt, wanted);
      const [written] = await this.book.write([{ debt, amount }], { actor, ...why, at: this.clock.now() });
      return written as WriteOffView;
    });
  }
}

/**
 * Gives up what a bank took back beyond the rest of a payment, or a part of it.
 * @throws `billing.payment.not_found`, `billing.payment.unfit`, `billing.write_off.nothing_open`, `billing.write_off.too_much`
 */
@Injectable()
export class WriteOffExcess {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly payments: PaymentQueries,
    private readonly book: WriteOffBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @param input.amount decimal text; all that is open when absent */
  execute(
    input: Omit<WriteOffInput, 'reclaimTax'> & { readonly paymentId: number; readonly amount?: string | undefined },
  ): Promise<WriteOffView> {
    const { actor, paymentId, amount: wanted, ...why } = input;
    return this.uow.run(actor, async () => {
      await this.accounts.lock((await this.payments.get(actor, paymentId)).accountId);
      const debt = await this.book.openOfExcess(paymentId);
      if (!debt) throw billingErrors('billing.write_off.nothing_open');
      const amount = amountOf(debt, wanted);
      const [written] = await this.book.write([{ debt, amount }], { actor, ...why, at: this.clock.now() });
      return written as WriteOffView;
    });
  }
}

/**
 * Gives up all that an account owes, of invoices and of what banks took back, all of it or nothing.
 * @throws `billing.account.not_found`, `billing.write_off.nothing_open`
 */
@Injectable()
export class WriteOffAccount {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly book: WriteOffBook,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, accountId, ...why }: WriteOffInput & { readonly accountId: number }): Promise<WriteOffView[]> {
    return this.uow.run(actor, async () => {
      await this.accounts.lock(accountId);
      const debts = await this.book.openOfAccount(accountId);
      if (debts.length === 0) throw billingErrors('billing.write_off.nothing_open');
      return this.book.write(allOf(debts), { actor, ...why, at: this.clock.now() });
    });
  }
}

/**
 * Takes back what stands of a write-off: the debt is open again, and what the account has paid ahead pays it at once.
 * @throws `billing.write_off.not_found`, `billing.write_off.reversed`
 */
@Injectable()
export class ReverseWriteOff {
  constructor(
    private readonly uow: UnitOfWork,
    private readonly accounts: AccountRepository,
    private readonly book: WriteOffBook,
    private readonly writeOffs: WriteOffQueries,
    private readonly settlement: Settlement,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({
    actor,
    writeOffId,
    reason,
  }: {
    readonly actor: Actor;
    readonly writeOffId: number;
    readonly reason: string;
  }): Promise<WriteOffView> {
    return this.uow.run(actor, async () => {
      const at = this.clock.now();
      const account = await this.accounts.lock((await this.writeOffs.get(actor, writeOffId)).accountId);
      if (!(await this.book.takeBack(writeOffId, { actor, reason, at })))
        throw billingErrors('billing.write_off.reversed');
      await this.settlement.run(account, at);
      return this.writeOffs.get(actor, writeOffId);
    });
  }
}

function amountOf({ openAmount, currency }: OpenDebt, wanted: string | undefined): Money {
  const open = Money.of(openAmount, currency);
  if (wanted === undefined) return open;
  const reading = readAmount(wanted, { currency });
  if (!reading.ok) throw billingErrors('billing.payment.unfit', { problem: reading.problem });
  const amount = Money.of(reading.amount, currency);
  if (!amount.isPositive()) throw billingErrors('billing.payment.unfit', { problem: 'must be above zero' });
  if (amount.compare(open) > 0) throw billingErrors('billing.write_off.too_much', { left: open.toText() });
  return amount;
}
