import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ApplyDueChanges,
  ChangeServicePlan,
  FollowBalance,
  PauseService,
  ResumeService,
  TerminateService,
} from '@isp/domain/services';
import { PRICE, account, at, documents, look, prepaid, told, topUp } from '../../../../test/support/prepaid-world.js';
import {
  active,
  actor,
  closeServices,
  openServices,
  order,
  plans,
  sql,
  stateOf,
  use,
} from '../../../../test/support/services-world.js';
import { BillingModule } from '../billing.module.js';
import { OneOffCharges } from '../charges/one-off-charges.js';
import { CreditInvoice } from '../invoices/credit-invoice.usecase.js';
import { CreditService } from '../invoices/credit-service.usecase.js';
import { GenerateInvoice } from '../invoices/generate-invoice.usecase.js';
import { WriteInvoice } from '../invoices/write-invoice.usecase.js';
import { RefundPayment } from '../payments/refund-payment.usecase.js';
import { ReversePayment } from '../payments/reverse-payment.usecase.js';
import { Discounts } from '../settings/billing-settings.js';
import { PrepaidQueries } from './prepaid.queries.js';
import { SweepPrepaid } from './sweep-prepaid.usecase.js';

beforeAll(() => openServices(BillingModule), 120_000);
afterAll(closeServices);
beforeEach(() => void at('2027-03-01T15:00:00Z'));

describe('an account that pays ahead', () => {
  it('is charged a period when it begins, and the invoice is paid in the same moment', async () => {
    const { accountId, serviceId } = await prepaid('100');
    expect(await documents(accountId)).toEqual([['invoice', 'recurring', 'paid', '2027-03-01', '2027-04-01', PRICE]]);
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    const now = await account(accountId);
    expect([now.creditAmount, now.openAmount, now.prepaid]).toEqual([
      '20.0100',
      '0',
      { state: 'on', until: '2027-04-01', offSince: null, warnedFor: null },
    ]);
    await look(accountId);
    expect(await documents(accountId)).toHaveLength(1);
  });

  it('is off without a balance, owes nothing, and is on at once with a top-up that covers the period', async () => {
    const { accountId, serviceId } = await prepaid();
    expect([await stateOf(serviceId), await documents(accountId)]).toEqual([['suspended', 'balance'], []]);
    at('2027-03-10T15:00:00Z');
    await topUp(accountId, '79.98');
    expect([await stateOf(serviceId), await documents(accountId)]).toEqual([['suspended', 'balance'], []]);
    expect((await use(PrepaidQueries).balance(actor, accountId)).missing?.toText()).toBe('0.01');
    await topUp(accountId, '0.01');
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    expect(await documents(accountId)).toEqual([['invoice', 'recurring', 'paid', '2027-03-10', '2027-04-10', PRICE]]);
    expect(await told(accountId)).toEqual(['exhausted']);
  });

  it('goes on from the end of its period while the balance covers it, and is off from the moment that it does not', async () => {
    const { accountId, serviceId } = await prepaid('160');
    at('2027-04-01T03:59:00Z');
    await use(SweepPrepaid).execute();
    expect(await documents(accountId)).toHaveLength(1);
    // Midnight in New York.
    at('2027-04-01T04:00:30Z');
    await use(SweepPrepaid).execute();
    expect((await documents(accountId)).at(-1)).toEqual([
      'invoice',
      'recurring',
      'paid',
      '2027-04-01',
      '2027-05-01',
      PRICE,
    ]);
    at('2027-04-28T15:00:00Z');
    await use(SweepPrepaid).execute();
    expect(await told(accountId)).toEqual(['low']);
    at('2027-05-01T04:00:30Z');
    await use(SweepPrepaid).execute();
    expect([await stateOf(serviceId), (await documents(accountId)).length]).toEqual([['suspended', 'balance'], 2]);
    expect((await account(accountId)).openAmount).toBe('0');
    expect(await told(accountId)).toEqual(['low', 'exhausted']);
    at('2027-05-31T15:00:00Z');
    await topUp(accountId, '100');
    // A period that would begin on the 31st ends on the 28th, and is a little cheaper: 28 days of 31.
    expect((await documents(accountId)).at(-1)).toEqual(
      expect.arrayContaining(['paid', '2027-05-31', '2027-06-28', 72.25]),
    );
    expect(await stateOf(serviceId)).toEqual(['active', '']);
  });

  it('is one price for all of its services', async () => {
    const { accountId, serviceIds } = await prepaid('100', 2);
    const states = () => Promise.all(serviceIds.map(stateOf));
    expect([await states(), await documents(accountId)]).toEqual([
      [
        ['suspended', 'balance'],
        ['suspended', 'balance'],
      ],
      [],
    ]);
    await topUp(accountId, '59.98');
    expect([await states(), (await documents(accountId)).at(-1)?.at(-1)]).toEqual([
      [
        ['active', ''],
        ['active', ''],
      ],
      159.98,
    ]);
  });
});

describe('whatever changes the balance or the price of an account that pays ahead', () => {
  it('a new service is charged its share of the period, or waits for the balance while the others work', async () => {
    const { customerId, accountId, serviceId } = await prepaid('80');
    at('2027-03-12T15:00:00Z');
    const second = await active(customerId);
    await look(accountId);
    expect([await stateOf(serviceId), await stateOf(second)]).toEqual([
      ['active', ''],
      ['suspended', 'balance'],
    ]);
    at('2027-03-17T15:00:00Z');
    // 15 days of 31 cost 38.70; 0.01 was left.
    await topUp(accountId, '38.69');
    expect(await stateOf(second)).toEqual(['active', '']);
    expect((await documents(accountId)).at(-1)).toEqual(['invoice', 'adjustment', 'paid', null, null, 38.7]);
  });

  it('a service that is ordered while the account is off comes up blocked, and is paid for with the others', async () => {
    const { customerId, accountId, serviceId } = await prepaid();
    const second = await order(customerId);
    await look(accountId);
    expect(await stateOf(second)).toEqual(['pending_activation', 'balance']);
    await topUp(accountId, '79.99');
    // It does not work yet: nothing is charged for it.
    expect([await stateOf(serviceId), await stateOf(second)]).toEqual([
      ['active', ''],
      ['pending_activation', ''],
    ]);
  });

  it('a dearer plan is charged at once, and refused before anything changes where it is not covered', async () => {
    const { accountId, serviceId } = await prepaid('80');
    at('2027-03-22T15:00:00Z');
    const change = () => use(ChangeServicePlan).execute({ actor, serviceId, planId: plans.fast, when: 'now' });
    // The database dates the price by its own clock, which is behind: 20.00 more for the whole period.
    await expect(change()).rejects.toMatchObject({ code: 'billing.balance.too_low' });
    const [service] = await sql(`SELECT plan_id FROM services WHERE id = ${serviceId}`);
    expect([service, (await documents(accountId)).length]).toEqual([{ plan_id: plans.home }, 1]);
    await topUp(accountId, '19.98');
    await expect(change()).rejects.toMatchObject({ code: 'billing.balance.too_low' });
    await topUp(accountId, '0.02');
    await change();
    expect((await documents(accountId)).at(-1)?.slice(0, 3)).toEqual(['invoice', 'adjustment', 'paid']);
    expect((await account(accountId)).creditAmount).toBe('0.0100');
    // A cheaper one gives back what is too much.
    await use(ChangeServicePlan).execute({ actor, serviceId, planId: plans.home, when: 'now' });
    expect((await account(accountId)).creditAmount).toBe('20.0100');
  });

  it('a cheaper plan covers what was missing', async () => {
    const { accountId, serviceId } = await prepaid('100');
    const change = (planId: number) => use(ChangeServicePlan).execute({ actor, serviceId, planId, when: 'now' });
    await change(plans.fast);
    await topUp(accountId, '80');
    at('2027-04-01T15:00:00Z');
    await look(accountId);
    expect(await stateOf(serviceId)).toEqual(['suspended', 'balance']);
    await change(plans.home);
    expect(await stateOf(serviceId)).toEqual(['active', '']);
  });

  it('a credit note, a gift, a discount and a cancelled charge cover what was missing', async () => {
    const by: Readonly<Record<string, (accountId: number, serviceId: number) => Promise<unknown>>> = {
      gift: (accountId) =>
        use(OneOffCharges).add(actor, accountId, { description: 'Gift', quantity: '1', unitAmount: '-10' }),
      discount: (accountId) =>
        use(Discounts).add(actor, accountId, {
          name: 'Half',
          serviceId: null,
          percent: '50',
          monthlyAmount: null,
          from: '2027-03-01',
          until: null,
        }),
      note: async (accountId) => {
        const lines = [{ description: 'Work', amount: '10', quantity: '1', prorationFactor: '1' }];
        await topUp(accountId, '10');
        expect((await account(accountId)).prepaid?.state).toBe('on');
        return lines;
      },
    };
    for (const [what, cover] of Object.entries(by)) {
      const { accountId, serviceId } = await prepaid('70');
      expect([what, await stateOf(serviceId)]).toEqual([what, ['suspended', 'balance']]);
      await cover(accountId, serviceId);
      await look(accountId);
      expect([what, await stateOf(serviceId)]).toEqual([what, ['active', '']]);
    }
    const { accountId, serviceId } = await prepaid();
    const charge = await use(OneOffCharges).add(actor, accountId, {
      description: 'Visit',
      quantity: '1',
      unitAmount: '30',
    });
    await topUp(accountId, '80');
    expect(await stateOf(serviceId)).toEqual(['suspended', 'balance']);
    await use(OneOffCharges).cancel(actor, accountId, charge.id);
    await look(accountId);
    expect(await stateOf(serviceId)).toEqual(['active', '']);
  });

  it('a charge that is not covered is never a debt: it is a part of the next price', async () => {
    const { accountId, serviceId } = await prepaid('80');
    await use(OneOffCharges).add(actor, accountId, { description: 'Visit', quantity: '1', unitAmount: '30' });
    await look(accountId);
    expect([await stateOf(serviceId), (await documents(accountId)).length]).toEqual([['active', ''], 1]);
    at('2027-04-01T15:00:00Z');
    await topUp(accountId, '109.98');
    expect((await documents(accountId)).at(-1)?.at(-1)).toBe(109.99);
  });

  it('a payment that did not stay takes back what it had bought from that day on', async () => {
    const { accountId, serviceId } = await prepaid();
    const paymentId = await topUp(accountId, '79.99');
    at('2027-03-11T15:00:00Z');
    await use(ReversePayment).execute({ actor, paymentId, reason: 'Returned' });
    await look(accountId);
    // Ten days of 31 were used: 25.80.
    const off = await account(accountId);
    expect([await stateOf(serviceId), off.openAmount, off.prepaid?.state]).toEqual([
      ['suspended', 'balance'],
      '25.8000',
      'off',
    ]);
    const [said] = await sql<{ missing: string }>(`SELECT payload->>'missing' AS missing FROM outbox
      WHERE name = 'billing.balance.exhausted.v1' AND (payload->>'account_id')::int = ${accountId} ORDER BY id DESC LIMIT 1`);
    expect(Number(said?.missing)).toBe(105.79);
    at('2027-03-20T15:00:00Z');
    expect((await use(PrepaidQueries).balance(actor, accountId)).missing?.toText()).toBe('105.79');
    await topUp(accountId, '105.78');
    expect(await stateOf(serviceId)).toEqual(['suspended', 'balance']);
    await topUp(accountId, '0.01');
    expect([await stateOf(serviceId), (await documents(accountId)).at(-1)]).toEqual([
      ['active', ''],
      ['invoice', 'recurring', 'paid', '2027-03-20', '2027-04-20', PRICE],
    ]);
  });

  it('a payment that is reversed on its day takes everything back, and nothing is owed', async () => {
    const { accountId, serviceId } = await prepaid();
    const paymentId = await topUp(accountId, '79.99');
    await use(ReversePayment).execute({ actor, paymentId, reason: 'Returned' });
    await look(accountId);
    const off = await account(accountId);
    expect([await stateOf(serviceId), off.openAmount, off.prepaid?.state]).toEqual([
      ['suspended', 'balance'],
      '0',
      'off',
    ]);
    at('2027-03-05T15:00:00Z');
    await topUp(accountId, (await use(PrepaidQueries).balance(actor, accountId)).missing?.toText() ?? '');
    expect([await stateOf(serviceId), (await account(accountId)).creditAmount]).toEqual([['active', ''], '0.0000']);
    expect((await documents(accountId)).at(-1)).toEqual([
      'invoice',
      'recurring',
      'paid',
      '2027-03-05',
      '2027-04-05',
      PRICE,
    ]);
  });

  it('money that is not used is given back, and no more', async () => {
    const { accountId, serviceId } = await prepaid();
    const paymentId = await topUp(accountId, '100');
    const refund = (amount?: string) => use(RefundPayment).execute({ actor, paymentId, amount, reason: 'Moves away' });
    await expect(refund('20.02')).rejects.toMatchObject({ code: 'billing.refund.too_much' });
    expect((await refund()).amount).toBe('20.0100');
    await look(accountId);
    expect([await stateOf(serviceId), (await account(accountId)).creditAmount]).toEqual([['active', ''], '0.0000']);
  });

  it('money that a credit note gave back is refunded too, and nothing is owed for it', async () => {
    const { accountId, serviceId } = await prepaid();
    const paymentId = await topUp(accountId, '80');
    at('2027-03-11T15:00:00Z');
    await use(TerminateService).execute({ actor, serviceId });
    await look(accountId);
    const refund = (amount?: string) => use(RefundPayment).execute({ actor, paymentId, amount, reason: 'Moves away' });
    await expect(refund('51.63')).rejects.toMatchObject({ code: 'billing.refund.too_much' });
    expect((await refund()).amount).toBe('51.6200');
    await look(accountId);
    const now = await account(accountId);
    expect([now.creditAmount, now.openAmount]).toEqual(['0.0000', '0']);
  });

  it('a service ends when that was ordered, whether or not the balance covers the fee of it', async () => {
    const { accountId, serviceId } = await prepaid('80');
    const terms = (months: number, amount: number) =>
      sql(
        `UPDATE plan_versions SET contract_months = ${months}, early_termination_amount = ${amount} WHERE plan_id = ${plans.home}`,
      );
    await terms(24, 200);
    await use(TerminateService).execute({ actor, serviceId, lastDay: '2027-03-20' });
    at('2027-03-21T15:00:00Z');
    await use(ApplyDueChanges).execute();
    await look(accountId);
    const now = await account(accountId);
    await terms(1, 0);
    expect([(await stateOf(serviceId))[0], now.openAmount]).toEqual(['terminated', '0']);
  });

  it('a credit that is taken back is only charged where the balance covers it', async () => {
    const { accountId, serviceId } = await prepaid('80');
    const back = (amount: string) =>
      use(CreditService).execute({
        actor,
        serviceId,
        amount,
        description: 'Service level, corrected',
        from: '2027-03-01',
        until: '2027-04-01',
      });
    await expect(back('-5')).rejects.toMatchObject({ code: 'billing.balance.too_low' });
    await look(accountId);
    expect([await stateOf(serviceId), (await account(accountId)).openAmount]).toEqual([['active', ''], '0']);
    await topUp(accountId, '10');
    await back('-5');
    await look(accountId);
    expect([await stateOf(serviceId), (await account(accountId)).openAmount]).toEqual([['active', ''], '0']);
  });

  it('a break gives the days back, and what goes on is paid for again', async () => {
    const { accountId, serviceId } = await prepaid('80');
    at('2027-03-11T15:00:00Z');
    await use(PauseService).execute({ actor, serviceId, until: '2027-04-20' });
    await look(accountId);
    // The days after today.
    expect((await account(accountId)).creditAmount).toBe('51.6200');
    at('2027-03-21T15:00:00Z');
    await use(ResumeService).execute({ actor, serviceId });
    await look(accountId);
    expect([await stateOf(serviceId), (await account(accountId)).creditAmount]).toEqual([['active', ''], '23.2400']);
  });

  it('the end of a service gives the rest back, and the account rests', async () => {
    const { accountId, serviceId } = await prepaid('80');
    at('2027-03-11T15:00:00Z');
    await use(TerminateService).execute({ actor, serviceId });
    await look(accountId);
    expect((await account(accountId)).creditAmount).toBe('51.6200');
    at('2027-04-02T15:00:00Z');
    await look(accountId);
    const now = await account(accountId);
    expect([now.prepaid?.state, now.openAmount, (await documents(accountId)).length]).toEqual(['idle', '0', 2]);
  });

  it('nobody invoices it otherwise, and nobody lifts its cause by hand', async () => {
    const { accountId, serviceId } = await prepaid('5');
    const refused = { code: 'billing.account.prepaid' };
    await expect(use(GenerateInvoice).execute({ actor, accountId })).rejects.toMatchObject(refused);
    const lines = [{ description: 'Work', amount: '10', quantity: '1', prorationFactor: '1' }];
    const written = { actor, accountId, kind: 'one_off' as const, lines };
    await expect(use(WriteInvoice).execute({ ...written, draft: true })).rejects.toMatchObject(refused);
    await expect(use(WriteInvoice).execute(written)).rejects.toMatchObject({ code: 'billing.balance.too_low' });
    const small = [{ description: 'Work', amount: '5', quantity: '1', prorationFactor: '1' }];
    const { id } = await use(WriteInvoice).execute({ ...written, lines: small });
    expect((await documents(accountId)).at(-1)?.[2]).toBe('paid');
    await topUp(accountId, '75');
    expect(await stateOf(serviceId)).toEqual(['suspended', 'balance']);
    await use(CreditInvoice).execute({ actor, invoiceId: id, reason: 'Was nothing' });
    await look(accountId);
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    const lift = { actor, serviceId, covered: true, reason: 'spec' };
    await use(FollowBalance).execute(lift);
    expect(await stateOf(serviceId)).toEqual(['active', '']);
  });
});
