import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActorFor } from '@isp/contracts';
import { type ContractTerms, SupplierContracts, Suppliers, SuppliersModule } from '@isp/domain/suppliers';
import { addDays, addMonths } from '@isp/kernel';
import { actor, clock, closeServices, openServices, sql, use } from '../../../../test/support/services-world.js';
import { CorrectOutage } from '../outages/correct-outage.usecase.js';
import { OpenOutage } from '../outages/open-outage.usecase.js';
import { OutagesModule } from '../outages.module.js';
import { SupplierClaims } from './claims.js';
import { MeasureClaims } from './measure-claims.usecase.js';

const PAGE = { limit: 100, offset: 0 };
let month: string;
let supplierId: number;

beforeAll(async () => {
  await openServices(OutagesModule, SuppliersModule);
  // The middle of a month: there is one that is over, and one that lasts.
  const today = clock.now().toISOString();
  month = today.slice(0, 7);
  clock.shift = (Date.parse(`${addMonths(`${month}-15`, 1)}T12:00:00Z`) - Date.parse(today)) / 1000;
  supplierId = (await use(Suppliers).add(actor, { name: 'Backhaul', email: null, phone: null, status: 'active' })).id;
}, 120_000);
afterAll(() => closeServices());

let serial = 0;
async function contract(more: Partial<ContractTerms> = {}): Promise<{ contractId: number; deviceId: number }> {
  serial += 1;
  const [device] = await sql<{ id: number }>(
    `INSERT INTO devices (name, kind) VALUES ('supplied ${serial}', 'router') RETURNING id`,
  );
  const deviceId = device?.id ?? 0;
  const terms: ContractTerms = {
    supplierId,
    reference: `BH-${serial}`,
    description: null,
    deviceId,
    nodeId: null,
    validFrom: '2020-01-01',
    validUntil: null,
    timeZone: 'UTC',
    monthlyAmount: '12000',
    currency: 'ZAR',
    committedPercent: '99.9',
    creditPercent: '5',
    creditMinutes: 60,
    creditUnit: 'started',
    creditCapPercent: '100',
    claimDays: 30,
    ...more,
  };
  return { contractId: (await use(SupplierContracts).add(actor, terms)).id, deviceId };
}
/** An outage of a device on the 10th, so many hours long. */
async function outage(deviceId: number, hours: number): Promise<number> {
  const { id } = await use(OpenOutage).execute({ actor, place: { deviceId, nodeId: null }, title: 'Cut' });
  await correct(id, hours);
  return id;
}
const correct = (outageId: number, hours: number) =>
  use(CorrectOutage).execute({
    actor,
    outageId,
    startedAt: new Date(`${month}-10T10:00:00Z`),
    endedAt: new Date(Date.parse(`${month}-10T10:00:00Z`) + hours * 3_600_000),
    reason: 'As they saw it',
  });
const claims = async (contractId: number) => (await use(SupplierClaims).list(actor, { contractId }, PAGE)).rows;
const claim = async (contractId: number) =>
  (await claims(contractId))[0] as NonNullable<Awaited<ReturnType<typeof claims>>[0]>;
const move = (id: number, to: 'submitted' | 'accepted' | 'rejected' | 'withdrawn' | 'open', settledAmount?: string) =>
  use(SupplierClaims).move(actor, id, { to, settledAmount });

describe('a claim on a supplier', () => {
  it('is what was promised less what was delivered, to the cent, once whoever measures', async () => {
    const { contractId, deviceId } = await contract();
    await outage(deviceId, 3);
    await Promise.all([use(MeasureClaims).execute(), use(MeasureClaims, 1).execute()]);
    // 180 minutes less a thousandth of the month (40 to 45): 3 hours begun, 5 % each, of 12,000.
    const [only, ...others] = await claims(contractId);
    expect(others).toEqual([]);
    expect(only).toMatchObject({
      period: `${month}-01`,
      status: 'open',
      downSeconds: 10_800,
      amount: '1800.0000',
      measuredAmount: '1800.0000',
      currency: 'ZAR',
    });
    expect(only?.arithmetic).toMatch(
      /^13\d(\.\d+)? minutes below 99\.9(00)? %: 3 started × 60 minutes × 5(\.000)? % = 15 % of 12000(\.0000)? = 1800\.00$/,
    );
    await use(MeasureClaims).execute();
    expect((await claim(contractId)).version).toBe(only?.version);
  });

  it('follows a correction until it is sent, and says the difference then', async () => {
    const { contractId, deviceId } = await contract();
    const id = await outage(deviceId, 3);
    await use(MeasureClaims).execute();
    await correct(id, 4);
    await use(MeasureClaims).execute();
    expect(await claim(contractId)).toMatchObject({
      amount: '2400.0000',
      measuredAmount: '2400.0000',
      downSeconds: 14_400,
    });
    const sent = await move((await claim(contractId)).id, 'submitted');
    expect(sent.status).toBe('submitted');
    await correct(id, 2);
    await use(MeasureClaims).execute();
    expect(await claim(contractId)).toMatchObject({
      amount: '2400.0000',
      measuredAmount: '1200.0000',
      downSeconds: 14_400,
    });
    await expect(move(sent.id, 'accepted', '2400.01')).rejects.toMatchObject({ code: 'outages.claim.too_much' });
    expect(await move(sent.id, 'accepted', '1200')).toMatchObject({ status: 'accepted', settledAmount: '1200.0000' });
    await expect(move(sent.id, 'withdrawn')).rejects.toMatchObject({ code: 'outages.claim.illegal_move' });
  });

  it('is none where the time was promised, belongs to somebody else, or lies before the contract', async () => {
    const kept = await contract({ committedPercent: '99' });
    const late = await contract({ validFrom: `${month}-11` });
    const over = await contract({ validUntil: `${month}-10` });
    for (const { deviceId } of [kept, late, over]) await outage(deviceId, 3);
    const other = await contract();
    await use(MeasureClaims).execute();
    for (const { contractId } of [kept, late, over, other]) expect(await claims(contractId)).toEqual([]);
  });

  it('follows corrected terms while it is open, and is what is measured when it is sent', async () => {
    const { contractId, deviceId } = await contract();
    const id = await outage(deviceId, 3);
    await use(MeasureClaims).execute();
    const change = (changes: object) => use(SupplierContracts).change(actor, contractId, undefined, changes);
    await change({ currency: 'USD', claimDays: 45 });
    await use(MeasureClaims).execute();
    expect(await claim(contractId)).toMatchObject({
      currency: 'USD',
      submitBy: addDays(addMonths(`${month}-01`, 1), 44),
    });
    await correct(id, 4);
    const sent = await move((await claim(contractId)).id, 'submitted');
    expect(sent).toMatchObject({ amount: '2400.0000', currency: 'USD' });
    await change({ monthlyAmount: '6000' });
    await use(MeasureClaims).execute();
    await move(sent.id, 'withdrawn');
    expect(await move(sent.id, 'open')).toMatchObject({ amount: '1200.0000', submittedAt: null });
    await change({ validUntil: `${month}-02` });
    await use(MeasureClaims).execute();
    expect((await claim(contractId)).amount).toBe('0.0000');
    await expect(move(sent.id, 'submitted')).rejects.toMatchObject({ code: 'outages.claim.nothing' });
  });

  it('is corrected after it was settled, and noted beside', async () => {
    const { contractId, deviceId } = await contract();
    await outage(deviceId, 3);
    await use(MeasureClaims).execute();
    const { id } = await claim(contractId);
    await move(id, 'submitted');
    await use(SupplierClaims).say(actor, id, { theirReference: 'CASE-118' });
    await move(id, 'accepted', '180');
    expect(await move(id, 'submitted')).toMatchObject({ settledAmount: null, settledAt: null });
    expect(await move(id, 'accepted', '1800')).toMatchObject({
      settledAmount: '1800.0000',
      theirReference: 'CASE-118',
    });
  });

  it('leaves out work that we announced, to whatever part of a second', async () => {
    const { contractId, deviceId } = await contract();
    await outage(deviceId, 3);
    await sql(`INSERT INTO maintenance_windows (device_id, title, starts_at, ends_at, listed_at, created_by)
      VALUES (${deviceId}, 'Ours', '${month}-10T09:00:00.123Z', '${month}-10T11:00:00.877Z', now(), 'spec')`);
    await use(MeasureClaims).execute();
    // Two hours are left, less a thousandth of the rest of the month.
    expect(await claim(contractId)).toMatchObject({ downSeconds: 7_200, amount: '1200.0000' });
  });

  it('is not lost in the west while it is the first of the month in the east', async () => {
    const { contractId, deviceId } = await contract({ timeZone: 'America/Los_Angeles' });
    await outage(deviceId, 3);
    await use(MeasureClaims).execute();
    const shift = clock.shift;
    // 03:00 UTC on the first, 3 to 4 months later.
    clock.shift += (Date.parse(`${addMonths(`${month}-01`, 4)}T03:00:00Z`) - clock.now().getTime()) / 1_000;
    await use(MeasureClaims).execute();
    clock.shift = shift;
    expect(await claim(contractId)).toMatchObject({ amount: '1800.0000', measuredAmount: '1800.0000' });
  });

  it('is not for what fell because something above it did', async () => {
    const { contractId, deviceId } = await contract();
    const above = await contract();
    const id = await outage(above.deviceId, 3);
    await sql(`INSERT INTO outage_devices (outage_id, device_id, sequence, down_at, up_at)
      VALUES (${id}, ${deviceId}, 1, '${month}-10T10:00:00Z', '${month}-10T13:00:00Z')`);
    await use(MeasureClaims).execute();
    expect(await claims(contractId)).toEqual([]);
    expect(await claims(above.contractId)).toHaveLength(1);
  });

  it('is for a month that is over', async () => {
    const { contractId, deviceId } = await contract({ committedPercent: '100' });
    const { id } = await use(OpenOutage).execute({ actor, place: { deviceId, nodeId: null }, title: 'Cut' });
    clock.shift += 3_600;
    await use(MeasureClaims).execute();
    const lasting = await claim(contractId);
    expect(lasting.period.slice(0, 7) > month).toBe(true);
    await expect(move(lasting.id, 'submitted')).rejects.toMatchObject({ code: 'outages.claim.month_lasts' });
    expect((await move(lasting.id, 'withdrawn')).status).toBe('withdrawn');
    expect((await move(lasting.id, 'open')).status).toBe('open');
    await use(CorrectOutage).execute({ actor, outageId: id, cancel: true, reason: 'A test of theirs' });
    await use(MeasureClaims).execute();
    expect(await claim(contractId)).toMatchObject({ amount: '0.0000', downSeconds: 0 });
  });

  it('keeps its contract: one without claims is deleted, and new terms are another one of the same name', async () => {
    const { contractId, deviceId } = await contract({ validUntil: `${month}-20` });
    await outage(deviceId, 3);
    await use(MeasureClaims).execute();
    await expect(use(SupplierContracts).remove(actor, contractId)).rejects.toMatchObject({
      code: 'suppliers.contract.claimed',
    });
    const { reference } = await use(SupplierContracts).get(actor, contractId);
    await expect(contract({ reference, validFrom: `${month}-19` })).rejects.toMatchObject({
      code: 'suppliers.contract.exists',
    });
    const next = await contract({ reference, validFrom: `${month}-20` });
    await use(SupplierContracts).remove(actor, next.contractId);
    await expect(use(SupplierContracts).get(actor, next.contractId)).rejects.toMatchObject({
      code: 'suppliers.contract.not_found',
    });
  });

  it('is the operator’s alone', async () => {
    const stranger = systemActorFor('reseller', 2);
    expect(() => use(SupplierClaims).list(stranger, {}, PAGE)).toThrow('for the operator');
    await expect(use(Suppliers).get(stranger, supplierId)).rejects.toMatchObject({ code: 'suppliers.operator_only' });
  });
});
