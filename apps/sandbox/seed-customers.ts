import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SetCustomerPassword } from '@isp/domain/access';
import { PlanQueries } from '@isp/domain/catalog';
import { CreateCustomer, CustomerQueries, SetCustomerStatus } from '@isp/domain/customers';
import { RequestProvisioning } from '@isp/domain/provisioning';
import { OrderInternetService } from '@isp/domain/services';
import { type Clock, addMonths, localDate } from '@isp/kernel';
import { CLOCK } from '@isp/platform/config';
import { UnitOfWork, statement } from '@isp/platform/database';
import { CUSTOMER_COUNT, customerNumber } from './sandbox-customers.js';
import { ALL, passwordOf, SEEDER } from './seeder.js';

/** Months before the present one that the first customers came in, and are invoiced for. */
export const SANDBOX_MONTHS = 12;
const ACTIVATED = statement('sandbox-customers-activated', 'UPDATE services SET activated_at = $2 WHERE id = $1');

/** Most have been there for the year, every fifth came in the course of it, every twenty-fifth comes in today. */
function firstDayOf(app: NestFastifyApplication, n: number): Date | null {
  if (n % 25 === 24) return null; // its provisioning tells
  const today = localDate(app.get<Clock>(CLOCK, { strict: false }).now(), 'UTC');
  const monthsAgo = n % 5 === 4 ? 2 + ((n * 7) % 9) : SANDBOX_MONTHS;
  return new Date(`${addMonths(`${today.slice(0, 8)}01`, -monthsAgo)}T12:00:00Z`);
}

/** Customers 1 to 100 in one transaction: all of them or none. Answers the portal id of the first. */
export async function seedCustomers(
  app: NestFastifyApplication,
  partnerIds: readonly number[],
  say: (line: string) => void,
): Promise<string> {
  const queries = app.get(CustomerQueries, { strict: false });
  const there = await queries.find(SEEDER, CUSTOMER_COUNT);
  if (!there) {
    say(`filling the sandbox: ${CUSTOMER_COUNT} customers with services`);
    const { rows } = await app.get(PlanQueries, { strict: false }).list(SEEDER, {}, ALL);
    const planIds = new Map(rows.map(({ sku, id }) => [sku, id]));
    await app.get(UnitOfWork).run(SEEDER, async () => {
      for (let n = 1; n <= CUSTOMER_COUNT; n += 1) await seedCustomer(app, n, partnerIds, planIds);
    });
  }
  const first = await queries.get(SEEDER, 1);
  const { id, partnerId, portalId, email, name, portalUserGuid } = first;
  const password = passwordOf('customer');
  if (!there) {
    const login = { partnerId, customerId: id, portalId, email, fullName: name, password, guid: portalUserGuid };
    await app.get(SetCustomerPassword, { strict: false }).execute({ actor: SEEDER, ...login });
  }
  return portalId;
}

async function seedCustomer(
  app: NestFastifyApplication,
  n: number,
  partnerIds: readonly number[],
  planIds: ReadonlyMap<string, number>,
): Promise<void> {
  const { partner, planSku, fate, ...values } = customerNumber(n);
  const partnerId = partner === 0 ? 1 : partnerIds[partner - 1];
  const customer = await app
    .get(CreateCustomer, { strict: false })
    .execute({ actor: SEEDER, ...values, partnerId, trial: fate === 'trial' });
  if (fate === 'terminated') {
    await app
      .get(SetCustomerStatus, { strict: false })
      .execute({ actor: SEEDER, customerId: n, status: 'terminated', reason: 'Moved away' });
    return;
  }
  const order = {
    actor: SEEDER,
    customerId: customer.id,
    planId: planIds.get(planSku) as number,
    installationAddress: values.address,
  };
  const service = await app.get(OrderInternetService, { strict: false }).execute(order);
  if (n % 10 !== 9) {
    await app.get(UnitOfWork).tx.execute(ACTIVATED, [service.id, firstDayOf(app, n)]);
    await app
      .get(RequestProvisioning, { strict: false })
      .execute({ actor: SEEDER, serviceId: service.id, request: {}, priority: 'low' });
  }
  if (fate === 'suspended') {
    await app
      .get(SetCustomerStatus, { strict: false })
      .execute({ actor: SEEDER, customerId: n, status: 'suspended', reason: 'Unpaid' });
  }
}
