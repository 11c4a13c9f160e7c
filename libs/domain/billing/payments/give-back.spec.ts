import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { WorkRun } from '@isp/platform/work';
import { actor, closeServices, customer, openServices, sql, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { CollectCharge } from '../collection/collect-charge.usecase.js';
import { RequestCharge } from '../collection/request-charge.usecase.js';
import { WriteInvoice } from '../invoices/write-invoice.usecase.js';
import { PaymentMethods } from '../methods/payment-methods.js';
import { GiveBack } from './give-back.usecase.js';
import { RefundPayment } from './refund-payment.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

const nothing = () => Promise.resolve();
const signal = AbortSignal.timeout(600_000);
const run = { signal, fence: nothing, complete: nothing, postpone: nothing } as unknown as WorkRun;

it('takes a refund back that fails after it had succeeded: the money pays its invoice again', async () => {
  const customerId = await customer();
  const [account] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  const accountId = account?.id ?? 0;
  const lines = [{ description: 'Work', amount: '40', quantity: '1', prorationFactor: '1' }];
  const { id: invoiceId } = await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines });
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
