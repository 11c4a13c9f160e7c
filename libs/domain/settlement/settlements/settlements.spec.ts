import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CreateCustomer } from '@isp/domain/customers';
import { CreatePartner } from '@isp/domain/partners';
import { ChangeServicePlan, OrderInternetService, SetStaticAddress } from '@isp/domain/services';
import {
  actor,
  clock,
  closeServices,
  exempt,
  move,
  online,
  openServices,
  plans,
  sql,
  suspend,
  unique,
  use,
} from '../../../../test/support/services-world.js';
import { SettlementModule } from '../settlement.module.js';
import { IssueSettlement } from './issue-settlement.usecase.js';
import { ProveSettlement } from './prove-settlement.queries.js';
import { SettlementComputer } from './settlement-computer.js';
import { SettlementTerms } from './settlement-terms.js';
import { SettlementQueries } from './settlement.queries.js';

let newYork: number;
let johannesburg: number;

beforeAll(async () => {
  await openServices(SettlementModule);
  exempt('nothing is open for a service that ended', 'lines are given a past, and no network took part in it');
  const partner = async (name: string, timeZone: string) =>
    (await use(CreatePartner).execute({ actor, name, kind: 'isp', timeZone })).id;
  newYork = await partner('Hudson', 'America/New_York');
  johannesburg = await partner('Ripple', 'Africa/Johannesburg');
}, 120_000);
afterAll(closeServices);

/** Where it is noon now, so that no day and no month ends while a test runs. */
function zoneAtNoon(): string {
  // The signs are POSIX's: Etc/GMT+5 is five hours behind UTC.
  const behind = clock.now().getUTCHours() - 12;
  return `Etc/GMT${behind < 0 ? '-' : '+'}${Math.abs(behind)}`;
}

const refusal = (code: string) => expect.objectContaining({ code }) as never;
const preview = async (partnerId: number, month: string) =>
  (await use(IssueSettlement).preview({ actor, partnerId, month })).lines.map(
    ({ serviceId, kind, days, net }) => `${serviceId} ${kind} ${days} ${net}`,
  );
const issue = (partnerId: number, month: string) => use(IssueSettlement).execute({ actor, partnerId, month });
const prove = (partnerId: number, month: string) => use(ProveSettlement).execute({ actor, partnerId, month });

async function ordered(partnerId: number): Promise<number> {
  const n = unique();
  const values = { name: `L ${n}`, email: `line${n}@spec.example`, phone: `+1404555${String(n).padStart(4, '0')}` };
  const customerId = (await use(CreateCustomer).execute({ actor, partnerId, ...values })).id;
  return (await use(OrderInternetService).execute({ actor, customerId, planId: plans.home })).id;
}

/** A line with a history of another time: what it was since when, and what it cost since when. */
async function line(
  partnerId: number,
  statuses: readonly (readonly [at: string, status: string])[],
  terms: readonly (readonly [at: string, amount: string])[] = [],
): Promise<number> {
  const id = await ordered(partnerId);
  const began = '2020-01-01T12:00:00Z';
  const ended = statuses.find(([, status]) => status === 'terminated')?.[0];
  await sql(`
    UPDATE services SET created_at = '${began}', terminated_at = ${ended ? `'${ended}'` : 'NULL'} WHERE id = ${id};
    DELETE FROM service_history WHERE service_id = ${id};
    UPDATE service_terms SET valid_from = '${began}' WHERE service_id = ${id}`);
  for (const [at, status] of statuses)
    await sql(`INSERT INTO service_history (partner_id, customer_id, service_id, axis, to_value, at, actor)
      SELECT partner_id, customer_id, id, 'status', '${status}', '${at}', 'spec' FROM services WHERE id = ${id}`);
  for (const [at, amount] of terms)
    await sql(`INSERT INTO service_terms (partner_id, customer_id, service_id, plan_id, plan_version, static_ip, monthly_amount, currency, valid_from)
      SELECT partner_id, customer_id, id, plan_id, plan_version, static_ip, ${amount}, currency, '${at}' FROM services WHERE id = ${id}`);
  return id;
}

describe('days begin and end where the partner is', () => {
  it('on both sides of midnight', async () => {
    const late = await line(johannesburg, [['2025-01-30T21:59:59Z', 'active']]);
    const early = await line(johannesburg, [['2025-01-30T22:00:00Z', 'active']]);
    const next = await line(johannesburg, [['2025-01-31T22:00:00Z', 'active']]);
    // 79.99 × 2/31, × 1/31
    expect(await preview(johannesburg, '2025-01')).toEqual([`${late} monthly 2 5.16`, `${early} monthly 1 2.58`]);
    expect(await preview(johannesburg, '2025-02')).toEqual([late, early, next].map((id) => `${id} monthly 28 79.99`));
    await sql(`UPDATE services SET terminated_at = '2025-03-01T12:00:00Z' WHERE id IN (${late}, ${early}, ${next});
      INSERT INTO service_history (partner_id, customer_id, service_id, axis, to_value, at, actor)
      SELECT partner_id, customer_id, id, 'status', 'terminated', terminated_at, 'spec' FROM services WHERE id IN (${late}, ${early}, ${next})`);
    expect(await preview(johannesburg, '2025-03')).toEqual([]);
    expect(await preview(johannesburg, '2025-04')).toEqual([]);
  });

  it('also where a day has 23 or 25 hours', async () => {
    // Clocks go forward on 9 March and back on 2 November 2025; midnight is at 05:00 and 04:00 UTC.
    const spring = await line(newYork, [
      ['2025-03-09T05:00:00Z', 'active'],
      ['2025-03-10T04:00:00Z', 'terminated'],
    ]);
    const autumn = await line(newYork, [
      ['2025-11-02T03:59:59Z', 'active'],
      ['2025-11-03T05:00:00Z', 'terminated'],
    ]);
    expect(await preview(newYork, '2025-03')).toEqual([`${spring} monthly 1 2.58`]);
    expect(await preview(newYork, '2025-11')).toEqual([`${autumn} monthly 2 5.33`]);
  });

  it('of a leap year’s February too', async () => {
    const id = await line(newYork, [
      ['2024-02-29T12:00:00Z', 'active'],
      ['2024-03-01T12:00:00Z', 'terminated'],
    ]);
    expect(await preview(newYork, '2024-02')).toEqual([`${id} monthly 1 2.76`]);
    expect(await preview(newYork, '2024-03')).toEqual([]);
  });
});

describe('what is settled', () => {
  it('follows what services really go through', async () => {
    const timeZone = zoneAtNoon();
    const isp = (await use(CreatePartner).execute({ actor, name: 'Live', kind: 'isp', timeZone })).id;
    const id = await online(await ordered(isp));
    await use(SetStaticAddress).execute({ actor, serviceId: id, enabled: false });
    const changed = await online(await ordered(isp));
    await use(ChangeServicePlan).execute({ actor, serviceId: changed, planId: plans.fast, when: 'now' });
    const blocked = await online(await ordered(isp));
    await suspend(blocked, 'payment');
    const ended = await online(await ordered(isp));
    await move(ended, 'terminated');
    const [now] = await sql<{ month: string; left: number; days: number }>(
      `WITH today AS (SELECT now() AT TIME ZONE '${timeZone}' AS at),
         month AS (SELECT extract(day FROM date_trunc('month', at) + interval '1 month - 1 day')::integer AS days FROM today)
       SELECT to_char(at, 'YYYY-MM') AS month, days, days - extract(day FROM at)::integer + 1 AS left FROM today, month`,
    );
    const { month = '', left = 0, days = 1 } = now ?? {};
    // Half-up, in whole cents.
    const share = (cents: number) => (Math.floor((2 * cents * left + days) / (2 * days)) / 100).toFixed(2);
    expect(await preview(isp, month)).toEqual([
      `${id} monthly ${left} ${share(7_999)}`,
      `${changed} monthly ${left} ${share(9_999)}`,
      `${blocked} monthly ${left} ${share(7_999)}`,
    ]);
    await use(SettlementTerms).set({ actor, partnerId: isp, fromMonth: month, suspendedPercent: '0' });
    expect((await preview(isp, month)).at(-1)).toBe(`${blocked} suspended ${left} 0.00`);
    await expect(issue(isp, month)).rejects.toEqual(refusal('settlement.month.not_over'));
    await expect(issue(1, '2025-01')).rejects.toEqual(refusal('settlement.partner.operator'));
  });

  it('has a record of every price from the order on, which the application cannot touch', async () => {
    const id = await ordered(newYork);
    await use(ChangeServicePlan).execute({ actor, serviceId: id, planId: plans.fast, when: 'now' });
    const terms = await sql<{ amount: string }>(
      `SELECT monthly_amount::text AS amount FROM service_terms WHERE service_id = ${id} ORDER BY id`,
    );
    expect(terms.map(({ amount }) => amount)).toEqual(['79.9900', '99.9900']);
    const [may] = await sql<{ insert: boolean; update: boolean; lines: boolean; issued: boolean }>(
      `SELECT has_table_privilege('isp_app', 'service_terms', 'INSERT') AS insert, has_table_privilege('isp_app', 'service_terms', 'UPDATE') AS update,
              has_table_privilege('isp_app', 'settlement_lines', 'UPDATE, DELETE') AS lines, has_table_privilege('isp_app', 'settlements', 'UPDATE, DELETE') AS issued`,
    );
    expect(may).toEqual({ insert: false, update: false, lines: false, issued: false });
  });
});

describe('an issued settlement', () => {
  let isp: number;
  let id: number;
  beforeAll(async () => {
    const terms = { name: 'Issued', kind: 'isp', timeZone: 'Africa/Johannesburg' } as const;
    isp = (await use(CreatePartner).execute({ actor, ...terms })).id;
    const changes = [['2025-01-15T22:00:00Z', '779.1304']] as const;
    id = await line(isp, [['2024-06-01T12:00:00Z', 'active']], [['2024-06-01T12:00:00Z', '477.3913'], ...changes]);
  });

  it('is what was computed, to the cent, and there is one', async () => {
    const issued = await issue(isp, '2025-01');
    // 477.3913 × 15/31 + 779.1304 × 16/31, each half-up.
    expect(issued.totals).toEqual([{ currency: 'USD', net: '633.13', tax: '0.00', gross: '633.13' }]);
    expect([issued.lineCount, issued.timeZone]).toEqual([2, 'Africa/Johannesburg']);
    await expect(issue(isp, '2025-01')).rejects.toEqual(refusal('settlement.settlement.issued_already'));
    const { lines } = await use(SettlementQueries).withLines(actor, isp, '2025-01', { limit: 1, offset: 1 });
    expect(lines).toMatchObject([{ serviceId: id, days: 16, periods: [{ from: 16, to: 31 }], net: '402.13' }]);
    const terms = { actor, partnerId: isp, fromMonth: '2025-01', suspendedPercent: '0' };
    await expect(use(SettlementTerms).set(terms)).rejects.toEqual(refusal('settlement.terms.month_settled'));
  });

  it('is the same however few services are in memory at a time', async () => {
    const terms = { name: 'Sliced', kind: 'isp', timeZone: 'Africa/Johannesburg' } as const;
    const sliced = (await use(CreatePartner).execute({ actor, ...terms })).id;
    const amounts = [['2024-06-01T12:00:00Z', '10.5'] as const, ['2025-01-15T22:00:00Z', '20.25'] as const];
    for (let n = 0; n < 5; n += 1)
      await line(sliced, [['2024-06-01T12:00:00Z', 'active']], n % 2 === 0 ? amounts : amounts.slice(0, 1));
    const whole = await use(IssueSettlement).preview({ actor, partnerId: sliced, month: '2025-01' });
    const computer = use(SettlementComputer);
    const usual = computer.servicesAtOnce;
    try {
      for (const servicesAtOnce of [1, 2, 5]) {
        Object.assign(computer, { servicesAtOnce });
        expect(await use(IssueSettlement).preview({ actor, partnerId: sliced, month: '2025-01' })).toEqual(whole);
      }
      Object.assign(computer, { servicesAtOnce: 2 });
      const { digest, totals, lineCount } = await issue(sliced, '2025-01');
      expect([digest, totals, lineCount]).toEqual([whole.digest, whole.totals, 8]);
    } finally {
      Object.assign(computer, { servicesAtOnce: usual });
    }
    expect(await prove(sliced, '2025-01')).toMatchObject({ matches: true, onlyStored: [], onlyComputed: [] });
    const positions = await sql<{ position: number }>(
      `SELECT position FROM settlement_lines WHERE partner_id = ${sliced} ORDER BY position`,
    );
    expect(positions.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('is issued once by whoever tries at the same moment', async () => {
    const tried = await Promise.allSettled(
      [0, 1, 0, 1].map((process) => use(IssueSettlement, process).execute({ actor, partnerId: isp, month: '2025-02' })),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await use(SettlementQueries).list(actor, isp, { limit: 10, offset: 0 })).total).toBe(2);
  });

  it('proves itself, also after the partner moved and its lines went on', async () => {
    await sql(`UPDATE partners SET time_zone = 'Pacific/Auckland' WHERE id = ${isp}`);
    await use(SettlementTerms).set({ actor, partnerId: isp, fromMonth: '2025-03', suspendedPercent: '10' });
    expect(await prove(isp, '2025-01')).toMatchObject({
      matches: true,
      totalsMatch: true,
      onlyStored: [],
      onlyComputed: [],
    });
  });

  it('shows what was tampered with: its lines, its totals, or the history under it', async () => {
    await sql(
      `UPDATE settlement_lines SET net_amount = 1, gross_amount = 1 + tax_amount WHERE partner_id = ${isp} AND position = 1`,
    );
    const forged = await prove(isp, '2025-01');
    expect([forged.matches, forged.totalsMatch, forged.onlyStored.length, forged.onlyComputed[0]?.net]).toEqual([
      false,
      false,
      1,
      '231.00',
    ]);
    const second = await prove(isp, '2025-02');
    expect([second.matches, second.issuedDigest === second.computedDigest]).toEqual([false, true]);
    await issue(isp, '2025-04');
    await sql(`UPDATE service_terms SET monthly_amount = 1 WHERE service_id = ${id}`);
    const rewritten = await prove(isp, '2025-04');
    expect([rewritten.matches, rewritten.issuedDigest === rewritten.storedDigest, rewritten.totalsMatch]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('of a month is over when the month is, where the partner is', async () => {
    const now = clock.now();
    const kiritimati = { name: 'Early', kind: 'isp', timeZone: 'Pacific/Kiritimati' } as const;
    const early = (await use(CreatePartner).execute({ actor, ...kiritimati })).id;
    const midnight = (month: string, hours: number) =>
      (Date.parse(`${month}-01T00:00:00Z`) - hours * 3_600_000 - now.getTime()) / 1000;
    clock.shift = midnight('2026-12', 14) - 60;
    await expect(issue(early, '2026-11')).rejects.toEqual(refusal('settlement.month.not_over'));
    clock.shift += 120;
    expect((await issue(early, '2026-11')).lineCount).toBe(0);
    clock.shift = 0;
  });
});
