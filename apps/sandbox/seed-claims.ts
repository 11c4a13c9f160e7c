import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { CreateDevice } from '@isp/domain/network';
import { MeasureClaims, SupplierClaims } from '@isp/domain/outages';
import { type ContractTerms, SupplierContracts } from '@isp/domain/suppliers';
import { type Clock, addMonths, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { SEEDER } from './seeder.js';

// Five hours on the tenth of each of the last four months, behind which nobody had a service.
const OUTAGES = statement(
  'sandbox-backhaul-outages',
  `INSERT INTO outages (device_id, origin, title, status, started_at, detected_at, ended_at, opened_by, created_at, updated_at)
   SELECT $1, 'person', 'The second backhaul is down', 'resolved', m.began, m.began, m.began + interval '5 hours', 'System', m.began, m.began
     FROM generate_series($2::date, $3::date, interval '1 month') AS x (first) CROSS JOIN LATERAL (SELECT x.first + interval '9 days 8 hours' AS began) m`,
);
/** What became of the claims of a contract, the latest month first. */
const FATES = [
  ['open', 'submitted', 'accepted', 'rejected'],
  ['withdrawn', 'open', 'open', 'open'],
] as const;
const SENT: ReadonlySet<string> = new Set(['submitted', 'accepted', 'rejected']);

/** A second backhaul that failed every month, bought twice as the first is, and claims for it in every state. */
export async function seedClaims(app: NestFastifyApplication, like: ContractTerms): Promise<void> {
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get(type as never, { strict: false });
  const month = `${localDate(app.get<Clock>(CLOCK, { strict: false }).now(), like.timeZone).slice(0, 8)}01`;
  const values = { name: 'backhaul-2', kind: 'switch' } as const;
  const { id: deviceId } = await get(CreateDevice).execute({ actor: SEEDER, values });
  const outages = [deviceId, addMonths(month, -FATES[0].length), addMonths(month, -1)];
  await get(UnitOfWork).run(SEEDER, (tx) => tx.execute(OUTAGES, outages));
  const contracts = [];
  for (const reference of ['BH2-51120', 'BH2-51121'])
    contracts.push(await get(SupplierContracts).add(SEEDER, { ...like, reference, deviceId }));
  await get(MeasureClaims).execute();
  const claims = get(SupplierClaims);
  for (const [n, { id: contractId }] of contracts.entries()) {
    const { rows } = await claims.list(SEEDER, { contractId }, { limit: FATES[0].length, offset: 0 });
    for (const [at, { id }] of rows.entries()) {
      const fate = FATES[n]?.[at] ?? 'open';
      if (SENT.has(fate)) await claims.move(SEEDER, id, { to: 'submitted' });
      if (fate !== 'open' && fate !== 'submitted') await claims.move(SEEDER, id, { to: fate });
    }
  }
}
