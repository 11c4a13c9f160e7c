import { Module } from '@nestjs/common';
import { CatalogModule } from '@isp/domain/catalog';
import { CONVERGENCE, CONVERGENCE_INTERNALS, CONVERGENCE_WORKERS } from './convergence/convergence.providers.js';
import { CPE, CPE_INTERNALS, CPE_WORKERS } from './cpe/cpe.providers.js';
import { DEVICE_INTERNALS, DEVICE_WORKERS, DEVICES } from './devices/device.providers.js';
import { CONTROLS, DRIVERS } from './drivers/driver.providers.js';
import { IPAM, IPAM_INTERNALS } from './ipam/ipam.providers.js';
import { RADIUS, RADIUS_INTERNALS, RADIUS_WORKERS } from './radius/radius.providers.js';
import { ChangeSubscriber } from './subscribers/change-subscriber.usecase.js';
import { PrepareSubscriber } from './subscribers/prepare-subscriber.usecase.js';
import { StaticAddresses } from './subscribers/static-addresses.js';
import { SubscriberPlace } from './subscribers/subscriber-place.js';
import { SubscriberSteps } from './subscribers/subscriber-steps.js';
import { SubscriberRepository } from './subscribers/subscriber.repository.js';

const USED_BY_OTHERS = [
  ...DEVICES,
  ...IPAM,
  ...RADIUS,
  ...CONTROLS,
  PrepareSubscriber,
  ChangeSubscriber,
  SubscriberSteps,
  StaticAddresses,
  ...CONVERGENCE,
  ...CPE,
];
const INTERNALS = [
  ...DRIVERS,
  ...DEVICE_INTERNALS,
  ...IPAM_INTERNALS,
  ...RADIUS_INTERNALS,
  ...CONVERGENCE_INTERNALS,
  ...CPE_INTERNALS,
  SubscriberPlace,
  SubscriberRepository,
];

@Module({ imports: [CatalogModule], providers: [...USED_BY_OTHERS, ...INTERNALS], exports: USED_BY_OTHERS })
export class NetworkModule {}

@Module({
  imports: [NetworkModule],
  providers: [...CONVERGENCE_WORKERS, ...RADIUS_WORKERS, ...DEVICE_WORKERS, ...CPE_WORKERS],
})
export class NetworkWorkerModule {}
