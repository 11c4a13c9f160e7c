import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actor, closeServices, customer, openServices, sql, use } from '../../../../test/support/services-world.js';
import { AccountQueries } from '../accounts/account.queries.js';
import { BillingModule } from '../billing.module.js';
import { OverdueQueries } from '../collection/overdue.queries.js';
import { WriteInvoice } from '../invoices/write-invoice.usecase.js';
import { RecordPayment } from './record-payment.usecase.js';
import { RefundPayment } from './refund-payment.usecase.js';
import { ReversePayment } from './reverse-payment.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const pay = (accountId: number, amount: string) =>
  use(RecordPayment).execute({ actor, accountId, amount, method: 'card' });
const refund = (paymentId: number, amount: string) =>
  use(RefundPayment).execute({ actor, paymentId, amount, channel: 'hand', reason: 'Spec' });
/** An invoice of 90 that a payment of 100 paid, of which 40 were refunded. */
async function refundedInPart() {
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${await customer()}`);
  const accountId = row?.id ?? 0;
  const lines = [{ description: 'Work', amount: '90', quantity: '1', prorationFactor: '1' }];
  await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines });
  const { id } = await pay(accountId, '100');
  await refund(id, '40');
  return { accountId, paymentId: id };
}
const takeBack = (paymentId: number, amount?: string, disputed?: boolean) =>
  use(ReversePayment).execute({ actor, paymentId, amount, disputed, reason: 'Chargeback' });
const fundsOf = async (accountId: number) => {
  const { openAmount, creditAmount } = await use(AccountQueries).get(actor, accountId);
  return [Number(openAmount), Number(creditAmount)];
};
const ledgerOf = async (accountId: number) =>
  Object.fromEntries(
    (
      await sql<{ name: string; amount: number }>(
        `SELECT ledger_account AS name, sum(amount)::float8 AS amount FROM ledger_postings WHERE account_id = ${accountId} GROUP BY 1 HAVING sum(amount) <> 0`,
      )
    ).map(({ name, amount }) => [name, amount]),
  );

describe('what a bank takes beyond what is left of a payment', () => {
  it('is owed at once, and is no revenue', async () => {
    const { accountId, paymentId } = await refundedInPart();
    expect(await takeBack(paymentId, '100')).toMatchObject({ status: 'reversed', excessAmount: '40.0000' });
    expect(await ledgerOf(accountId)).toEqual({ cash: -40, credit: 40, receivable: 90, revenue: -90 });
    expect(await fundsOf(accountId)).toEqual([130, 0]);
    expect(await use(OverdueQueries).net(actor, accountId)).toMatchObject({ netAmount: '40.0000', daysOverdue: 0 });
  });

  it('is paid by other money of the account, which is released with it', async () => {
    const { accountId, paymentId } = await refundedInPart();
    await takeBack(paymentId, '75');
    const payment = await pay(accountId, '50');
    const { id } = payment;
    expect(payment).toMatchObject({
      allocatedAmount: '50.0000',
      excessAllocations: [{ paymentId, amount: '15.0000' }],
      allocations: [{ amount: '35.0000' }],
    });
    expect(await fundsOf(accountId)).toEqual([55, 0]);
    expect(await use(OverdueQueries).net(actor, accountId)).toMatchObject({ overdueAmount: '0', dueOn: null });
    await refund(id, '50');
    expect(await fundsOf(accountId)).toEqual([105, 0]);
    const other = await pay(accountId, '105');
    expect(await fundsOf(accountId)).toEqual([0, 0]);
    await takeBack(other.id);
    expect(await fundsOf(accountId)).toEqual([105, 0]);
  });

  it('is no less than what is left of it, and no more than it was', async () => {
    const { paymentId } = await refundedInPart();
    for (const amount of [undefined, '59.99', '100.01'])
      await expect(takeBack(paymentId, amount)).rejects.toMatchObject({ code: 'billing.payment.refunded' });
    expect(await takeBack(paymentId, '60')).toMatchObject({ excessAmount: '0.0000' });
  });

  it('is what a gateway says, within the same bounds, and nothing where it does not say', async () => {
    for (const [taken, excess] of [
      ['100', '40.0000'],
      ['130', '40.0000'],
      ['70', '10.0000'],
      ['20', '0.0000'],
      [undefined, '0.0000'],
    ] as const) {
      const { paymentId } = await refundedInPart();
      expect(await takeBack(paymentId, taken, true)).toMatchObject({ excessAmount: excess });
    }
  });
});
