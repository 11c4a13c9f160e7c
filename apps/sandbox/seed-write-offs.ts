import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { InvoiceQueries, WriteOffInvoice, WriteOffQueries } from '@isp/domain/billing';
import { addDays, localDate, type Clock } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import { ALL, SEEDER } from './seeder.js';

/** Has not paid for three months, of which the first is given up. */
const CUSTOMER = 85;
const LONG_LATE = 30;
const ONE = { limit: 1, offset: 0 };

/** An invoice that nobody will pay; nothing where something was written off already. */
export function seedWriteOffs(app: NestFastifyApplication): Promise<void> {
  return app.get(UnitOfWork).run(SEEDER, async () => {
    if ((await app.get(WriteOffQueries, { strict: false }).list(SEEDER, {}, ONE)).total > 0) return;
    const today = localDate(app.get<Clock>(CLOCK, { strict: false }).now(), 'UTC');
    const filter = { customerId: CUSTOMER, dueBefore: addDays(today, -LONG_LATE) };
    const { rows } = await app.get(InvoiceQueries, { strict: false }).list(SEEDER, filter, ALL);
    const [oldest] = rows
      .filter(({ status }) => status === 'pending' || status === 'overdue')
      .toSorted((one, other) => one.id - other.id);
    if (!oldest) return;
    const why = { reason: 'uncollectable', note: 'Moved away, and cannot be found' } as const;
    await app.get(WriteOffInvoice, { strict: false }).execute({ actor: SEEDER, invoiceId: oldest.id, ...why });
  });
}
