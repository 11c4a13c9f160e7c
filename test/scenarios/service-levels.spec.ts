import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountQueries, GenerateInvoice, InvoiceQueries, VoidInvoice } from '@isp/domain/billing';
import {
  CorrectOutage,
  FollowDevice,
  LevelQueries,
  LevelTerms,
  MeasureLevels,
  OutageQueries,
  OutagesModule,
  PlanMaintenance,
  TendOutages,
} from '@isp/domain/outages';
import { OrderBundle } from '@isp/domain/services';
import { systemClock } from '@isp/kernel';
import {
  active,
  actor,
  clock,
  closeServices,
  customer,
  online,
  openServices,
  plans,
  read,
  sql,
  use,
} from '../support/services-world.js';

/**
 * March 2027 in New York, which has 743 hours. Two lines behind one OLT, one of them paused for some days, one line behind
 * another, together with a bundle's; two outages, of which one is corrected afterwards (and once more, back), and a night of announced work.
 */
let first: { olt: number; line: number; paused: number };
let second: { olt: number; line: number; bundled: number; bundle: number };
const PAGE = { limit: 100, offset: 0 };

const travel = (to: string): void => {
  clock.shift = (Date.parse(to) - systemClock.now().getTime()) / 1000;
};
async function hang(olt: number, id: number): Promise<number> {
  await sql(`INSERT INTO devices (name, kind, olt_id, service_id) VALUES ('ont ${id}', 'ont', ${olt}, ${id});
    UPDATE services SET activated_at = '2027-01-31T15:00:00Z' WHERE id = ${id}`);
  return id;
}
async function oltWith(lines: number): Promise<number[]> {
  const [olt] = await sql<{ id: number }>(
    `INSERT INTO devices (name, kind) SELECT 'olt ' || count(*), 'olt' FROM devices RETURNING id`,
  );
  const ids: number[] = [];
  for (let n = 0; n < lines; n += 1) ids.push(await hang(olt?.id ?? 0, await active()));
  return [olt?.id ?? 0, ...ids];
}
async function down(deviceId: number, from: string, until: string, sequence: number): Promise<number> {
  travel(from);
  await use(FollowDevice).execute({ deviceId, nowIs: 'down', at: new Date(from), sequence });
  travel(until);
  await use(FollowDevice).execute({ deviceId, nowIs: 'up', at: new Date(until), sequence: sequence + 1 });
  clock.shift += 600;
  await use(TendOutages).execute();
  const { rows } = await use(OutageQueries).list(actor, { deviceId }, PAGE);
  return rows[0]?.id ?? 0;
}
/** Two workers at once. */
const measured = () => Promise.all([0, 1].map((process) => use(MeasureLevels, process).execute()));
const march = async (serviceId: number) => {
  const { rows } = await use(LevelQueries).list(actor, { serviceId, period: '2027-03' }, PAGE);
  expect(rows).toHaveLength(1);
  return rows[0] as (typeof rows)[number];
};
const proofOf = async (serviceId: number) => use(LevelQueries).prove(actor, (await march(serviceId)).id);
const creditsOf = async (serviceId: number) => {
  const { documents, proven } = await proofOf(serviceId);
  expect(proven).toBe(true);
  return documents.map(({ number, amount }) => [number.slice(0, 3), amount]);
};
const correct = (outageId: number, endedAt: string) =>
  use(CorrectOutage).execute({ actor, outageId, endedAt: new Date(endedAt), reason: 'Log of the field team' });

beforeAll(async () => {
  await openServices(OutagesModule);
  await sql(`UPDATE plan_versions SET sla_uptime_percent = 99.9, tax_percent = 10`);
  const [oltA = 0, line = 0, paused = 0] = await oltWith(2);
  const [oltB = 0, lineB = 0] = await oltWith(1);
  first = { olt: oltA, line, paused };
  const { bundle, parts } = await use(OrderBundle).execute({
    actor,
    customerId: await customer(),
    planId: plans.duo,
    parts: [
      { serviceType: 'internet', planId: plans.home },
      { serviceType: 'voice', planId: plans.voice },
    ],
  });
  const bundled = await hang(oltB, await online(parts[0]?.id ?? 0));
  second = { olt: oltB, line: lineB, bundled, bundle: bundle.id };
  await sql(`
    INSERT INTO device_probes (device_id, hour, asked, answered, elapsed_ms)
      SELECT d.id, h, 12, 12, 120 FROM devices d, generate_series('2027-03-01T05:00:00Z', '2027-04-01T03:00:00Z', interval '1 hour') h
       WHERE d.kind = 'olt';
    UPDATE device_probes SET answered = 6, elapsed_ms = 60 WHERE device_id = ${oltB} AND hour = '2027-03-20T12:00:00Z';
    INSERT INTO service_suspensions (partner_id, customer_id, service_id, cause, since, ended_at)
      SELECT partner_id, customer_id, id, 'pause', '2027-03-09T05:00:00Z', '2027-03-12T05:00:00Z' FROM services WHERE id = ${paused};
    UPDATE billing_accounts SET starts_on = '2027-03-01'; UPDATE billing_account_terms SET from_on = '2027-03-01'`);
  travel('2027-02-20T12:00:00Z');
  const credit = { creditPercent: '10', creditMinutes: 60, creditUnit: 'started', creditCapPercent: '100' } as const;
  const promise = { latencyMs: 30, packetLossPercent: 0.5, creditWhen: 'month_end' } as const;
  await use(LevelTerms).add(actor, { planId: plans.home, from: '2027-03-01', ...promise, ...credit });
}, 120_000);
afterAll(closeServices, 60_000);

describe('a month from its first outage to the last correction', () => {
  let long: number;
  let short: number;

  it('is lived through', async () => {
    long = await down(first.olt, '2027-03-10T08:00:00Z', '2027-03-10T11:00:00Z', 1);
    travel('2027-03-12T12:00:00Z');
    await use(PlanMaintenance).execute({
      actor,
      place: { deviceId: first.olt, nodeId: null },
      title: 'New software',
      startsAt: new Date('2027-03-15T05:00:00Z'),
      endsAt: new Date('2027-03-15T09:00:00Z'),
    });
    await down(first.olt, '2027-03-15T06:00:00Z', '2027-03-15T07:00:00Z', 3);
    short = await down(second.olt, '2027-03-20T12:00:00Z', '2027-03-20T12:30:00Z', 1);
    const { total } = await use(OutageQueries).list(actor, {}, PAGE);
    expect(total).toBe(2);
    // While the month lasts it is measured and credits nothing: that is due at its end.
    await measured();
    expect(await march(first.line)).toMatchObject({ downSeconds: 3 * 3_600, met: false, final: false });
    expect(await creditsOf(first.line)).toEqual([]);
  }, 60_000);

  it('ends with one credit for whom it was below the promise, and none for the others', async () => {
    travel('2027-04-01T06:00:00Z');
    const outcomes = await measured();
    expect(outcomes.reduce((sum, { credited }) => sum + credited, 0)).toBe(1);
    // 739 hours without the announced work: 0.1 % are 44.34 minutes; 135.66 are below, which is three hours that began.
    expect(await march(first.line)).toMatchObject({
      agreedSeconds: 739 * 3_600,
      maintenanceSeconds: 4 * 3_600,
      measuredSeconds: 739 * 3_600,
      downSeconds: 3 * 3_600,
      actualPercent: 99.594046,
      incidents: 1,
      repairSeconds: 3 * 3_600,
      met: false,
      final: true,
      latencyMs: 10,
      packetLossPercent: 0,
      committedLatencyMs: 30,
      creditAmount: '24.0000',
      creditedAmount: '24.0000',
    });
    expect(await creditsOf(first.line)).toEqual([['CN-', '24.0000']]);
    // Paused from the 9th to the 12th: the outage was not in time that was owed.
    expect(await march(first.paused)).toMatchObject({ agreedSeconds: (739 - 72) * 3_600, downSeconds: 0, met: true });
    expect(await creditsOf(first.paused)).toEqual([]);
    expect(await march(second.line)).toMatchObject({ downSeconds: 1_800, met: true, packetLossPercent: 0.067 });
    expect(await creditsOf(second.line)).toEqual([]);
    await measured();
    expect(await creditsOf(first.line)).toHaveLength(1);
  }, 60_000);

  it('is on the invoice', async () => {
    const { customerId } = await read(first.line);
    const accountId = await use(AccountQueries).idFor(actor, customerId, undefined);
    const invoice = await use(GenerateInvoice).execute({ actor, accountId });
    // The credit with its tax of 10 % pays what comes.
    expect(invoice).toMatchObject({ status: 'partially_paid', settledAmount: '26.4000' });
    const notes = await use(InvoiceQueries).list(actor, { customerId, document: 'credit_note' }, PAGE);
    expect(notes.rows).toMatchObject([{ totalAmount: '-26.4000', taxAmount: '-2.4000', correctsId: null }]);
    const proof = await use(InvoiceQueries).proof(actor, notes.rows[0]?.id ?? 0);
    expect(proof.proven).toBe(true);
    expect(proof.lines[0]?.line.description).toBe(
      'Service level 2027-03: 135.66 minutes below 99.900 %: 3 started × 60 minutes × 10.000 % = 30 % of 79.9900 = 24.00',
    );
  }, 60_000);

  it('follows the corrections of its outages, by the difference', async () => {
    travel('2027-04-05T12:00:00Z');
    await correct(long, '2027-03-10T12:30:00Z');
    await correct(short, '2027-03-20T15:00:00Z');
    expect((await proofOf(first.line)).unchanged).toBe(false);
    await measured();
    expect(await creditsOf(first.line)).toEqual([
      ['CN-', '24.0000'],
      ['CN-', '8.0000'],
    ]);
    expect(await creditsOf(second.line)).toEqual([['CN-', '24.0000']]);
    // 30 % of the bundle's 84.99: what its line fell short of is credited to it.
    const { documents } = await proofOf(second.bundled);
    expect(documents.map(({ amount }) => amount)).toEqual(['25.5000']);
    expect((await use(InvoiceQueries).get(actor, documents[0]?.invoiceId ?? 0)).lines).toMatchObject([
      { serviceId: second.bundle },
    ]);
    expect(await creditsOf(first.paused)).toEqual([]);
    await correct(short, '2027-03-20T12:30:00Z');
    await measured();
    await measured();
    expect(await creditsOf(second.line)).toEqual([
      ['CN-', '24.0000'],
      ['INV', '-24.0000'],
    ]);
    expect(await march(second.line)).toMatchObject({ met: true, creditAmount: '0.0000', creditedAmount: '0.0000' });
    const { rows } = await use(OutageQueries).corrections(actor, short, PAGE);
    expect(rows.map(({ wasEndedAt, endedAt, reason }) => [wasEndedAt, endedAt, reason])).toEqual([
      [new Date('2027-03-20T12:30:00Z'), new Date('2027-03-20T15:00:00Z'), 'Log of the field team'],
      [new Date('2027-03-20T15:00:00Z'), new Date('2027-03-20T12:30:00Z'), 'Log of the field team'],
    ]);
  }, 60_000);

  it('counts documents that were voided for nothing', async () => {
    await correct(short, '2027-03-20T15:00:00Z');
    await measured();
    const note = (await proofOf(second.line)).documents.at(-1);
    await use(VoidInvoice).execute({ actor, invoiceId: note?.invoiceId ?? 0, reason: 'By mistake' });
    expect(await proofOf(second.line)).toMatchObject({ level: { creditedAmount: '0.0000' }, credited: false });
    // Shorter than that note said: nothing is taken back, as nothing was given.
    await correct(short, '2027-03-20T14:00:00Z');
    await measured();
    expect(await creditsOf(second.line)).toEqual([
      ['CN-', '24.0000'],
      ['INV', '-24.0000'],
      ['CN-', '24.0000'],
      ['CN-', '16.0000'],
    ]);
    expect(await march(second.line)).toMatchObject({ creditAmount: '16.0000', creditedAmount: '16.0000' });
  }, 60_000);

  it('is credited a day later when billing refused it at first', async () => {
    const paidIn = (currency: string) =>
      sql(`ALTER TABLE services DISABLE TRIGGER services_new_terms;
        UPDATE services SET currency = '${currency}' WHERE id = ${second.line};
        ALTER TABLE services ENABLE TRIGGER services_new_terms`);
    await paidIn('EUR');
    await correct(short, '2027-03-20T15:00:00Z');
    await measured();
    expect(await march(second.line)).toMatchObject({ creditedAmount: '16.0000', creditError: 'billing.account.none' });
    await paidIn('USD');
    await measured();
    expect(await march(second.line)).toMatchObject({ creditedAmount: '16.0000', creditError: 'billing.account.none' });
    clock.shift += 86_401;
    await measured();
    expect(await march(second.line)).toMatchObject({ creditedAmount: '24.0000', creditError: null });
  }, 60_000);
});
