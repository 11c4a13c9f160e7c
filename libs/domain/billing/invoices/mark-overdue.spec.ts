import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { BillingModule } from '@isp/domain/billing';
import { at, bill, debtor } from '../../../../test/support/dunning-world.js';
import { closeServices, openServices, sql, use } from '../../../../test/support/services-world.js';
import { MarkOverdue } from './mark-overdue.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

it('marks an invoice when its due date is over where the account is, and says so once, whoever looks', async () => {
  await sql(`UPDATE partners SET time_zone = 'America/New_York'`);
  at('2027-03-01T15:00:00Z');
  const { accountId, customerId } = await debtor();
  await bill(accountId);
  const mark = async () => (await Promise.all([0, 1].map((turn) => use(MarkOverdue, turn).execute()))).sort();
  const told = () =>
    sql(
      `SELECT FROM outbox WHERE name = 'billing.invoice.overdue.v1' AND (payload->>'customer_id')::int = ${customerId}`,
    );
  at('2027-03-02T04:59:59Z');
  expect([await mark(), await told()]).toEqual([[0, 0], []]);
  at('2027-03-02T05:00:00Z');
  expect(await mark()).toEqual([0, 1]);
  expect(await mark()).toEqual([0, 0]);
  expect(await told()).toHaveLength(1);
});
