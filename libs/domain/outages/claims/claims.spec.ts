import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemActorFor } from '@isp/contracts';
import { type ContractTerms, SupplierContracts, Suppliers, SuppliersModule } from '@isp/domain/suppliers';
import { addMonths } from '@isp/kernel';
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

  it('is the operator’s alone', async () => {
    const stranger = systemActorFor('reseller', 2);
    expect(() => use(SupplierClaims).list(stranger, {}, PAGE)).toThrow('for the operator');
    await expect(use(Suppliers).get(stranger, supplierId)).rejects.toMatchObject({ code: 'suppliers.operator_only' });
  });
});
