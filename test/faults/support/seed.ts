import { CreateBandwidthProfile, CreatePlan } from '@isp/domain/catalog';
import { CreateCustomer } from '@isp/domain/customers';
import { DefineRouter } from '@isp/domain/network';
import { OrderInternetService } from '@isp/domain/services';
import { loadConfig } from '@isp/platform/config';
import { UnitOfWork } from '@isp/platform/database';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { customerNumber } from '../../../apps/sandbox/sandbox-customers.js';
import { PLANS, PROFILES } from '../../../apps/sandbox/sandbox-data.js';
import { issueSandboxKey } from '../../../apps/sandbox/sandbox-keys.js';
import { SEEDER } from '../../../apps/sandbox/seeder.js';
import { createProgram } from '../../../apps/wiring/program.js';

const CUSTOMERS = 20;
const SERVICES_EACH = 50;

/** The services that a test may provision, through the program's own use cases; answers an API key. */
export async function seedFaults(appUrl: string, masterKeys: string): Promise<string> {
  const settings = { DATABASE_URL: appUrl, ISP_MASTER_KEYS: masterKeys, ISP_LOG_LEVEL: 'error', PORT: '0' };
  const app = await createProgram(loadConfig(settings), { api: true, worker: false });
  await app.init();
  try {
    await app.get(UnitOfWork).run(SEEDER, () => sell(app));
    return await issueSandboxKey(app);
  } finally {
    await app.close();
  }
}

async function sell(app: NestFastifyApplication): Promise<void> {
  const plan = await app.get(CreatePlan, { strict: false }).execute({ actor: SEEDER, ...PLANS[0]! });
  const network = app.get(DefineRouter, { strict: false });
  const profile = app.get(CreateBandwidthProfile, { strict: false });
  for (const values of PROFILES) await profile.execute({ actor: SEEDER, ...values });
  // The second one is for what goes wrong; nothing is sent to it unless a test names it.
  for (const [name, prefix] of [
    ['good', '100.64.0.0/20'],
    ['bad', '100.65.0.0/24'],
  ] as const) {
    await network.execute({ actor: SEEDER, name, driver: 'simulated', settings: {}, prefixes: [prefix] });
  }
  for (let n = 1; n <= CUSTOMERS; n += 1) {
    const { name, firstName, lastName, email, phone, kind, address, billingAddress } = customerNumber(n);
    const values = { name, firstName, lastName, email, phone, kind, address, billingAddress };
    const customer = await app.get(CreateCustomer, { strict: false }).execute({ actor: SEEDER, ...values });
    for (let count = 0; count < SERVICES_EACH; count += 1) {
      const order = { actor: SEEDER, customerId: customer.id, planId: plan.id };
      await app.get(OrderInternetService, { strict: false }).execute(order);
    }
  }
}
