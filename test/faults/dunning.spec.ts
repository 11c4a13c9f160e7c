import { describe, expect, it } from '@jest/globals';
import { whileHeld } from '../support/while-held.js';
import { askPatiently, inParallel } from './support/http.js';
import { inWorld, report, stopwatch, until, type World } from './support/world.js';

const ACCOUNTS = 100;

/** Accounts with one working service and one overdue invoice over 50.00 each, whose suspension is due now. */
async function owe(world: World): Promise<void> {
  await world.rows(
    `UPDATE services SET status = 'active', operational_status = 'running', activated_at = now() WHERE id <= ${ACCOUNTS}`,
  );
  await world.rows(`
    WITH account AS (
      INSERT INTO billing_accounts (partner_id, customer_id, name, currency, time_zone, starts_on)
      SELECT partner_id, customer_id, id::text, currency, 'UTC', current_date - 60 FROM services WHERE status = 'active'
      RETURNING id, partner_id, customer_id, name::integer AS service_id),
    terms AS (
      INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on)
      SELECT partner_id, customer_id, id, current_date - 60 FROM account),
    invoice AS (
      INSERT INTO invoices (partner_id, customer_id, account_id, document, kind, origin, currency, due_on, subtotal_amount, tax_amount, total_amount, created_by)
      SELECT partner_id, customer_id, id, 'invoice', 'one_off', 'person', 'USD', current_date - 20, 50, 0, 50, 'faults' FROM account
      RETURNING id, partner_id, customer_id, account_id),
    line AS (
      INSERT INTO invoice_lines (partner_id, customer_id, account_id, invoice_id, position, kind, description, amount, tax_amount, taxes, inputs)
      SELECT partner_id, customer_id, account_id, id, 1, 'fee', 'Work', 50, 0, '[]',
             '{"rule": "by_hand", "unit_amount": "50", "quantity": "1", "proration_factor": "1"}' FROM invoice)
    INSERT INTO billing_account_services (partner_id, customer_id, service_id, account_id, from_on)
    SELECT partner_id, customer_id, service_id, id, current_date - 60 FROM account`);
  await world.rows(
    `SELECT FROM (SELECT set_config('app.unrestricted', 'on', true), array_agg(id) AS ids, array_agg(current_date - 30) AS days, array_agg(due_on) AS due_days
       FROM invoices WHERE created_by = 'faults') d CROSS JOIN LATERAL issue_documents(d.ids, now(), d.days, d.due_days)`,
  );
  await world.rows(`UPDATE invoices SET status = 'overdue' WHERE created_by = 'faults'`);
  await world.rows(`
    WITH policy AS (INSERT INTO dunning_policies (name, currency, created_at, updated_at) VALUES ('Faults', 'USD', now(), now()) RETURNING id),
    version AS (
      INSERT INTO dunning_policy_versions (policy_id, version, grace_days, gap_days, working_days, from_minute, until_minute, reconnection_amount, steps, created_at, created_by)
      SELECT id, 1, 0, 0, '{1,2,3,4,5,6,7}', 0, 1440, 0,
        '[{"days": 15, "action": "suspend", "minAmount": "0", "amount": null, "downloadKbps": null, "uploadKbps": null}]', now(), 'faults' FROM policy)
    INSERT INTO dunning_cases (partner_id, customer_id, account_id, currency, policy_id, policy_version, overdue_amount, overdue_since, opened_at, next_at)
    SELECT i.partner_id, i.customer_id, i.account_id, 'USD', p.id, 1, 50, i.due_on, now(), now() FROM invoices i, policy p WHERE i.created_by = 'faults'`);
}
const cut = async (world: World) =>
  (await world.row<{ n: number }>(`SELECT count(*)::integer AS n FROM services WHERE 'payment' = ANY (suspended_for)`))
    .n;

/** Sweeps go by account where all are due at once, and a look begins with this lock: none gets past the last account. */
const LAST_ACCOUNT = `SELECT FROM billing_accounts WHERE id = (SELECT max(account_id) FROM dunning_cases) FOR NO KEY UPDATE`;
/** Answers how many were cut when the worker was killed in the middle of its sweep. */
const killedMidway = (world: World): Promise<number> =>
  whileHeld(world.database.superUrl, LAST_ACCOUNT, async () => {
    const killed = await world.start('worker');
    await until('a sweep is under way', async () => (await cut(world)) > 10, 40_000);
    await killed.kill();
    return cut(world);
  });

describe('dunning when processes die', () => {
  it(
    'takes each step once however often a sweep is killed, and restores whoever pays in the payment’s wake',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        await owe(world);
        const dying = await world.startDying('worker', 'dunning.before-commit');
        expect(await dying.end()).toBe('SIGKILL');
        const undone = await cut(world);
        const before = await killedMidway(world);
        await world.startAll('worker', 'worker');
        // Twice it died on the sweep; if it is held for the third time as well, a machine being slow, the next begins in a minute.
        await until('all are suspended', async () => (await cut(world)) === ACCOUNTS, 150_000);
        const actions = await world.rows<{ n: number }>(
          `SELECT count(*)::integer AS n FROM dunning_actions WHERE action = 'suspend' AND outcome = 'done' GROUP BY case_id`,
        );
        const moves = await world.rows<{ n: number }>(
          `SELECT count(*)::integer AS n FROM service_history WHERE axis = 'status' AND to_value = 'suspended' GROUP BY service_id`,
        );
        const twice = [...actions, ...moves].filter(({ n }) => n !== 1).length;
        expect([undone, before < ACCOUNTS, actions.length, moves.length, twice]).toEqual([
          0,
          true,
          ACCOUNTS,
          ACCOUNTS,
          0,
        ]);

        const accounts = await world.rows<{ account_id: number; customer_id: number }>(
          `SELECT account_id, customer_id FROM dunning_cases ORDER BY id`,
        );
        const watch = stopwatch();
        const paid = await inParallel(accounts, 8, ({ account_id, customer_id }) =>
          askPatiently(`${api.url}/v1/billing/payments`, world.database.apiKey, {
            method: 'POST',
            key: `dunning-${account_id}`,
            body: { customer_id, account_id, amount: 50, method: 'cash' },
          }),
        );
        await until('all are restored', async () => (await cut(world)) === 0, 60_000);
        const open = await world.row<{ n: number }>(
          'SELECT count(*)::integer AS n FROM dunning_cases WHERE closed_at IS NULL',
        );
        report('dunning killed', {
          accepted: ACCOUNTS,
          cut_before_kill: before,
          finished: actions.length,
          lost: ACCOUNTS - actions.length,
          duplicated: twice,
          paid: paid.filter(({ status }) => status === 201).length,
          restored_seconds: watch.seconds(),
        });
        expect([paid.every(({ status }) => status === 201), open.n]).toEqual([true, 0]);
      }),
    300_000,
  );
});
