import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { PERMISSIONS } from '@isp/contracts';
import { BillingRuns, CarryOutRun } from '@isp/domain/billing';
import { localDate, systemClock } from '@isp/kernel';
import { type ApiWorld, MovableClock, apiWorld } from '../support/api-world.js';
import { factory } from '../support/api-fixtures.js';
import { violations } from '../support/invariants.js';

interface Run {
  readonly id: number;
  readonly status: string;
  readonly accounts: number;
  readonly accounts_done: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly totals: readonly { plan_id: number | null; subtotal: number }[];
}

const clock = new MovableClock();
let world: ApiWorld;
let key: string;
/** Three customers with a service for 79.99 plus 8 %, since the first of January. */
let accounts: { id: number; customer_id: number; service_id: number }[];

const DAY = 86_400;
/** Moves the clock to noon UTC of a day. */
function goTo(date: string): void {
  clock.shiftSeconds = (Date.parse(`${date}T12:00:00Z`) - systemClock.now().getTime()) / 1000;
}

beforeAll(async () => {
  world = await apiWorld({ seeded: true, clock });
  const made = factory(world);
  key = await world.keyOf(1, PERMISSIONS, 'all');
  const ids = [];
  for (let n = 0; n < 3; n += 1) ids.push(Number(await made.make.active_service(1)));
  accounts = await world.sql(
    `UPDATE services SET activated_at = '2031-01-01', activation_amount = 0 WHERE id IN (${ids});
     UPDATE service_terms SET valid_from = '2031-01-01' WHERE service_id IN (${ids});
     UPDATE billing_accounts SET next_run_on = '2199-01-01';
     UPDATE billing_accounts a SET starts_on = '2031-01-01', next_run_on = NULL, time_zone = 'UTC' FROM services s
      WHERE s.id IN (${ids}) AND s.customer_id = a.customer_id;
     UPDATE billing_account_terms t SET from_on = '2031-01-01' FROM billing_accounts a WHERE a.id = t.account_id AND a.starts_on = '2031-01-01';
     SELECT a.id, a.customer_id, s.id AS service_id FROM billing_accounts a JOIN services s ON s.customer_id = a.customer_id WHERE s.id IN (${ids}) ORDER BY a.id`,
  );
}, 120_000);
afterAll(async () => {
  expect(await violations(world.database.ownerUrl)).toEqual({});
  await world.close();
});

const get = async <T>(path: string) => (await world.ask(`/v1/billing${path}`, { key })).json<T>();
const post = (path: string, body: unknown = {}) => world.ask(`/v1/billing${path}`, { method: 'POST', key, body });
const patch = (path: string, body: unknown) => world.ask(`/v1/billing${path}`, { method: 'PATCH', key, body });
const carryOut = (id: number) => world.program.app.get(CarryOutRun, { strict: false }).execute(id);
async function run(body: object = {}): Promise<Run> {
  const { id } = (await post('/runs', body)).json<Run>();
  await carryOut(id);
  return get<Run>(`/runs/${id}`);
}
const invoices = (accountId: number) =>
  world.sql<{ period_from: string; total: string; kind: string; status: string; events: number }>(
    `SELECT i.period_from::text, i.total_amount::text AS total, i.kind, i.status,
            (SELECT count(*)::integer FROM outbox o WHERE o.name = 'billing.invoice.issued.v1' AND (o.payload->>'invoice_id')::integer = i.id) AS events
       FROM invoices i WHERE account_id = ${accountId} ORDER BY id`,
  );
const first = () => accounts[0]?.id ?? 0;

describe('a billing run', () => {
  it('says in a dry run what it would do, and does nothing', async () => {
    goTo('2031-01-01');
    const dry = await run({ dry_run: true });
    expect(dry).toMatchObject({ status: 'finished', accounts: 3, accounts_done: 3, counts: { invoices: 3 } });
    // 3 × 79.99
    expect(dry.totals).toEqual([{ plan_id: 1, currency: 'USD', subtotal: 239.97, tax_amount: 19.2 }]);
    expect(await invoices(first())).toEqual([]);
  });

  it('invoices each account once for a period, and a second one finds nothing', async () => {
    const real = await run();
    expect(real).toMatchObject({ status: 'finished', counts: { invoices: 3, nothing_due: 0 } });
    expect(await invoices(first())).toEqual([
      { period_from: '2031-01-01', total: '86.3900', kind: 'recurring', status: 'pending', events: 1 },
    ]);
    expect(await run()).toMatchObject({ status: 'finished', accounts: 0, progress: 1 });
    await Promise.all([1, 2, 3, 4].map(() => world.program.app.get(BillingRuns, { strict: false }).tend()));
    expect(await get<{ runs: Run[] }>('/runs?status=running')).toMatchObject({ runs: [] });
  });

  it('begins by itself on the day of an account, where it is, once', async () => {
    // In Kiritimati the first of February has begun, elsewhere it has not.
    await world.sql(`UPDATE billing_accounts SET time_zone = 'Pacific/Kiritimati' WHERE id = ${first()}`);
    goTo('2031-01-31');
    await Promise.all([1, 2, 3, 4].map(() => world.program.app.get(BillingRuns, { strict: false }).tend()));
    const { runs } = await get<{ runs: Run[] }>('/runs?status=running');
    expect(runs).toMatchObject([{ origin: 'schedule', accounts: 1 }]);
    await Promise.all([carryOut(runs[0]?.id ?? 0), carryOut(runs[0]?.id ?? 0)]);
    expect((await invoices(first())).map(({ period_from }) => period_from)).toEqual(['2031-01-01', '2031-02-01']);
    expect(
      await world.sql(
        `SELECT issued_on::text FROM invoices WHERE account_id = ${first()} AND period_from = '2031-02-01'`,
      ),
    ).toEqual([{ issued_on: '2031-02-01' }]);
  });

  it('catches up period by period after a long absence', async () => {
    goTo('2031-05-01');
    // Three months at once are none of them more than before.
    const dry = await run({ dry_run: true, until: '2031-04-15' });
    expect(dry).toMatchObject({ accounts_done: 3, counts: { invoices: 8 } });
    expect(await get(`/runs/${dry.id}/findings`)).toMatchObject({ findings: [] });
    expect((await post('/runs', { until: '2031-05-03' })).text).toContain('"RUN_AHEAD"');
    const caughtUp = await run({ until: '2031-04-15' });
    expect(caughtUp).toMatchObject({ status: 'finished', accounts: 3, accounts_done: 3, counts: { invoices: 8 } });
    for (const { id } of accounts) {
      const periods = (await invoices(id)).map(({ period_from }) => period_from);
      expect(periods).toEqual(['2031-01-01', '2031-02-01', '2031-03-01', '2031-04-01']);
    }
  });

  it('lists what it parked, and what is far from what it was', async () => {
    const [, second, third] = accounts;
    await patch(`/accounts/${second?.id}`, { limit_amount: 50 });
    await post(`/accounts/${third?.id}/discounts`, { name: 'Half', percent: 50, from: '2031-05-01' });
    const dry = await run({ dry_run: true });
    expect(dry.counts).toMatchObject({ invoices: 2, parked: 1 });
    expect(await get(`/runs/${dry.id}/findings?kind=outlier`)).toMatchObject({
      findings: [{ account_id: third?.id, before_amount: 86.39, amount: 43.19, detail: 'much less than before' }],
    });
    expect(await get(`/accounts/${second?.id}`)).toMatchObject({ parked_for: null });
    const real = await run();
    expect(real).toMatchObject({ accounts_done: 3, counts: { invoices: 2, parked: 1 } });
    expect(await get(`/accounts/${second?.id}`)).toMatchObject({ parked_for: 'too_much' });
    // It is still due, and waits for a person.
    const next = await run();
    expect(next).toMatchObject({ accounts: 0 });
    expect(await get(`/runs/${next.id}/findings`)).toMatchObject({
      findings: [{ kind: 'parked', account_id: second?.id }],
    });
    await patch(`/accounts/${second?.id}`, { limit_amount: null });
    await post(`/accounts/${second?.id}/unpark`);
    expect(await run()).toMatchObject({ counts: { invoices: 1 } });
  });

  it('parks an account that cannot be billed, and bills the others', async () => {
    goTo('2031-06-01');
    await world.sql(`UPDATE service_terms SET monthly_amount = 'NaN' WHERE service_id = ${accounts[1]?.service_id}`);
    const result = await run();
    expect(result).toMatchObject({ accounts: 3, accounts_done: 3, counts: { invoices: 2, failed: 1 } });
    expect(await get(`/accounts/${accounts[1]?.id}`)).toMatchObject({ parked_for: 'failed' });
    await world.sql(`UPDATE service_terms SET monthly_amount = 79.99 WHERE service_id = ${accounts[1]?.service_id}`);
    await post(`/accounts/${accounts[1]?.id}/unpark`);
    expect(await run()).toMatchObject({ counts: { invoices: 1 } });
  });

  it('can be cancelled, once', async () => {
    goTo('2031-07-01');
    const { id } = (await post('/runs')).json<Run>();
    expect((await post(`/runs/${id}/cancel`)).json()).toMatchObject({ status: 'cancelled', accounts_done: 0 });
    expect((await post(`/runs/${id}/cancel`)).status).toBe(409);
    await carryOut(id);
    expect(await get(`/runs/${id}`)).toMatchObject({ accounts_done: 0 });
    expect(await run()).toMatchObject({ counts: { invoices: 3 } });
  });

  it('F17: over 14 months, an end of year and changes of clocks, each period is invoiced once', async () => {
    await world.sql(`UPDATE billing_accounts SET time_zone = 'America/St_Johns' WHERE id = ${first()}`);
    goTo('2031-07-15');
    for (let day = 0; day < 426; day += 9) {
      await run();
      clock.shiftSeconds += 9 * DAY;
    }
    for (const { id } of accounts) {
      const periods = (await invoices(id)).map(({ period_from }) => period_from);
      expect(new Set(periods).size).toBe(periods.length);
      expect([periods.length, periods.at(-1)]).toEqual([21, '2032-09-01']);
    }
    expect(localDate(clock.now(), 'UTC') > '2032-09-01').toBe(true);
  }, 60_000);
});
