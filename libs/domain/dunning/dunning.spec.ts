import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CreditInvoice, RefundPayment, ReversePayment, VoidInvoice, WriteOffInvoice } from '@isp/domain/billing';
import { ThrottleForPayment } from '@isp/domain/usage';
import {
  FULL,
  act,
  at,
  bill,
  caseOf,
  debtor,
  fees,
  history,
  live,
  look,
  openDunning,
  pay,
  rate,
  told,
} from '../../../test/support/dunning-world.js';
import { actor, closeServices, sql, stateOf, use } from '../../../test/support/services-world.js';
import { CaseQueries } from './cases/case.queries.js';
import { Disputes } from './disputes/disputes.js';
import { Holidays } from './policies/holidays.js';
import { DunningTags } from './policies/tags.js';

beforeAll(openDunning, 120_000);
afterAll(closeServices);
beforeEach(() => at('2027-03-01T15:00:00Z'));

describe('an account that does not pay', () => {
  it('is reminded, throttled, charged and suspended in its time; paying restores everything at once', async () => {
    const { accountId, serviceId, customerId } = await debtor();
    await bill(accountId);
    await live('2027-03-02T15:00:00Z', accountId);
    expect(await caseOf(accountId)).toMatchObject({
      level: 'none',
      nextAction: 'reminder',
      overdueSince: '2027-03-01',
      policyVersion: 1,
    });
    await live('2027-03-06T13:59:00Z');
    expect(await history(accountId)).toEqual([]);
    // A reminder comes on a Saturday too.
    await live('2027-03-06T14:00:00Z');
    expect(await history(accountId)).toEqual(['reminder done']);
    await live('2027-03-08T13:59:00Z');
    expect(await rate(serviceId)).toEqual(FULL);
    await live('2027-03-08T14:00:00Z');
    expect(await rate(serviceId)).toEqual(['open', true, 2_000]);
    await live('2027-03-11T14:00:00Z');
    await live('2027-03-16T12:59:00Z');
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    // Clocks have changed since.
    await live('2027-03-16T13:00:00Z');
    await live('2027-03-16T13:00:01Z');
    expect([await stateOf(serviceId), (await rate(serviceId))?.[0]]).toEqual([
      ['suspended', 'payment'],
      'walled_garden',
    ]);
    expect(await caseOf(accountId)).toMatchObject({ level: 'suspended', nextAction: null, overdueAmount: '50.0000' });
    at('2027-03-20T16:00:00Z');
    await pay(accountId, '50');
    expect([await stateOf(serviceId), await rate(serviceId)]).toEqual([['active', ''], FULL]);
    expect(await history(accountId)).toEqual([
      'reminder done',
      'throttle done',
      'late_fee done',
      'suspend done',
      'restore done paid',
      'close done paid',
    ]);
    expect(await told(customerId)).toEqual([
      'case.opened',
      'reminder.due',
      'step.taken',
      'step.taken',
      'step.taken',
      'service.restored',
      'case.closed',
    ]);
    expect(await fees(accountId)).toEqual([5, 10]);
  }, 60_000);

  it('is held back by the lowest of several rates, and each is lifted by itself', async () => {
    const { accountId, serviceId } = await debtor();
    await sql(`INSERT INTO throttling_events (partner_id, customer_id, service_id, cause, action, period, at, usage_bytes, limit_bytes, download_kbps, upload_kbps)
      SELECT partner_id, customer_id, id, 'fair_use', 'throttle', '2027-03-01', now(), 2, 1, 5000, 1000 FROM services WHERE id = ${serviceId}`);
    await act(() => use(ThrottleForPayment).hold(serviceId, { downloadKbps: 2_000, uploadKbps: 2_000 }));
    const rates = async () =>
      (
        await sql<{ row: unknown[] }>(
          `SELECT json_build_array(download_kbps, upload_kbps) AS row FROM subscribers WHERE service_id = ${serviceId}`,
        )
      )[0]?.row;
    expect(await rates()).toEqual([2_000, 1_000]);
    await act(() => use(ThrottleForPayment).letGo(serviceId));
    expect(await rates()).toEqual([5_000, 1_000]);
    expect(accountId).toBeGreaterThan(0);
  });

  it('that pays the oldest invoice is not held back for a newer one before its time', async () => {
    const { accountId, serviceId } = await debtor();
    await bill(accountId, '50', '2027-03-01');
    await bill(accountId, '50', '2027-03-14');
    await live('2027-03-06T15:00:00Z', accountId);
    await live('2027-03-08T15:00:00Z');
    await live('2027-03-11T15:00:00Z');
    await live('2027-03-17T15:00:00Z');
    expect(await stateOf(serviceId)).toEqual(['suspended', 'payment']);
    await pay(accountId, '50');
    expect([await stateOf(serviceId), (await rate(serviceId))?.[2]]).toEqual([['active', ''], 100_000]);
    expect(await caseOf(accountId)).toMatchObject({
      level: 'none',
      round: 2,
      overdueSince: '2027-03-14',
      closedAt: null,
    });
    await live('2027-03-31T15:00:00Z');
    await live('2027-04-01T15:00:00Z');
    await live('2027-04-02T15:00:00Z');
    expect(await stateOf(serviceId)).toEqual(['suspended', 'payment']);
    await pay(accountId, '100');
    expect(await stateOf(serviceId)).toEqual(['active', '']);
  }, 60_000);

  it('is restored without a fee when nothing is asked for any more: credited, voided, disputed or written off', async () => {
    for (const way of ['credit', 'void', 'dispute', 'write_off'] as const) {
      at('2027-03-01T15:00:00Z');
      const { accountId, serviceId } = await debtor();
      const invoiceId = await bill(accountId, '18');
      const other = await bill(accountId, '12');
      await live('2027-03-08T15:00:00Z', accountId);
      await live('2027-03-17T15:00:00Z');
      await live('2027-03-18T15:00:00Z');
      expect(await stateOf(serviceId)).toEqual(['suspended', 'payment']);
      const reason = 'Wrong';
      for (const id of [invoiceId, other]) {
        if (way === 'credit') await use(CreditInvoice).execute({ actor, invoiceId: id, reason });
        else if (way === 'void') await use(VoidInvoice).execute({ actor, invoiceId: id, reason });
        else if (way === 'write_off')
          await use(WriteOffInvoice).execute({ actor, invoiceId: id, reason: 'bankruptcy' });
        else await use(Disputes).open(actor, id, reason);
        if (way !== 'dispute') await look(accountId, way);
      }
      expect([way, await stateOf(serviceId)]).toEqual([way, ['active', '']]);
      const closed = { credit: 'credited', void: 'voided', dispute: 'disputed', write_off: 'written_off' }[way];
      expect(await caseOf(accountId)).toMatchObject({ closedFor: closed });
      expect(await fees(accountId)).not.toContain(10);
    }
  }, 120_000);

  it('that disputes an invoice is left alone for it, and not for the others, until that is settled', async () => {
    const { accountId, serviceId } = await debtor();
    const invoiceId = await bill(accountId);
    const dispute = await use(Disputes).open(actor, invoiceId, 'Never ordered');
    await expect(use(Disputes).open(actor, invoiceId, 'Again')).rejects.toMatchObject({
      code: 'dunning.dispute.open_already',
    });
    await live('2027-03-17T15:00:00Z', accountId);
    expect((await use(CaseQueries).list(actor, { accountId }, { limit: 1, offset: 0 })).total).toBe(0);
    await use(Disputes).close(actor, dispute.id, 'rejected');
    expect(await caseOf(accountId)).toMatchObject({ overdueAmount: '50.0000', closedAt: null });
    await live('2027-03-18T15:00:00Z');
    await live('2027-03-19T15:00:00Z');
    await live('2027-03-22T15:00:00Z');
    expect(await stateOf(serviceId)).toEqual(['suspended', 'payment']);
    await expect(use(Disputes).close(actor, dispute.id, 'accepted')).rejects.toMatchObject({
      code: 'dunning.dispute.closed',
    });
  }, 60_000);

  it('is not cut off on holidays, and the case says why', async () => {
    const holiday = await use(Holidays).add(actor, { calendar: 'US', on: '2027-03-08', name: 'Spec day' });
    const { accountId, serviceId } = await debtor();
    await bill(accountId);
    await live('2027-03-07T15:00:00Z', accountId);
    await live('2027-03-08T15:00:00Z');
    expect(await rate(serviceId)).toEqual(FULL);
    expect(await caseOf(accountId)).toMatchObject({ waitsFor: 'holiday', nextAt: new Date('2027-03-09T14:00:00Z') });
    await live('2027-03-09T14:00:00Z');
    expect((await rate(serviceId))?.[2]).toBe(2_000);
    expect(await history(accountId)).toEqual(['reminder done', 'throttle held holiday', 'throttle done']);
    await use(Holidays).remove(actor, holiday.id);
  }, 60_000);

  it('is ended at the end of its policy, and dunned no more', async () => {
    const { accountId, serviceId, customerId } = await debtor();
    await use(DunningTags).put(actor, customerId, 'strict');
    await bill(accountId);
    for (const day of ['06', '08', '11', '16', '31']) await live(`2027-03-${day}T15:00:00Z`, accountId);
    await live('2027-04-01T15:00:00Z');
    expect(await stateOf(serviceId)).toEqual(['terminated', '']);
    expect(await caseOf(accountId)).toMatchObject({ closedFor: 'terminated', level: 'none' });
    await live('2027-05-03T15:00:00Z', accountId);
    expect((await use(CaseQueries).list(actor, { accountId }, { limit: 5, offset: 0 })).total).toBe(1);
  }, 60_000);

  it('that disputes an invoice has paid the others with what came since, also where the older one took it', async () => {
    const { accountId, serviceId } = await debtor();
    const disputed = await bill(accountId, '100', '2027-02-20');
    await bill(accountId);
    await live('2027-03-02T15:00:00Z', accountId);
    await use(Disputes).open(actor, disputed, 'Never ordered');
    at('2027-03-03T15:00:00Z');
    await pay(accountId, '50');
    expect(await caseOf(accountId)).toMatchObject({ closedFor: 'disputed' });
    for (const day of ['08', '17', '18', '19']) await live(`2027-03-${day}T15:00:00Z`, accountId);
    expect([await stateOf(serviceId), await rate(serviceId)]).toEqual([['active', ''], FULL]);
  });

  it('is charged one late fee for a debt, also where a dispute came in between', async () => {
    const { accountId } = await debtor();
    const invoiceId = await bill(accountId);
    for (const day of ['06', '08', '11', '12']) await live(`2027-03-${day}T15:00:00Z`, accountId);
    expect(await fees(accountId)).toEqual([5]);
    const dispute = await use(Disputes).open(actor, invoiceId, 'Never ordered');
    expect(await caseOf(accountId)).toMatchObject({ closedFor: 'disputed' });
    await use(Disputes).close(actor, dispute.id, 'rejected');
    for (const day of ['15', '16', '17', '18']) await live(`2027-03-${day}T15:00:00Z`, accountId);
    expect(await fees(accountId)).toEqual([5]);
    expect(await history(accountId)).toContain('suspend done');
  });

  it('comes back into dunning when its payment did not stay', async () => {
    const { accountId } = await debtor();
    await bill(accountId);
    await live('2027-03-06T15:00:00Z', accountId);
    const paymentId = await pay(accountId);
    expect(await caseOf(accountId)).toMatchObject({ closedFor: 'paid' });
    await use(ReversePayment).execute({ actor, paymentId, reason: 'Returned' });
    await look(accountId, 'money');
    expect(await caseOf(accountId)).toMatchObject({ closedAt: null, overdueSince: '2027-03-01' });
  });

  it('is dunned for what a bank took beyond a payment of which a part was refunded', async () => {
    const { accountId } = await debtor();
    at('2027-03-06T15:00:00Z');
    const paymentId = await pay(accountId, '50');
    await use(RefundPayment).execute({ actor, paymentId, amount: '50', channel: 'hand', reason: 'Left' });
    await use(ReversePayment).execute({ actor, paymentId, amount: '50', reason: 'Chargeback' });
    await look(accountId, 'money');
    expect(await caseOf(accountId)).toMatchObject({ overdueSince: '2027-03-06', overdueAmount: '50.0000' });
    await pay(accountId, '50');
    expect(await caseOf(accountId)).toMatchObject({ closedFor: 'paid' });
  });
});
