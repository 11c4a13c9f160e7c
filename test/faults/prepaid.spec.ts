import { describe, expect, it } from '@jest/globals';
import { askPatiently, inParallel } from './support/http.js';
import { inWorld, report, until, type World } from './support/world.js';

const ACCOUNTS = 60;

/** Of as many customers as there are: who has sixty accounts that pay ahead is nobody's case. */
const CHOSEN = `(SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY id) AS turn FROM services) s ORDER BY turn, id LIMIT ${ACCOUNTS})`;

/** Accounts with one working service each that pay ahead, and whose period has just ended; every other has a balance. */
async function fill(world: World): Promise<void> {
  await world.rows(
    `UPDATE services SET status = 'active', operational_status = 'running', activated_at = now() - interval '40 days' WHERE id IN ${CHOSEN}`,
  );
  await world.rows(`UPDATE service_terms SET valid_from = now() - interval '40 days' WHERE service_id IN ${CHOSEN}`);
  await world.rows(`
    WITH account AS (
      INSERT INTO billing_accounts (partner_id, customer_id, name, currency, time_zone, starts_on, kind, prepaid_state, prepaid_until, look_at)
      SELECT partner_id, customer_id, 'ahead ' || id, currency, 'UTC', current_date - 30, 'prepaid', 'on', current_date, now()
        FROM services WHERE status = 'active' RETURNING id, partner_id, customer_id, currency, split_part(name, ' ', 2)::integer AS service_id),
    terms AS (
      INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on)
      SELECT partner_id, customer_id, id, current_date - 30 FROM account),
    again AS (
      INSERT INTO billing_account_terms (partner_id, customer_id, account_id, from_on, billing_day)
      SELECT partner_id, customer_id, id, current_date, least(28, extract(day FROM current_date)) FROM account),
    span AS (
      INSERT INTO billing_prepaid_spans (partner_id, customer_id, account_id, from_on)
      SELECT partner_id, customer_id, id, current_date - 30 FROM account),
    paid AS (
      INSERT INTO payments (partner_id, customer_id, account_id, currency, amount, method, received_at, created_by)
      SELECT partner_id, customer_id, id, currency, 150, 'cash', now(), 'faults' FROM account WHERE id % 2 = 0)
    INSERT INTO billing_account_services (partner_id, customer_id, service_id, account_id, from_on)
    SELECT partner_id, customer_id, service_id, id, current_date - 30 FROM account`);
}
const AHEAD = `name LIKE 'ahead %'`;
const states = (world: World) =>
  world.row<{ on: number; off: number }>(
    `SELECT count(*) FILTER (WHERE prepaid_state = 'on' AND prepaid_until > current_date)::integer AS on,
            count(*) FILTER (WHERE prepaid_state = 'off')::integer AS off FROM billing_accounts WHERE ${AHEAD}`,
  );
const documents = (world: World) =>
  world.rows<{ n: number; open: number }>(
    `SELECT count(*)::integer AS n, sum(i.total_amount - i.settled_amount)::float8 AS open FROM invoices i
       JOIN billing_accounts a ON a.id = i.account_id AND a.${AHEAD} GROUP BY a.id`,
  );
const blocked = async (world: World) =>
  (await world.row<{ n: number }>(`SELECT count(*)::integer AS n FROM services WHERE 'balance' = ANY (suspended_for)`))
    .n;

describe('accounts that pay ahead when processes die', () => {
  it(
    'have one paid invoice of a period however often a look is killed, and are on in the wake of a top-up',
    () =>
      inWorld(async (world) => {
        const api = await world.start('api');
        await fill(world);
        const dying = await world.startDying('worker', 'billing.prepaid-before-commit');
        expect(await dying.end()).toBe('SIGKILL');
        expect([await blocked(world), (await documents(world)).length]).toEqual([0, 0]);
        const killed = await world.start('worker');
        await until('looks are under way', async () => (await documents(world)).length > 3, 60_000);
        await killed.kill();
        await world.startAll('worker', 'worker');
        const half = ACCOUNTS / 2;
        await until('all are looked at', async () => (await states(world)).off === half, 90_000);
        await until('all that can are on', async () => (await states(world)).on === half, 90_000);
        const first = await documents(world);
        expect([first.length, first.filter(({ n, open }) => n !== 1 || open !== 0).length]).toEqual([half, 0]);
        expect(await blocked(world)).toBe(half);

        const poor = await world.rows<{ id: number; customer_id: number }>(
          `SELECT id, customer_id FROM billing_accounts WHERE ${AHEAD} AND prepaid_state = 'off'`,
        );
        const paid = await inParallel(poor, 4, ({ id, customer_id }) =>
          askPatiently(`${api.url}/v1/billing/payments`, world.database.apiKey, {
            method: 'POST',
            key: `ahead-${id}`,
            body: { customer_id, account_id: id, amount: 150, method: 'cash' },
          }),
        );
        expect(paid.every(({ status }) => status === 201)).toBe(true);
        await until('all are on', async () => (await states(world)).on === ACCOUNTS, 60_000);
        const all = await documents(world);
        const wrong = all.filter(({ n, open }) => n !== 1 || open !== 0).length;
        report('prepaid killed', {
          accounts: ACCOUNTS,
          invoices: all.length,
          duplicated: wrong,
          blocked: await blocked(world),
        });
        expect([all.length, wrong, await blocked(world)]).toEqual([ACCOUNTS, 0, 0]);
      }),
    240_000,
  );
});
