import { AccountQueries, WriteInvoice } from '@isp/domain/billing';
import { actor, customer, sql, use } from './services-world.js';

/** The account of somebody new, whose only invoice is of so much and not paid. */
export async function owing(amount: string) {
  const customerId = await customer();
  const [account] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  const accountId = account?.id ?? 0;
  const lines = [{ description: 'Work', amount, quantity: '1', prorationFactor: '1' }];
  const { id: invoiceId } = await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines });
  return { customerId, accountId, invoiceId };
}

/** What an account owes, and what it has paid ahead. */
export async function fundsOf(accountId: number): Promise<[open: number, credit: number]> {
  const { openAmount, creditAmount } = await use(AccountQueries).get(actor, accountId);
  return [Number(openAmount), Number(creditAmount)];
}

/** The balances of an account's ledger that are not zero. */
export async function ledgerOf(accountId: number): Promise<Record<string, number>> {
  const rows = await sql<{ name: string; amount: number }>(
    `SELECT ledger_account AS name, sum(amount)::float8 AS amount FROM ledger_postings WHERE account_id = ${accountId} GROUP BY 1 HAVING sum(amount) <> 0`,
  );
  return Object.fromEntries(rows.map(({ name, amount }) => [name, amount]));
}
