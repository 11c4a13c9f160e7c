import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TerminateService } from '@isp/domain/services';
import { account, at, documents, look, prepaid } from '../../../../test/support/prepaid-world.js';
import {
  active,
  actor,
  closeServices,
  customer,
  openServices,
  sql,
  stateOf,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { GenerateInvoice } from '../invoices/generate-invoice.usecase.js';
import { RecordPayment } from '../payments/record-payment.usecase.js';
import { ConvertAccount } from './convert-account.usecase.js';
import { SweepPrepaid } from './sweep-prepaid.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);
beforeEach(() => void at('2027-03-01T15:00:00Z'));

describe('a conversion', () => {
  const owner = async () => {
    const customerId = await customer();
    const [row] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
    const accountId = row?.id ?? 0;
    await sql(`UPDATE billing_accounts SET starts_on = '2027-01-01' WHERE id = ${accountId};
      UPDATE billing_account_terms SET from_on = '2027-01-01' WHERE account_id = ${accountId}`);
    return { customerId, accountId, serviceId: await active(customerId) };
  };
  const convert = (accountId: number, kind: 'prepaid' | 'postpaid') =>
    use(ConvertAccount).execute({ actor, accountId, kind });

  it('is refused while anything is owed, and changes nothing of a period that is paid', async () => {
    const { accountId, serviceId } = await owner();
    await expect(convert(accountId, 'prepaid')).rejects.toMatchObject({ code: 'billing.account.owes' });
    await use(GenerateInvoice).execute({ actor, accountId });
    await expect(convert(accountId, 'prepaid')).rejects.toMatchObject({ code: 'billing.account.owes' });
    await use(RecordPayment).execute({ actor, accountId, amount: '79.99', method: 'cash' });
    expect((await convert(accountId, 'prepaid')).prepaid).toMatchObject({ state: 'on', until: '2027-04-01' });
    await look(accountId);
    expect([await stateOf(serviceId), (await documents(accountId)).length]).toEqual([['active', ''], 1]);
    await expect(convert(accountId, 'prepaid')).rejects.toMatchObject({ code: 'billing.account.kind_already' });
    at('2027-04-01T15:00:00Z');
    await use(SweepPrepaid).execute();
    expect([await stateOf(serviceId), (await documents(accountId)).length]).toEqual([['suspended', 'balance'], 1]);
    // Back again in the middle of nowhere: from today on, and only from today.
    at('2027-04-16T15:00:00Z');
    expect(await convert(accountId, 'postpaid')).toMatchObject({ kind: 'postpaid', nextRunOn: '2027-04-16' });
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    await use(GenerateInvoice).execute({ actor, accountId });
    expect((await documents(accountId)).at(-1)).toEqual([
      'invoice',
      'recurring',
      'pending',
      '2027-04-01',
      '2027-05-01',
      40,
    ]);
  });

  it('back leaves a period that was bought as it is', async () => {
    const { accountId, serviceId } = await prepaid('80');
    expect(await convert(accountId, 'postpaid')).toMatchObject({ kind: 'postpaid', nextRunOn: '2027-04-01' });
    await expect(use(GenerateInvoice).execute({ actor, accountId })).rejects.toMatchObject({
      code: 'billing.invoice.nothing_due',
    });
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    // And again ahead, on the same day.
    expect((await convert(accountId, 'prepaid')).prepaid).toMatchObject({ state: 'on', until: '2027-04-01' });
    expect(await documents(accountId)).toHaveLength(1);
  });

  it('keeps the rest of the day of what has ended in the period', async () => {
    const { accountId, serviceId, customerId } = await owner();
    await use(GenerateInvoice).execute({ actor, accountId });
    await use(RecordPayment).execute({ actor, accountId, amount: '79.99', method: 'cash' });
    const other = await active(customerId);
    at('2027-03-15T15:00:00Z');
    await use(TerminateService).execute({ actor, serviceId });
    await use(GenerateInvoice)
      .execute({ actor, accountId })
      .catch(() => undefined);
    const { openAmount } = await account(accountId);
    if (Number(openAmount) > 0)
      await use(RecordPayment).execute({ actor, accountId, amount: openAmount, method: 'cash' });
    const before = (await documents(accountId)).length;
    await convert(accountId, 'prepaid');
    await look(accountId);
    expect([(await documents(accountId)).length, (await stateOf(other))[0]]).toEqual([before, 'active']);
  });

  it('in arrears waits for the end of a period', async () => {
    const { accountId } = await owner();
    await sql(`UPDATE billing_account_terms SET timing = 'arrears' WHERE account_id = ${accountId}`);
    at('2027-03-15T15:00:00Z');
    await expect(convert(accountId, 'prepaid')).rejects.toMatchObject({ code: 'billing.account.mid_period' });
    at('2027-04-01T15:00:00Z');
    await use(GenerateInvoice).execute({ actor, accountId });
    await use(RecordPayment).execute({ actor, accountId, amount: '200', method: 'cash' });
    expect((await convert(accountId, 'prepaid')).prepaid).toMatchObject({ state: 'on', until: '2027-05-01' });
  });
});
