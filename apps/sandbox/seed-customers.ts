import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SetCustomerPassword } from '@isp/domain/access';
import { PlanQueries } from '@isp/domain/catalog';
import { CreateCustomer, CustomerQueries, SetCustomerStatus } from '@isp/domain/customers';
import { RequestProvisioning } from '@isp/domain/provisioning';
import { OrderInternetService } from '@isp/domain/services';
import { UnitOfWork } from '@isp/platform/database';
import { CUSTOMER_COUNT, customerNumber } from './sandbox-customers.js';
import { ALL, passwordOf, SEEDER } from './seeder.js';

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
  if (n % 10 !== 9)
    await app
      .get(RequestProvisioning, { strict: false })
      .execute({ actor: SEEDER, serviceId: service.id, request: {}, priority: 'low' });
  if (fate === 'suspended') {
    await app
      .get(SetCustomerStatus, { strict: false })
      .execute({ actor: SEEDER, customerId: n, status: 'suspended', reason: 'Unpaid' });
  }
}
