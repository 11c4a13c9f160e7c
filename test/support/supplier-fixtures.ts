import { PERMISSIONS, type Actor, systemActor } from '@isp/contracts';
import { SupplierClaims } from '@isp/domain/outages';
import { SupplierContracts, Suppliers } from '@isp/domain/suppliers';

const EVERYTHING: Actor = { ...systemActor('spec'), permissions: new Set(PERMISSIONS) };
let serial = 0;

type Use = <T>(type: abstract new (...args: never[]) => T) => T;
type Sql = <R extends object>(text: string) => Promise<R[]>;

/** Suppliers, their contracts and claims: the operator's. */
export function supplierFixtures(use: Use, sql: Sql) {
  const supplier = async () => {
    const details = { email: null, phone: null, status: 'active' as const };
    return (await use(Suppliers).add(EVERYTHING, { name: `Made supplier ${(serial += 1)}`, ...details })).id;
  };
  /** On a device of its own that was down for three hours in January 2025. */
  const contract = async () => {
    const [device] = await sql<{ id: number }>(
      `WITH d AS (INSERT INTO devices (name, kind) VALUES ('made supplied ${(serial += 1)}', 'router') RETURNING id)
       INSERT INTO outages (device_id, origin, title, status, started_at, detected_at, ended_at, opened_by)
       SELECT id, 'person', 'Made', 'resolved', '2025-01-10T10:00:00Z', '2025-01-10T10:00:00Z', '2025-01-10T13:00:00Z', 'made' FROM d
       RETURNING device_id AS id`,
    );
    const place = {
      deviceId: device?.id ?? 0,
      nodeId: null,
      description: null,
      validFrom: '2025-01-01',
      validUntil: null,
    };
    const credit = { creditPercent: '5', creditMinutes: 60, creditUnit: 'started' as const, creditCapPercent: '100' };
    const promise = { monthlyAmount: '1', currency: 'USD', committedPercent: '99.9', timeZone: 'UTC', claimDays: 30 };
    const terms = { supplierId: await supplier(), reference: `MADE-${serial}`, ...place, ...credit, ...promise };
    return (await use(SupplierContracts).add(EVERYTHING, terms)).id;
  };
  const claim = async () => {
    const [row] = await sql<{ id: number }>(
      `INSERT INTO supplier_claims (contract_id, period, down_seconds, amount, currency, arithmetic, facts, measured_amount, submit_by)
       VALUES (${await contract()}, '2025-01-01', 60, 1, 'USD', 'made', '{}', 1, '2025-03-03') RETURNING id`,
    );
    return row?.id ?? 0;
  };
  const moved = (to: 'submitted' | 'withdrawn') => async () => {
    const id = await claim();
    await use(SupplierClaims).move(EVERYTHING, id, { to });
    return id;
  };
  const make = {
    supplier,
    supplier_contract: contract,
    supplier_claim: claim,
    sent_claim: moved('submitted'),
    withdrawn_claim: moved('withdrawn'),
  };
  return { make };
}
