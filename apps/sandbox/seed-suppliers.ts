import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DeviceQueries } from '@isp/domain/network';
import { SupplierContracts, Suppliers } from '@isp/domain/suppliers';
import { seedClaims } from './seed-claims.js';
import { SEEDER } from './seeder.js';

const ONE = { limit: 1, offset: 0 };

/** Whom the sandbox buys its backhaul from (the OLT hangs on it), and what was claimed for it. */
export async function seedSuppliers(app: NestFastifyApplication): Promise<void> {
  const suppliers = app.get(Suppliers, { strict: false });
  if ((await suppliers.list(SEEDER, {}, ONE)).total > 0) return;
  const details = { email: 'noc@backhaul.example', phone: '+27 11 555 0100', status: 'active' } as const;
  const { id: supplierId } = await suppliers.add(SEEDER, { name: 'Backhaul One', ...details });
  const [olt] = (await app.get(DeviceQueries, { strict: false }).list(SEEDER, { kind: 'olt' }, ONE)).rows;
  if (!olt) return;
  const contract = {
    supplierId,
    reference: 'BH1-40417',
    description: '10 Gbit/s to the exchange',
    deviceId: olt.id,
    nodeId: null,
    validFrom: '2024-01-01',
    validUntil: null,
    timeZone: 'Africa/Johannesburg',
    monthlyAmount: '12000',
    currency: 'ZAR',
    committedPercent: '99.9',
    creditPercent: '5',
    creditMinutes: 60,
    creditUnit: 'started',
    creditCapPercent: '100',
    claimDays: 30,
  } as const;
  await app.get(SupplierContracts, { strict: false }).add(SEEDER, contract);
  await seedClaims(app, contract);
}
