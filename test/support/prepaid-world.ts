import { type AccountView, AccountQueries, ConvertAccount, LookAtPrepaid, RecordPayment } from '@isp/domain/billing';
import { systemClock } from '@isp/kernel';
import { active, actor, clock, customer, sql, use } from './services-world.js';

/** The clock of this world is set to an instant; time passes on from there. */
export const at = (instant: string) => (clock.shift = (Date.parse(instant) - systemClock.now().getTime()) / 1_000);

export const look = (accountId: number, process = 0) => use(LookAtPrepaid, process).execute({ actor, accountId });
export const topUp = async (accountId: number, amount: string) => {
  const { id } = await use(RecordPayment).execute({ actor, accountId, amount, method: 'cash' });
  await look(accountId);
  return id;
};
export const documents = (accountId: number) =>
  sql<{ row: unknown[] }>(
    `SELECT json_build_array(document, kind, status, period_from, period_until, total_amount::float) AS row FROM invoices
      WHERE account_id = ${accountId} ORDER BY id`,
  ).then((rows) => rows.map(({ row }) => row));
export const account = (accountId: number): Promise<AccountView> => use(AccountQueries).get(actor, accountId);
export const told = async (accountId: number) =>
  (
    await sql<{ name: string }>(
      `SELECT name FROM outbox WHERE name LIKE 'billing.balance%' AND (payload->>'account_id')::int = ${accountId} ORDER BY id`,
    )
  ).map(({ name }) => name.split('.')[2]);
export const PRICE = 79.99;

/** A customer who pays ahead, with or without a service that works. */
export async function prepaid(balance: string | null = null, services = 1) {
  const customerId = await customer();
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  const accountId = row?.id ?? 0;
  await sql(`UPDATE billing_accounts SET starts_on = '2027-01-01' WHERE id = ${accountId};
    UPDATE billing_account_terms SET from_on = '2027-01-01' WHERE account_id = ${accountId}`);
  await use(ConvertAccount).execute({ actor, accountId, kind: 'prepaid' });
  if (balance !== null) await topUp(accountId, balance);
  const serviceIds: number[] = [];
  for (let n = 0; n < services; n += 1) serviceIds.push(await active(customerId));
  await look(accountId);
  return { customerId, accountId, serviceIds, serviceId: serviceIds[0] ?? 0 };
}
