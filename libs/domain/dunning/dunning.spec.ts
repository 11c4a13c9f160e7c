import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BillingModule,
  CreditInvoice,
  MarkOverdue,
  OneOffCharges,
  RecordPayment,
  ReversePayment,
  VoidInvoice,
  WriteInvoice,
} from '@isp/domain/billing';
import { UnitOfWork } from '@isp/platform/database';
import { ThrottleForPayment, UsageModule } from '@isp/domain/usage';
import {
  active,
  actor,
  clock,
  closeServices,
  customer,
  openServices,
  order,
  reactivate,
  sql,
  stateOf,
  use,
} from '../../../test/support/services-world.js';
import { AssessAccount, type LookCause } from './cases/assess-account.usecase.js';
import { CaseQueries } from './cases/case.queries.js';
import { FollowServiceListener } from './cases/follow-service.listener.js';
import { SweepDunning } from './cases/sweep-dunning.usecase.js';
import { Disputes } from './disputes/disputes.js';
import { DunningModule, DunningWorkerModule } from './dunning.module.js';
import { Holidays } from './policies/holidays.js';
import { DunningPolicies, type NewPolicy } from './policies/policies.js';
import type { DunningStep, StepAction } from './policies/policy.types.js';
import { DunningTags } from './policies/tags.js';
import { Promises } from './promises/promises.js';

const step = (days: number, action: StepAction, more: Partial<DunningStep> = {}): DunningStep => ({
  days,
  action,
  minAmount: '0',
  amount: null,
  downloadKbps: null,
  uploadKbps: null,
  ...more,
});
const POLICY: NewPolicy = {
  name: 'Default',
  currency: 'USD',
  partnerId: null,
  planId: null,
  tag: null,
  graceDays: 5,
  gapDays: 1,
  workingDays: [1, 2, 3, 4, 5],
  fromMinute: 540,
  untilMinute: 1020,
  calendar: 'US',
  reconnectionAmount: '10',
  steps: [
    step(5, 'reminder'),
    step(7, 'throttle', { downloadKbps: 2_000, uploadKbps: 2_000 }),
    step(10, 'late_fee', { amount: '5' }),
    step(15, 'suspend', { minAmount: '20' }),
  ],
};
const at = (instant: string): void => void (clock.shift = (Date.parse(instant) - Date.now()) / 1000);

beforeAll(async () => {
  await openServices(BillingModule, UsageModule, DunningModule, DunningWorkerModule);
  await sql(`UPDATE partners SET time_zone = 'America/New_York'`);
  await use(DunningPolicies).create(actor, POLICY);
  const ends = [...POLICY.steps, step(30, 'terminate', { minAmount: '20' })];
  await use(DunningPolicies).create(actor, { ...POLICY, name: 'Strict', tag: 'strict', steps: ends });
}, 120_000);
afterAll(closeServices);
beforeEach(() => at('2027-03-01T15:00:00Z'));

interface Debtor {
  readonly customerId: number;
  readonly accountId: number;
  readonly serviceId: number;
}

async function debtor(): Promise<Debtor> {
  const customerId = await customer();
  const serviceId = await active(customerId);
  const [account] = await sql<{ id: number }>(`SELECT id FROM billing_accounts WHERE customer_id = ${customerId}`);
  return { customerId, serviceId, accountId: account?.id ?? 0 };
}
const bill = async (accountId: number, amount = '50', dueOn = '2027-03-01') =>
  (
    await use(WriteInvoice).execute({
      actor,
      accountId,
      kind: 'one_off',
      dueOn,
      lines: [{ description: 'Internet', amount, quantity: '1', prorationFactor: '1' }],
    })
  ).id;
const act = (work: () => Promise<void>) => use(UnitOfWork).run(actor, work);
const look = (accountId: number, cause: LookCause = 'time') => use(AssessAccount).execute({ actor, accountId, cause });
/** What the workers do: mark, be told, sweep. Two sweep at once. */
async function live(instant: string, ...accountIds: number[]): Promise<void> {
  at(instant);
  await use(MarkOverdue).execute();
  for (const id of accountIds) await look(id);
  await Promise.all([use(SweepDunning).execute(), use(SweepDunning, 1).execute()]);
}
async function pay(accountId: number, amount = '50') {
  const payment = await use(RecordPayment).execute({ actor, accountId, amount, method: 'cash' });
  await look(accountId, 'money');
  return payment.id;
}
const caseOf = async (accountId: number) => {
  const { rows } = await use(CaseQueries).list(actor, { accountId }, { limit: 10, offset: 0 });
  return use(CaseQueries).get(actor, rows[0]?.id ?? 0);
};
const history = async (accountId: number) =>
  (await caseOf(accountId)).history.map(({ action, outcome, reason }) =>
    [action, outcome, reason].filter(Boolean).join(' '),
  );
const rate = async (serviceId: number) =>
  (
    await sql<{ row: unknown[] }>(
      `SELECT json_build_array(access, throttled, download_kbps) AS row FROM subscribers WHERE service_id = ${serviceId}`,
    )
  )[0]?.row;
const FULL = ['open', false, 100_000];
const told = async (customerId: number) =>
  (
    await sql<{ name: string }>(
      `SELECT name FROM outbox WHERE name LIKE 'dunning.%' AND (payload->>'customer_id')::int = ${customerId} ORDER BY id`,
    )
  ).map(({ name }) => name.replace(/^dunning[.]|[.]v1$/g, ''));
/** What the next invoice will charge. */
const fees = async (accountId: number) =>
  (await use(OneOffCharges).list(actor, accountId, { limit: 20, offset: 0 })).rows
    .map(({ unitAmount }) => Number(unitAmount))
    .reverse();

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
    expect(await caseOf(accountId)).toMatchObject({ level: 'suspended', nextAt: null, overdueAmount: '50.0000' });
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

  it('is restored without a fee when the invoice was wrong: credited, voided or disputed', async () => {
    for (const way of ['credit', 'void', 'dispute'] as const) {
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
        else await use(Disputes).open(actor, id, reason);
        if (way !== 'dispute') await look(accountId, way);
      }
      expect([way, await stateOf(serviceId)]).toEqual([way, ['active', '']]);
      const closed = { credit: 'credited', void: 'voided', dispute: 'disputed' }[way];
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
});

describe('a promise', () => {
  it('holds the steps until its day, and is kept by paying so much', async () => {
    const { accountId, serviceId, customerId } = await debtor();
    await bill(accountId);
    await live('2027-03-02T15:00:00Z', accountId);
    const { id: caseId } = await caseOf(accountId);
    const make = (promisedOn: string, amount?: string) => use(Promises).make({ actor, caseId, promisedOn, amount });
    await expect(make('2027-03-01')).rejects.toMatchObject({ code: 'dunning.promise.unfit' });
    await expect(make('2027-03-10', '50.01')).rejects.toMatchObject({ code: 'dunning.promise.unfit' });
    await make('2027-03-19', '40');
    await expect(make('2027-03-20')).rejects.toMatchObject({ code: 'dunning.promise.open_already' });
    await live('2027-03-17T15:00:00Z');
    expect([await stateOf(serviceId), (await caseOf(accountId)).waitsFor]).toEqual([['active', ''], 'promise']);
    await pay(accountId, '40');
    const { rows } = await use(Promises).list(actor, { caseId }, { limit: 5, offset: 0 });
    expect(rows.map(({ status }) => status)).toEqual(['kept']);
    expect(await told(customerId)).toContain('promise.kept');
  }, 60_000);

  it('that is broken lets the steps go on', async () => {
    const { accountId, serviceId, customerId } = await debtor();
    await bill(accountId);
    await live('2027-03-06T15:00:00Z', accountId);
    const { id: caseId } = await caseOf(accountId);
    await use(Promises).make({ actor, caseId, promisedOn: '2027-03-09' });
    await live('2027-03-08T15:00:00Z', accountId);
    expect([await rate(serviceId), (await caseOf(accountId)).waitsFor]).toEqual([FULL, 'promise']);
    await live('2027-03-10T05:00:01Z');
    expect(await told(customerId)).toContain('promise.broken');
    expect(await rate(serviceId)).toEqual(FULL);
    await live('2027-03-10T14:00:00Z');
    expect((await rate(serviceId))?.[2]).toBe(2_000);
    const second = await use(Promises).make({ actor, caseId, promisedOn: '2027-03-20' });
    expect(await use(Promises).withdraw(actor, second.id)).toMatchObject({ status: 'withdrawn' });
  }, 60_000);
});

describe('what else there is to know of a case', () => {
  it('counts money that a gateway may have taken as paid, until that is known', async () => {
    const { accountId, serviceId, customerId } = await debtor();
    const invoiceId = await bill(accountId);
    await live('2027-03-06T15:00:00Z', accountId);
    await sql(`WITH method AS (INSERT INTO payment_methods (partner_id, customer_id, gateway, kind, token, created_by)
        SELECT partner_id, id, 'sandbox', 'card', 'tok_' || id, 'spec' FROM customers WHERE id = ${customerId} RETURNING id, partner_id)
      INSERT INTO charges (partner_id, customer_id, account_id, payment_method_id, gateway, purpose, invoice_ids, currency, amount, status, created_by, created_at, updated_at)
      SELECT partner_id, ${customerId}, ${accountId}, id, 'sandbox', 'invoices', '{${invoiceId}}', 'USD', 50, 'unknown', 'spec', now(), now() FROM method`);
    await live('2027-03-17T15:00:00Z');
    expect(await caseOf(accountId)).toMatchObject({ waitsFor: 'payment_pending', level: 'none' });
    await sql(
      `UPDATE charges SET status = 'failed', code = 'declined', finished_at = now() WHERE account_id = ${accountId}`,
    );
    await live('2027-03-17T21:30:00Z');
    await live('2027-03-18T15:00:00Z');
    expect((await rate(serviceId))?.[2]).toBe(2_000);
  }, 60_000);

  it('holds a service back that comes up while its account is suspended', async () => {
    const { accountId, customerId } = await debtor();
    await bill(accountId);
    await live('2027-03-08T15:00:00Z', accountId);
    for (const day of ['09', '11', '12', '16', '17']) await live(`2027-03-${day}T15:00:00Z`);
    const late = await order(customerId);
    await sql(`UPDATE services SET status = 'provisioning' WHERE id = ${late}`);
    await sql(`UPDATE services SET status = 'active', activated_at = now() WHERE id = ${late}`);
    const payload = {
      partner_id: 1,
      customer_id: customerId,
      service_id: late,
      service_type: 'internet',
      status: 'active',
      sequence: 1,
    };
    const event = {
      id: 'x',
      name: 'services.service.activated.v1',
      partnerId: 1,
      payload,
      occurredAt: clock.now(),
    } as const;
    await act(() => use(FollowServiceListener).on(event));
    expect(await stateOf(late)).toEqual(['suspended', 'payment']);
    await pay(accountId, '50');
    expect(await stateOf(late)).toEqual(['active', '']);
  }, 60_000);

  it('is that a person may let a service go, which is not undone behind their back', async () => {
    const { accountId, serviceId } = await debtor();
    await bill(accountId);
    await live('2027-03-08T15:00:00Z', accountId);
    for (const day of ['09', '11', '12', '16', '17']) await live(`2027-03-${day}T15:00:00Z`);
    await reactivate(serviceId, 'payment');
    await live('2027-03-24T15:00:00Z', accountId);
    expect(await stateOf(serviceId)).toEqual(['active', '']);
    await pay(accountId, '50');
    expect(await stateOf(serviceId)).toEqual(['active', '']);
  }, 60_000);

  it('is that it goes by the version of the policy that it was opened with', async () => {
    const { accountId } = await debtor();
    await bill(accountId);
    await live('2027-03-02T15:00:00Z', accountId);
    const { policyId } = await caseOf(accountId);
    const changed = await use(DunningPolicies).change(actor, policyId, { steps: [step(6, 'reminder')] }, 1);
    expect(changed).toMatchObject({ version: 2, name: 'Default' });
    await expect(use(DunningPolicies).change(actor, policyId, { gapDays: 2 }, 1)).rejects.toMatchObject({
      code: 'dunning.policy.stale',
    });
    await live('2027-03-08T15:00:00Z', accountId);
    await live('2027-03-09T15:00:00Z', accountId);
    expect(await history(accountId)).toEqual(['reminder done', 'throttle held gap', 'throttle done']);
    await use(DunningPolicies).change(actor, policyId, { steps: POLICY.steps });
  }, 60_000);

  it.each([
    [{ fromMinute: 1_020 }],
    [{ steps: [step(7, 'throttle'), step(6, 'reminder')] }],
    [{ steps: [step(4, 'suspend')] }],
    [{ steps: [step(7, 'throttle')] }],
    [{ steps: [step(7, 'late_fee')] }],
    [{ steps: [step(7, 'terminate'), step(8, 'reminder')] }],
    [{ reconnectionAmount: '1.005' }],
  ])('refuses a policy that cannot be carried out: %j', async (changes) => {
    await expect(use(DunningPolicies).create(actor, { ...POLICY, tag: 'x', ...changes })).rejects.toMatchObject({
      code: 'dunning.policy.unfit',
    });
  });

  it('refuses a second policy for a segment, and opens no case by one that is retired', async () => {
    await expect(use(DunningPolicies).create(actor, POLICY)).rejects.toMatchObject({
      code: 'dunning.policy.segment_taken',
    });
    const gold = await use(DunningPolicies).create(actor, { ...POLICY, tag: 'gold' });
    await use(DunningPolicies).retire(actor, gold.id);
    await expect(use(DunningPolicies).retire(actor, gold.id)).rejects.toMatchObject({ code: 'dunning.policy.retired' });
    await use(DunningPolicies).create(actor, { ...POLICY, tag: 'gold' });
  });
});
