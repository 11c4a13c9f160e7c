import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccountQueries, ConvertAccount, RecordPayment } from '@isp/domain/billing';
import { RequestProvisioning } from '@isp/domain/provisioning';
import { ServiceQueries } from '@isp/domain/services';
import { DomainError } from '@isp/kernel';
import { UnitOfWork } from '@isp/platform/database';
import { ALL, SEEDER } from './seeder.js';

/**
 * Customers whose service was never set up, so that nothing is owed, with what they pay ahead: enough for the first period
 * of the one, and not for that of the other.
 */
const AHEAD = [
  { customerId: 19, amount: '400' },
  { customerId: 29, amount: '20' },
] as const;

/**
 * Two accounts that pay ahead. Their services are set up afterwards: when they work, the account looks at its balance, and
 * the one is on and the other off.
 */
export async function seedPrepaid(app: NestFastifyApplication): Promise<void> {
  for (const { customerId, amount } of AHEAD)
    await app
      .get(UnitOfWork)
      .run(SEEDER, () => payAhead(app, customerId, amount))
      .catch((error: unknown) => {
        // In a sandbox that somebody has worked with, the customer may owe something by now.
        if (!(error instanceof DomainError) || error.kind !== 'conflict') throw error;
      });
}

async function payAhead(app: NestFastifyApplication, customerId: number, amount: string): Promise<void> {
  const get = <T>(type: abstract new (...args: never[]) => T): T => app.get(type as never, { strict: false });
  const [account] = (await get(AccountQueries).list(SEEDER, { customerId }, ALL)).rows;
  if (account?.kind !== 'postpaid') return;
  const accountId = account.id;
  await get(ConvertAccount).execute({ actor: SEEDER, accountId, kind: 'prepaid' });
  await get(RecordPayment).execute({ actor: SEEDER, accountId, amount, method: 'cash' });
  const { rows } = await get(ServiceQueries).list(SEEDER, { customerId }, ALL);
  for (const { id: serviceId, status } of rows)
    if (status === 'pending_activation')
      await get(RequestProvisioning).execute({ actor: SEEDER, serviceId, request: {}, priority: 'low' });
}
