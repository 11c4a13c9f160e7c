import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkRun } from '@isp/platform/work';
import {
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  sql,
  unique,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { WriteInvoice } from '../invoices/write-invoice.usecase.js';
import { PaymentMethods } from '../methods/payment-methods.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { RefundPayment } from '../payments/refund-payment.usecase.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import { CollectCharge } from './collect-charge.usecase.js';
import { CollectDue } from './collect-due.usecase.js';
import { RequestCharge } from './request-charge.usecase.js';
import { SetAutopay } from './set-autopay.usecase.js';

const DAY = 86_400;
beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const nothing = () => Promise.resolve();
const run = { signal: AbortSignal.timeout(600_000), fence: nothing, complete: nothing, postpone: nothing };

/** An account of which an automatic charge for two invoices has failed, and is to be repeated now. */
async function refused() {
  const customerId = await customer();
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  const accountId = row?.id ?? 0;
  const lines = [{ description: 'Work', amount: '10', quantity: '1', prorationFactor: '1' }];
  const write = { actor, accountId, kind: 'one_off', lines } as const;
  const invoiceIds = [(await use(WriteInvoice).execute(write)).id, (await use(WriteInvoice).execute(write)).id];
  const token = `tok_once_insufficient_funds.due-${unique()}`;
  await use(PaymentMethods).add({ actor, customerId, gateway: 'sandbox', token });
  await use(SetAutopay).execute(actor, accountId, true);
  const automatic = { attempt: 1, retryOfId: null };
  const asked = { actor, accountId, purpose: 'invoices', invoiceIds, automatic } as const;
  const { id } = await use(RequestCharge).execute(asked);
  await use(CollectCharge).execute(id, run as unknown as WorkRun);
  clock.shift += 3 * DAY + 60;
  return { id, accountId, customerId, invoiceIds };
}
const collect = () => use(CollectDue).execute();
const retryAt = async (id: number) =>
  (await sql<{ at: Date | null }>(`SELECT retry_at AS at FROM charges WHERE id = ${id}`))[0]?.at ?? null;
const repeated = (id: number) =>
  sql<{ attempt: number; invoices: number[] }>(
    `SELECT attempt, invoice_ids AS invoices FROM charges WHERE retry_of_id = ${id}`,
  );

describe('a repetition', () => {
  it('waits while the method is refused, and is made when it is fit again', async () => {
    const { id, customerId, invoiceIds } = await refused();
    await sql(`UPDATE payment_methods SET refused_code = 'lost_card' WHERE customer_id = ${customerId}`);
    await collect();
    expect(await repeated(id)).toEqual([]);
    expect((await retryAt(id))?.getTime()).toBeGreaterThan(clock.now().getTime() + DAY * 900);
    await sql(`UPDATE payment_methods SET refused_code = NULL WHERE customer_id = ${customerId}`);
    clock.shift += DAY + 60;
    await collect();
    expect(await repeated(id)).toEqual([{ attempt: 2, invoices: invoiceIds }]);
  });

  it('is only for what is still open, and dropped when nothing is', async () => {
    const [one, other] = [await refused(), await refused()];
    const pay = (accountId: number, amount: string) =>
      use(RecordPayment).execute({ actor, accountId, amount, method: 'cash' });
    await pay(one.accountId, '10');
    await pay(other.accountId, '20');
    await collect();
    expect(await repeated(one.id)).toEqual([{ attempt: 2, invoices: [one.invoiceIds[1]] }]);
    expect([await repeated(other.id), await retryAt(other.id)]).toEqual([[], null]);
  });

  it('waits for a charge that is under way', async () => {
    const { id, accountId } = await refused();
    const charge = { actor, accountId, purpose: 'invoices', amount: '20' } as const;
    await use(RequestCharge).execute(charge);
    await collect();
    expect([await repeated(id), await retryAt(id)]).toEqual([[], expect.any(Date)]);
  });

  it('is not made while the customer does not agree, and made once it does again', async () => {
    const { id, accountId, invoiceIds } = await refused();
    await use(SetAutopay).execute(actor, accountId, false);
    await collect();
    clock.shift += DAY + 60;
    await collect();
    expect(await repeated(id)).toEqual([]);
    await use(SetAutopay).execute(actor, accountId, true);
    clock.shift += DAY + 60;
    await collect();
    expect(await repeated(id)).toEqual([{ attempt: 2, invoices: invoiceIds }]);
  });
});

/** An account that pays by itself: of a payment of 100, of which 40 were refunded, a bank took all; and it may have a due invoice of 10. */
async function owingAgain(token: string, invoiced: boolean) {
  const customerId = await customer();
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  const accountId = row?.id ?? 0;
  const { id: paymentId } = await use(RecordPayment).execute({ actor, accountId, amount: '100', method: 'card' });
  await use(RefundPayment).execute({ actor, paymentId, amount: '40', channel: 'hand', reason: 'Spec' });
  await use(ReversePayment).execute({ actor, paymentId, amount: '100', reason: 'Chargeback' });
  const lines = [{ description: 'Work', amount: '10', quantity: '1', prorationFactor: '1' }];
  const write = { actor, accountId, kind: 'one_off', lines, dueOn: '2020-01-01' } as const;
  const invoiceIds = invoiced ? [(await use(WriteInvoice).execute(write)).id] : [];
  await use(PaymentMethods).add({ actor, customerId, gateway: 'sandbox', token: `${token}.again-${unique()}` });
  await use(SetAutopay).execute(actor, accountId, true);
  return { accountId, paymentId, invoiceIds };
}
const chargesOf = (accountId: number) =>
  sql<{ id: number }>(
    `SELECT id, invoice_ids AS invoices, excess_of_ids AS excesses, amount::float8 AS amount, status FROM charges WHERE account_id = ${accountId} ORDER BY id`,
  );
const takenFor = async (accountId: number) =>
  sql(`SELECT invoice_id AS invoice, excess_of_id AS excess, a.amount::float8 AS amount FROM allocations a JOIN charges c ON c.payment_id = a.payment_id
        WHERE c.account_id = ${accountId} ORDER BY a.id`);

describe('what a bank took back beyond a payment', () => {
  it('is charged with what is due, once, and paid by that', async () => {
    const { accountId, paymentId, invoiceIds } = await owingAgain('tok_visa', true);
    await collect();
    await collect();
    const [charge, ...more] = await chargesOf(accountId);
    expect([charge, more]).toMatchObject([{ invoices: invoiceIds, excesses: [paymentId], amount: 50 }, []]);
    const due = use(RequestCharge).execute({ actor, accountId, purpose: 'invoices' });
    await expect(due).rejects.toMatchObject({ code: 'billing.charge.nothing_due' });
    await use(CollectCharge).execute(charge?.id ?? 0, run as unknown as WorkRun);
    expect(await takenFor(accountId)).toEqual([
      { invoice: invoiceIds[0], excess: null, amount: 10 },
      { invoice: null, excess: paymentId, amount: 40 },
    ]);
    await collect();
    expect(await chargesOf(accountId)).toHaveLength(1);
  });

  it('is charged alone, again after a refusal, and not any more once it is paid', async () => {
    const { accountId, paymentId } = await owingAgain('tok_once_insufficient_funds', false);
    await collect();
    const [charge] = await chargesOf(accountId);
    expect(charge).toMatchObject({ invoices: [], excesses: [paymentId], amount: 40 });
    await use(CollectCharge).execute(charge?.id ?? 0, run as unknown as WorkRun);
    await use(RecordPayment).execute({ actor, accountId, amount: '15', method: 'cash' });
    clock.shift += 3 * DAY + 60;
    await collect();
    const again = (await chargesOf(accountId))[1];
    expect(again).toMatchObject({ excesses: [paymentId], amount: 25 });
    await use(CollectCharge).execute(again?.id ?? 0, run as unknown as WorkRun);
    expect(await takenFor(accountId)).toEqual([{ invoice: null, excess: paymentId, amount: 25 }]);
    clock.shift += 30 * DAY;
    await collect();
    expect(await chargesOf(accountId)).toHaveLength(2);
  });

  it('is part of all that a person charges, and not of an invoice that is named', async () => {
    const { accountId, paymentId, invoiceIds } = await owingAgain('tok_visa', true);
    const ask = { actor, accountId, purpose: 'invoices' } as const;
    expect(await use(RequestCharge).execute({ ...ask, invoiceIds })).toMatchObject({
      amount: '10.0000',
      excessOfIds: [],
    });
    const rest = await use(RequestCharge).execute(ask);
    expect(rest).toMatchObject({ amount: '40.0000', excessOfIds: [paymentId] });
  });
});
