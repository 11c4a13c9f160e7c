import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PRICE, at, documents, look, prepaid, topUp } from '../../../../test/support/prepaid-world.js';
import { actor, closeServices, openServices, sql, stateOf, use } from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);
beforeEach(() => void at('2027-03-01T15:00:00Z'));

describe('many at once', () => {
  it('top-ups and looks of two processes bring one invoice a period, and nobody is off who has paid', async () => {
    const accounts = [];
    for (let n = 0; n < 12; n += 1) accounts.push(await prepaid());
    await Promise.all(
      accounts.flatMap(({ accountId }) => [
        topUp(accountId, '40'),
        topUp(accountId, '45'),
        look(accountId, 1),
        look(accountId, 1),
      ]),
    );
    for (const { accountId, serviceId } of accounts)
      expect([await stateOf(serviceId), await documents(accountId)]).toEqual([
        ['active', ''],
        [['invoice', 'recurring', 'paid', '2027-03-01', '2027-04-01', PRICE]],
      ]);
  }, 60_000);

  it('a payment that was booked before a cut is never cut', async () => {
    const accounts = [];
    for (let n = 0; n < 24; n += 1) accounts.push(await prepaid('80'));
    at('2027-04-01T15:00:00Z');
    const pay = (accountId: number) => use(RecordPayment).execute({ actor, accountId, amount: '80', method: 'cash' });
    await Promise.all(accounts.flatMap(({ accountId }) => [pay(accountId), look(accountId, 1)]));
    const [order] = await sql<{ cut: number; payers: number }>(`
      SELECT count(*)::integer AS cut, count(*) FILTER (WHERE x.xmin::text::bigint > p.xmin::text::bigint)::integer AS payers
        FROM service_suspensions x JOIN services s ON s.id = x.service_id
        JOIN billing_accounts a ON a.customer_id = s.customer_id
        JOIN LATERAL (SELECT p.xmin FROM payments p WHERE p.account_id = a.id ORDER BY p.id DESC LIMIT 1) p ON true
       WHERE x.cause = 'balance' AND x.ended_at IS NULL AND a.id = ANY ('{${accounts.map((one) => one.accountId).join()}}')`);
    expect(order?.payers).toBe(0);
    for (const { accountId } of accounts) await look(accountId);
    for (const { accountId, serviceId } of accounts)
      expect([await stateOf(serviceId), (await documents(accountId)).length]).toEqual([['active', ''], 2]);
  }, 60_000);
});
