import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  sql,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { WriteInvoice } from '../invoices/write-invoice.usecase.js';
import { WriteOffInvoice } from '../write-offs/write-off-debts.usecases.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { OverdueQueries } from './overdue.queries.js';

const DAY = 86_400;
beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);

async function owing(...amounts: readonly string[]): Promise<{ accountId: number; invoices: number[] }> {
  const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${await customer()}`);
  const accountId = row?.id ?? 0;
  const invoices: number[] = [];
  for (const amount of amounts) {
    const lines = [{ description: 'Work', amount, quantity: '1', prorationFactor: '1' }];
    invoices.push((await use(WriteInvoice).execute({ actor, accountId, kind: 'one_off', lines })).id);
    clock.shift += DAY;
  }
  return { accountId, invoices };
}
/** A charge as it stands while the gateway has not answered. */
async function charging(accountId: number, amount: string, status: string, updatedAt = clock.now()): Promise<void> {
  await sql(`WITH m AS (INSERT INTO payment_methods (partner_id, customer_id, gateway, kind, token, created_by)
      SELECT partner_id, customer_id, 'sandbox', 'card', gen_random_uuid()::text, 'spec' FROM billing_accounts WHERE id = ${accountId}
      RETURNING id, partner_id, customer_id, gateway)
    INSERT INTO charges (partner_id, customer_id, account_id, payment_method_id, gateway, purpose, currency, amount, status, created_by, created_at, updated_at)
    SELECT partner_id, customer_id, ${accountId}, id, gateway, 'top_up', 'USD', ${amount}, '${status}', 'spec', now(), '${updatedAt.toISOString()}' FROM m`);
}

describe('what is overdue', () => {
  it('is what no payment, no credit and no charge under way is there for, oldest first', async () => {
    const { accountId, invoices } = await owing('10', '20');
    const net = (excluding: readonly number[] = []) =>
      use(OverdueQueries).net(
        actor,
        accountId,
        excluding.map((id) => ({ id, since: clock.now() })),
      );
    expect(await net()).toMatchObject({ overdueAmount: '0', netAmount: '0', dueOn: null, daysOverdue: 0 });
    clock.shift += 20 * DAY;
    // Due after 14 days: the first is 8 days late, the second 7.
    expect(await net()).toMatchObject({ overdueAmount: '30.0000', netAmount: '30.0000', daysOverdue: 8 });
    expect(await net([invoices[0] ?? 0])).toMatchObject({ overdueAmount: '20.0000', daysOverdue: 7 });
    await charging(accountId, '4', 'processing');
    await charging(accountId, '6', 'unknown');
    expect(await net()).toMatchObject({ pendingAmount: '10.0000', netAmount: '20.0000', daysOverdue: 7 });
    await charging(accountId, '15', 'requires_action');
    expect(await net()).toMatchObject({ netAmount: '5.0000' });
    clock.shift += 3_700;
    expect(await net()).toMatchObject({ pendingAmount: '10.0000', netAmount: '20.0000' });
    await use(RecordPayment).execute({ actor, accountId, amount: '25', method: 'cash' });
    expect(await net()).toMatchObject({ overdueAmount: '5.0000', netAmount: '0', dueOn: null, daysOverdue: 0 });
    await use(RecordPayment).execute({ actor, accountId, amount: '25', method: 'cash' });
    expect(await net()).toMatchObject({ overdueAmount: '0', creditAmount: '20.0000', netAmount: '0' });
    expect(await use(OverdueQueries).net(actor, 2_000_000)).toBeUndefined();
  });

  it('is not covered by what was written off of an invoice that does not count', async () => {
    const { accountId, invoices } = await owing('10', '20');
    const [id = 0] = invoices;
    const leftOut = [{ id, since: clock.now() }];
    clock.shift += 20 * DAY;
    await use(WriteOffInvoice).execute({ actor, invoiceId: id, reason: 'settlement' });
    const net = await use(OverdueQueries).net(actor, accountId, leftOut);
    expect(net).toMatchObject({ overdueAmount: '20.0000', creditAmount: '0', netAmount: '20.0000' });
  });
});
