import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkRun } from '@isp/platform/work';
import { fundsOf, ledgerOf, owing } from '../../../../test/support/account-money.js';
import { actor, closeServices, openServices, sql, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { CollectCharge } from '../collection/collect-charge.usecase.js';
import { RequestCharge } from '../collection/request-charge.usecase.js';
import { PaymentMethods } from '../methods/payment-methods.js';
import { WriteOffExcess } from '../write-offs/write-off-debts.usecases.js';
import { GiveBack } from './give-back.usecase.js';
import { RecordPayment } from './record-payment.usecase.js';
import { RefundPayment } from './refund-payment.usecase.js';
import { ReversePayment } from './reverse-payment.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const nothing = () => Promise.resolve();
const signal = AbortSignal.timeout(600_000);
const run = { signal, fence: nothing, complete: nothing, postpone: nothing } as unknown as WorkRun;

it('takes a refund back that fails after it had succeeded: the money pays its invoice again', async () => {
  const { customerId, accountId, invoiceId } = await owing('40');
  await use(PaymentMethods).add({ actor, customerId, gateway: 'sandbox', token: 'tok_visa.back' });
  const charge = await use(RequestCharge).execute({ actor, accountId, purpose: 'invoices', invoiceIds: [invoiceId] });
  await use(CollectCharge).execute(charge.id, run);
  const now = async () =>
    (
      await sql<{ paymentId: number; key: string }>(
        `SELECT p.id AS "paymentId", i.status AS invoice, p.refunded_amount::text AS refunded, r.status, r.key FROM payments p
           JOIN invoices i ON i.account_id = p.account_id LEFT JOIN refunds r ON r.payment_id = p.id WHERE p.account_id = ${accountId}`,
      )
    )[0];
  const paymentId = (await now())?.paymentId ?? 0;
  const refund = await use(RefundPayment).execute({ actor, paymentId, reason: 'Spec' });
  await use(GiveBack).execute(refund.id, run);
  expect(await now()).toMatchObject({ invoice: 'pending', refunded: '40.0000', status: 'succeeded' });
  const key = (await now())?.key ?? '';
  await use(GiveBack).look(null, key, signal);
  expect(await now()).toMatchObject({ status: 'succeeded' });
  await sql(`UPDATE sandbox_gateway.refunds SET state = 'failed' WHERE key = '${key}'`);
  await Promise.all([use(GiveBack).look(null, key, signal), use(GiveBack, 1).look(null, key, signal)]);
  expect(await now()).toMatchObject({ invoice: 'paid', refunded: '0.0000', status: 'failed' });
  await expect(sql(`UPDATE refunds SET status = 'succeeded', code = NULL WHERE key = '${key}'`)).rejects.toThrow(
    'is final',
  );
});

/** An invoice of 90 that a charge of 100 paid, of which 40 went back to the card, before a bank took so much. */
async function takenBack(taken: string) {
  const { customerId, accountId } = await owing('90');
  await use(PaymentMethods).add({ actor, customerId, gateway: 'sandbox', token: `tok_visa.late-${accountId}` });
  const charge = await use(RequestCharge).execute({ actor, accountId, purpose: 'top_up', amount: '100' });
  await use(CollectCharge).execute(charge.id, run);
  const [{ id: paymentId } = { id: 0 }] = await sql<{ id: number }>(
    `SELECT id FROM payments WHERE account_id = ${accountId}`,
  );
  const refund = await use(RefundPayment).execute({ actor, paymentId, amount: '40', reason: 'Spec' });
  await use(GiveBack).execute(refund.id, run);
  await use(ReversePayment).execute({ actor, paymentId, reason: 'Chargeback', amount: taken, disputed: true });
  const [{ key } = { key: '' }] = await sql<{ key: string }>(`SELECT key FROM refunds WHERE id = ${refund.id}`);
  return { accountId, paymentId, refundId: refund.id, key };
}
/** The gateway says, twice at once, that what it gave back came back. */
async function comesBack(key: string) {
  await sql(`UPDATE sandbox_gateway.refunds SET state = 'failed' WHERE key = '${key}'`);
  await Promise.all([use(GiveBack).look(null, key, signal), use(GiveBack, 1).look(null, key, signal)]);
  await use(GiveBack).look(null, key, signal);
}
describe('a refund that comes back after its payment was taken back', () => {
  it('is money that came in, once, and pays what is open', async () => {
    const { accountId, refundId, key } = await takenBack('60');
    expect([await ledgerOf(accountId), await fundsOf(accountId)]).toEqual([{ receivable: 90, revenue: -90 }, [90, 0]]);
    await comesBack(key);
    expect(await ledgerOf(accountId)).toEqual({ cash: 40, receivable: 50, revenue: -90 });
    expect(await fundsOf(accountId)).toEqual([50, 0]);
    const booked = await sql(
      `SELECT r.status, p.amount::float8 AS amount, p.method, p.reference, p.status AS payment FROM refunds r JOIN payments p ON p.id = r.returned_as_id WHERE r.id = ${refundId}`,
    );
    expect(booked).toEqual([
      { status: 'failed', amount: 40, method: 'card', reference: `refund-${refundId}-returned`, payment: 'received' },
    ]);
    const told = await sql<{ name: string }>(
      `SELECT name FROM outbox WHERE payload ->> 'refund_id' = '${refundId}' ORDER BY id`,
    );
    expect(told.map(({ name }) => name)).toEqual(['billing.refund.succeeded.v1', 'billing.refund.failed.v1']);
    expect(await sql(`SELECT count(*)::integer AS n FROM payments WHERE account_id = ${accountId}`)).toEqual([
      { n: 2 },
    ]);
  });

  it('first pays what the bank took twice: the customer has it once', async () => {
    const { accountId, paymentId, key } = await takenBack('100');
    expect([await ledgerOf(accountId), await fundsOf(accountId)]).toEqual([
      { cash: -40, credit: 40, receivable: 90, revenue: -90 },
      [130, 0],
    ]);
    await comesBack(key);
    expect([await ledgerOf(accountId), await fundsOf(accountId)]).toEqual([{ receivable: 90, revenue: -90 }, [90, 0]]);
    expect(await sql(`SELECT covered_amount::float8 AS covered FROM payments WHERE id = ${paymentId}`)).toEqual([
      { covered: 40 },
    ]);
  });

  it('is owed again of what was given up of that, and pays it: nothing is lost', async () => {
    const { accountId, paymentId, key } = await takenBack('100');
    await use(WriteOffExcess).execute({ actor, paymentId, amount: '30', reason: 'uncollectable' });
    expect(await ledgerOf(accountId)).toMatchObject({ bad_debt: 30 });
    await comesBack(key);
    expect([await ledgerOf(accountId), await fundsOf(accountId)]).toEqual([{ receivable: 90, revenue: -90 }, [90, 0]]);
  });

  it('is the credit of who owes nothing any more', async () => {
    const { accountId, key } = await takenBack('75');
    await use(RecordPayment).execute({ actor, accountId, amount: '105', method: 'cash' });
    await comesBack(key);
    expect(await fundsOf(accountId)).toEqual([0, 40]);
  });

  it('cannot be said to be another payment', async () => {
    const { paymentId, refundId } = await takenBack('60');
    const other = `UPDATE refunds SET status = 'failed', code = 'spec', returned_as_id = ${paymentId} WHERE id = ${refundId}`;
    await expect(sql(other)).rejects.toThrow('did not come back as');
  });
});
