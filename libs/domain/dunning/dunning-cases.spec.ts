import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  FULL,
  POLICY,
  act,
  at,
  bill,
  caseOf,
  debtor,
  fees,
  history,
  live,
  openDunning,
  pay,
  rate,
  step,
  told,
} from '../../../test/support/dunning-world.js';
import {
  actor,
  clock,
  closeServices,
  order,
  reactivate,
  sql,
  stateOf,
  use,
} from '../../../test/support/services-world.js';
import { SweepDunning } from './cases/sweep-dunning.usecase.js';
import { FollowServiceListener } from './cases/follow-service.listener.js';
import { DunningPolicies } from './policies/policies.js';
import { Promises } from './promises/promises.js';

beforeAll(openDunning, 120_000);
afterAll(closeServices);
beforeEach(() => at('2027-03-01T15:00:00Z'));

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

  it('takes nothing back for money that is only under way', async () => {
    const { accountId, serviceId, customerId } = await debtor();
    await bill(accountId);
    for (const day of ['08', '09', '11', '12', '16', '17']) await live(`2027-03-${day}T15:00:00Z`, accountId);
    expect(await stateOf(serviceId)).toEqual(['suspended', 'payment']);
    const newer = await bill(accountId, '50', '2027-03-16');
    await sql(`WITH method AS (INSERT INTO payment_methods (partner_id, customer_id, gateway, kind, token, created_by)
        SELECT partner_id, id, 'sandbox', 'card', 'tok_later_' || id, 'spec' FROM customers WHERE id = ${customerId} RETURNING id, partner_id)
      INSERT INTO charges (partner_id, customer_id, account_id, payment_method_id, gateway, purpose, invoice_ids, currency, amount, status, created_by, created_at, updated_at)
      SELECT partner_id, ${customerId}, ${accountId}, id, 'sandbox', 'invoices', '{${newer}}', 'USD', 50, 'processing', 'spec', now(), now() FROM method`);
    await live('2027-03-18T15:00:00Z', accountId);
    expect(await stateOf(serviceId)).toEqual(['suspended', 'payment']);
    expect(await fees(accountId)).not.toContain(10);
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

  it('is carried out in the same sweep when others came first twice', async () => {
    const { accountId } = await debtor();
    await bill(accountId);
    await live('2027-03-02T15:00:00Z', accountId);
    // A sequence remembers what was rolled back.
    await sql(`CREATE SEQUENCE races;
      CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF nextval('races') <= 2 THEN RAISE 'held by others' USING ERRCODE = 'lock_not_available'; END IF;
        RETURN NEW;
      END $$;
      GRANT USAGE ON SEQUENCE races TO isp_app;
      CREATE TRIGGER lose BEFORE INSERT ON dunning_actions FOR EACH ROW EXECUTE FUNCTION lose()`);
    at('2027-03-06T15:00:00Z');
    await use(SweepDunning).execute();
    await sql('DROP TRIGGER lose ON dunning_actions');
    expect(await history(accountId)).toEqual(['reminder done']);
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
