import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { actor, closeServices, customer, openServices, sql, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { CreditInvoice } from './credit-invoice.usecase.js';
import { WriteInvoice } from './write-invoice.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const refusal = (code: string) => expect.objectContaining({ code }) as never;
/** An invoice with a line for each amount. */
async function invoiced(...amounts: readonly string[]) {
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${await customer()}`);
  const accountId = row?.id ?? 0;
  const lines = amounts.map((amount) => ({ description: 'Work', amount, quantity: '1', prorationFactor: '1' }));
  return { accountId, id: (await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines })).id };
}
const credit = (invoiceId: number, amount?: string) => {
  const lines = amount === undefined ? undefined : [{ position: 1, amount }];
  return use(CreditInvoice).execute({ actor, invoiceId, lines, reason: 'Spec' });
};
const stateOf = async (id: number) =>
  (
    await sql(
      `SELECT status, total_amount::text AS total, settled_amount::text AS settled, credited_amount::text AS credited FROM invoices WHERE id = ${id}`,
    )
  )[0];

describe('an invoice from which something was taken off', () => {
  it('is credited in full, and in what is left after a part', async () => {
    const [whole, parts] = [await invoiced('100', '-20'), await invoiced('100', '-20')];
    expect(await credit(whole.id)).toMatchObject({ totalAmount: '-80.0000' });
    await credit(parts.id, '30');
    expect(await credit(parts.id)).toMatchObject({ totalAmount: '-50.0000' });
    const paid = { status: 'paid', total: '80.0000', settled: '80.0000', credited: '80.0000' };
    expect([await stateOf(whole.id), await stateOf(parts.id)]).toEqual([paid, paid]);
    await expect(credit(whole.id)).rejects.toEqual(refusal('billing.credit.nothing_left'));
  });

  it('is not credited by more than it came to, nor by nothing', async () => {
    const { id } = await invoiced('100', '-20');
    await expect(credit(id, '90')).rejects.toEqual(refusal('billing.credit.too_much'));
    await expect(credit(id, '100.01')).rejects.toEqual(refusal('billing.credit.too_much'));
    await expect(credit(id, '0.004')).rejects.toEqual(refusal('billing.amount.unfit'));
    await credit(id, '80');
    // What is left of the one line is what the other took off.
    await expect(credit(id)).rejects.toEqual(refusal('billing.credit.nothing_left'));
  });

  it('is paid once by a payment that names it twice', async () => {
    const { id, accountId } = await invoiced('10');
    const paid = { actor, accountId, amount: '15', method: 'cash', invoiceIds: [id, id] } as const;
    await use(RecordPayment).execute(paid);
    expect(await stateOf(id)).toMatchObject({ status: 'paid', settled: '10.0000' });
  });
});
