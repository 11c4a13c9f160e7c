import type { SqlMigration } from '../migration.js';
import { tenancy } from './0001-tenancy.js';
import { platform } from './0002-platform.js';
import { access } from './0010-access.js';
import { catalog } from './0020-catalog.js';
import { rateLimits } from './0030-rate-limits.js';
import { customers } from './0040-customers.js';
import { services } from './0050-services.js';
import { webhooks } from './0060-webhooks.js';
import { networkBase } from './0070-network-base.js';
import { planVersions } from './0080-plan-versions.js';
import { serviceLifecycle } from './0090-service-lifecycle.js';
import { ipam } from './0100-ipam.js';
import { radius } from './0110-radius.js';
import { devices } from './0130-devices.js';
import { provisioningSaga } from './0140-provisioning-saga.js';
import { convergence } from './0150-convergence.js';
import { usage } from './0160-usage.js';
import { voiceAccounts } from './0170-voice-accounts.js';
import { routerReadBack } from './0230-router-read-back.js';

/** Every migration, in the order in which they run. */
export const migrations: readonly SqlMigration[] = [
  tenancy,
  platform,
  access,
  catalog,
  rateLimits,
  customers,
  services,
  webhooks,
  networkBase,
  planVersions,
  serviceLifecycle,
  ipam,
  radius,
  devices,
  provisioningSaga,
  convergence,
  usage,
  voiceAccounts,
  routerReadBack,
];
