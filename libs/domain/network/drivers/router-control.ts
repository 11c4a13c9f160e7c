import { Inject, Injectable } from '@nestjs/common';
import { DeviceSecrets } from '../devices/device-secrets.js';
import { networkErrors } from '../network.errors.js';
import type { RouterView } from '../devices/router.queries.js';
import { plannedChanges } from './planned-changes.js';
import {
  type DeviceRef,
  SUBSCRIBER_DRIVERS,
  type SubscriberDriver,
  type SubscriberState,
} from './device-driver.port.js';

/** A device that says nothing for so long is silent. */
const DEVICE_TIMEOUT_MS = 15_000;

export interface RouterOrder {
  readonly router: RouterView;
  /** The same on every repetition of this step. */
  readonly stepKey: string;
  readonly wanted: SubscriberState;
  readonly signal: AbortSignal;
}

/**
 * Tells a router what to do for a subscriber and reads back whether it does. Never inside a transaction.
 * @throws `network.device.mismatch`, `network.device.silent`, or whatever the device answered
 */
@Injectable()
export class RouterControl {
  private readonly drivers: ReadonlyMap<string, SubscriberDriver>;

  constructor(
    @Inject(SUBSCRIBER_DRIVERS) drivers: readonly SubscriberDriver[],
    private readonly secrets: DeviceSecrets,
  ) {
    this.drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  /** @throws `network.driver.unknown` */
  async apply({ router, stepKey, wanted, signal }: RouterOrder): Promise<void> {
    const driver = this.driverOf(router);
    await patiently(signal, (limit) => driver.apply(this.refOf(router), stepKey, wanted, limit));
  }

  async verify({ router, wanted, signal }: Omit<RouterOrder, 'stepKey'>): Promise<void> {
    const driver = this.driverOf(router);
    const seen = await patiently(signal, (limit) => driver.readBack(this.refOf(router), wanted.username, limit));
    if (plannedChanges(seen, wanted).length > 0) throw networkErrors('network.device.mismatch');
  }

  /** The router as its driver needs it, credentials opened. */
  private refOf({ id, guid, name, settings, address, secretsSealed }: RouterView): DeviceRef {
    return { id, name, settings, address, secrets: this.secrets.open(guid, secretsSealed) };
  }

  private driverOf(router: RouterView): SubscriberDriver {
    const driver = this.drivers.get(router.driver);
    if (!driver) throw networkErrors('network.driver.unknown');
    return driver;
  }
}

/** Waits for a device as long as a device may take, or until the run is over. */
async function patiently<T>(signal: AbortSignal, work: (limit: AbortSignal) => Promise<T>): Promise<T> {
  const patience = AbortSignal.timeout(DEVICE_TIMEOUT_MS);
  try {
    return await work(AbortSignal.any([signal, patience]));
  } catch (error) {
    if (patience.aborted && !signal.aborted) throw networkErrors('network.device.silent', {}, { cause: error });
    throw error;
  }
}
