import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BillingModule, RecordPayment } from '@isp/domain/billing';
import { UnitOfWork } from '@isp/platform/database';
import { UsageModule } from '@isp/domain/usage';
import {
  active,
  actor,
  closeServices,
  customer,
  openServices,
  sql,
  stateOf,
  use,
} from '../../../test/support/services-world.js';
import { AssessAccount } from './cases/assess-account.usecase.js';
import { DunningModule, DunningWorkerModule } from './dunning.module.js';

const PAIRS = 200;
let policyId: number;

beforeAll(async () => {
  await openServices(BillingModule, UsageModule, DunningModule, DunningWorkerModule);
  const [policy] = await sql<{ id: number }>(`
    WITH policy AS (INSERT INTO dunning_policies (name, currency, created_at, updated_at) VALUES ('Races', 'USD', now(), now()) RETURNING id)
    INSERT INTO dunning_policy_versions (policy_id, version, grace_days, gap_days, working_days, from_minute, until_minute, reconnection_amount, steps, created_at, created_by)
    SELECT id, 1, 0, 0, '{1,2,3,4,5,6,7}', 0, 1440, 0,
      '[{"days": 15, "action": "suspend", "minAmount": "0", "amount": null, "downloadKbps": null, "uploadKbps": null}]', now(), 'spec'
      FROM policy RETURNING policy_id AS id`);
  policyId = policy?.id ?? 0;
}, 120_000);
afterAll(closeServices);

interface Debtor {
  readonly accountId: number;
  readonly serviceId: number;
}

/** Owes 50.00 for twenty days; the suspension is due now. */
async function debtor(): Promise<Debtor> {
  const customerId = await customer();
  const serviceId = await active(customerId);
  const [account] = await sql<{ id: number }>(`
    WITH account AS (SELECT id, partner_id, customer_id FROM billing_accounts WHERE customer_id = ${customerId}),
    invoice AS (
      INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, due_on, subtotal_amount, tax_amount, total_amount, created_by)
      SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', 'USD', current_date - 20, 50, 0, 50, 'races' FROM account
      RETURNING id, partner_id, customer_id, account_id),
    line AS (
      INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
      SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', 50, 0, '[]',
             '{"rule": "by_hand", "unit_amount": "50", "quantity": "1", "proration_factor": "1"}' FROM invoice),
    dunned AS (
      INSERT INTO dunning_cases (partner_id, customer_id, account_id, currency, policy_id, policy_version, overdue_amount, overdue_since, opened_at, next_at)
      SELECT partner_id, customer_id, id, 'USD', ${policyId}, 1, 50, current_date - 20, now(), now() FROM account)
    SELECT id FROM account`);
  const id = account?.id ?? 0;
  await sql(
    `SELECT FROM (SELECT set_config('app.unrestricted', 'on', true), array_agg(id) AS ids, array_agg(current_date - 30) AS days, array_agg(due_on) AS due_days
       FROM invoices WHERE account_id = ${id}) d CROSS JOIN LATERAL issue_documents(d.ids, now(), d.days, d.due_days)`,
  );
  return { accountId: id, serviceId };
}
const pay = (accountId: number) => use(RecordPayment).execute({ actor, accountId, amount: '50', method: 'cash' });
const sweep = (accountId: number, process = 1) =>
  use(AssessAccount, process).execute({ actor, accountId, cause: 'time' });
/** What the listener does when it is told of the payment. */
const told = (accountId: number) => use(AssessAccount).execute({ actor, accountId, cause: 'money' });
const wasCut = async (accountId: number) =>
  (await sql(`SELECT FROM dunning_actions WHERE account_id = ${accountId} AND action = 'suspend' AND outcome = 'done'`))
    .length;

describe('a payment and a cut at the same moment', () => {
  it('that is not committed yet when the cut begins, is waited for, and nobody is cut', async () => {
    const { accountId, serviceId } = await debtor();
    let cutting: Promise<unknown> = Promise.resolve();
    await use(UnitOfWork).run(actor, async () => {
      await pay(accountId);
      cutting = use(UnitOfWork).outside(() => sweep(accountId));
      await sleep(150);
      expect(await stateOfOutside(serviceId)).toEqual(['active', '']);
    });
    await cutting;
    expect([await stateOf(serviceId), await wasCut(accountId)]).toEqual([['active', ''], 0]);
  });

  it('that comes while the cut is not committed yet, follows it and takes it back at once', async () => {
    const { accountId, serviceId } = await debtor();
    let paying: Promise<unknown> = Promise.resolve();
    await use(UnitOfWork).run(actor, async () => {
      await sweep(accountId, 0);
      paying = use(UnitOfWork).outside(() => pay(accountId).then(() => told(accountId)));
      await sleep(150);
    });
    await paying;
    expect([await stateOf(serviceId), await wasCut(accountId)]).toEqual([['active', ''], 1]);
  });

  it(`cuts no payer in ${PAIRS} pairs, and leaves nobody cut who has paid`, async () => {
    const debtors: Debtor[] = [];
    for (let n = 0; n < PAIRS; n += 1) debtors.push(await debtor());
    const wait = (n: number) => sleep(n % 5);
    for (let n = 0; n < PAIRS; n += 4)
      await Promise.all(
        debtors.slice(n, n + 4).map(async ({ accountId }, index) => {
          const both = [
            wait(n + index).then(() => pay(accountId)),
            wait(n * 7 + index * 3).then(() => sweep(accountId)),
          ];
          await Promise.all(both);
          await told(accountId);
        }),
      );
    // Both take the account first, and their transactions are numbered when they have it.
    const [order] = await sql<{ cut: number; after: number; twice: number }>(`
      SELECT count(*)::integer AS cut, count(*) FILTER (WHERE x.xmin::text::bigint > p.xmin::text::bigint)::integer AS after,
             (count(*) - count(DISTINCT x.case_id))::integer AS twice
        FROM dunning_actions x JOIN payments p ON p.account_id = x.account_id
       WHERE x.action = 'suspend' AND x.outcome = 'done' AND x.account_id = ANY ('{${debtors.map(({ accountId }) => accountId).join()}}')`);
    const left = await sql(`SELECT id FROM services WHERE 'payment' = ANY (suspended_for)`);
    const open = await sql('SELECT id FROM dunning_cases WHERE closed_at IS NULL');
    process.stdout.write(
      `payment against cut: pairs=${PAIRS} cut_before_payment=${order?.cut} payers_cut=${order?.after} twice=${order?.twice} left_cut=${left.length}\n`,
    );
    expect([order?.after, order?.twice, left.length, open.length]).toEqual([0, 0, 0, 0]);
    // The race was one: both orders have happened.
    expect(order?.cut).toBeGreaterThan(0);
    expect(order?.cut).toBeLessThan(PAIRS);
  }, 180_000);
});

const stateOfOutside = (serviceId: number) => use(UnitOfWork).outside(() => stateOf(serviceId));
