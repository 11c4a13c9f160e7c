import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fundsOf, ledgerOf, owing } from '../../../../test/support/account-money.js';
import { actor, closeServices, openServices, sql, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { OverdueQueries } from '../collection/overdue.queries.js';
import { LedgerQueries } from '../ledger/ledger.queries.js';
import { ReverseWriteOff, WriteOffAccount, WriteOffExcess } from '../write-offs/write-off-debts.usecases.js';
import { WriteOffQueries } from '../write-offs/write-off.queries.js';
import { PaymentQueries } from './payment.queries.js';
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
  const { accountId } = await owing('90');
  const { id } = await pay(accountId, '100');
  await refund(id, '40');
  return { accountId, paymentId: id };
}
const takeBack = (paymentId: number, amount?: string, disputed?: boolean) =>
  use(ReversePayment).execute({ actor, paymentId, amount, disputed, reason: 'Chargeback' });
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

describe('what a bank took and nobody will pay', () => {
  const giveUp = (paymentId: number, amount?: string) =>
    use(WriteOffExcess).execute({ actor, paymentId, amount, reason: 'uncollectable' });
  const paymentOf = (paymentId: number) => use(PaymentQueries).get(actor, paymentId);

  it('is a loss without tax, in parts or at once, and never more than is open', async () => {
    const { accountId, paymentId } = await refundedInPart();
    await takeBack(paymentId, '100');
    expect(await giveUp(paymentId, '15')).toMatchObject({
      ...{ invoiceId: null, invoiceNumber: null, excessOfId: paymentId },
      ...{ amount: '15.0000', reclaimedTaxAmount: '0.0000' },
    });
    expect([await fundsOf(accountId), await ledgerOf(accountId)]).toEqual([
      [115, 0],
      { bad_debt: 15, cash: -40, credit: 25, receivable: 90, revenue: -90 },
    ]);
    await expect(giveUp(paymentId, '25.01')).rejects.toMatchObject({ code: 'billing.write_off.too_much' });
    await giveUp(paymentId);
    await expect(giveUp(paymentId)).rejects.toMatchObject({ code: 'billing.write_off.nothing_open' });
    expect(await fundsOf(accountId)).toEqual([90, 0]);
    const given = { excessAmount: '40.0000', excessPaidAmount: '0.0000', excessWrittenOffAmount: '40.0000' };
    expect(await paymentOf(paymentId)).toMatchObject(given);
    expect(await use(OverdueQueries).net(actor, accountId)).toMatchObject({ overdueAmount: '0' });
    const { rows, closing } = await use(LedgerQueries).statement(actor, accountId, {});
    expect([Number(closing), rows[0]]).toMatchObject([90, { event: 'payment.excess_written_off', amount: '-25.0000' }]);
    const told = await sql<{ amount: string }>(
      `SELECT payload ->> 'amount' AS amount FROM outbox WHERE name = 'billing.payment.excess_written_off.v1' ORDER BY id`,
    );
    expect(told.map(({ amount }) => Number(amount))).toEqual([15, 25]);
  });

  it('is owed again when that is taken back, and paid by what is there', async () => {
    const { accountId, paymentId } = await refundedInPart();
    await takeBack(paymentId, '100');
    const { id } = await giveUp(paymentId);
    await pay(accountId, '110');
    expect(await fundsOf(accountId)).toEqual([0, 20]);
    await use(ReverseWriteOff).execute({ actor, writeOffId: id, reason: 'The heirs pay' });
    expect([await fundsOf(accountId), await ledgerOf(accountId)]).toEqual([
      [20, 0],
      { cash: 70, credit: 20, revenue: -90 },
    ]);
    expect(await paymentOf(paymentId)).toMatchObject({ excessPaidAmount: '20.0000', excessWrittenOffAmount: '0.0000' });
    const found = await use(WriteOffQueries).list(actor, { excessOfId: paymentId }, { limit: 5, offset: 0 });
    expect(found).toMatchObject({ total: 1, rows: [{ id, reversedAmount: '40.0000' }] });
  });

  it('is taken back by money that is meant for it', async () => {
    const { accountId, paymentId } = await refundedInPart();
    await takeBack(paymentId, '100');
    await giveUp(paymentId, '30');
    const input = { actor, accountId, amount: '25', method: 'card', excessOfIds: [paymentId] } as const;
    await use(RecordPayment).execute(input);
    expect(await paymentOf(paymentId)).toMatchObject({
      excessPaidAmount: '25.0000',
      excessWrittenOffAmount: '15.0000',
    });
    expect(await ledgerOf(accountId)).toMatchObject({ bad_debt: 15 });
  });

  it('goes with all else that an account owes', async () => {
    const { accountId, paymentId } = await refundedInPart();
    await takeBack(paymentId, '100');
    const written = await use(WriteOffAccount).execute({ actor, accountId, reason: 'deceased', reclaimTax: true });
    expect(written.map(({ amount, excessOfId }) => [Number(amount), excessOfId])).toEqual([
      [90, null],
      [40, paymentId],
    ]);
    expect([await fundsOf(accountId), await ledgerOf(accountId)]).toEqual([
      [0, 0],
      { bad_debt: 130, cash: -40, revenue: -90 },
    ]);
  });

  it('cannot be an invoice too, nor have a tax', async () => {
    const { paymentId } = await refundedInPart();
    await takeBack(paymentId, '100');
    const insert = (invoice: string, tax: string) =>
      sql(`INSERT INTO write_offs (partner_id, customer_id, account_id, invoice_id, excess_of_id, currency, amount, reclaimed_tax_amount, reason, created_by, created_at, updated_at)
        SELECT p.partner_id, p.customer_id, p.account_id, ${invoice}, p.id, p.currency, 1, ${tax}, 'settlement', 'spec', now(), now()
          FROM payments p JOIN invoices i ON i.account_id = p.account_id WHERE p.id = ${paymentId}`);
    await expect(insert('i.id', '0')).rejects.toThrow('write_offs_one_debt');
    await expect(insert('NULL', '0.5')).rejects.toThrow('write_offs_tax_of_invoice');
  });
});
