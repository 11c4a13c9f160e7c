import { Inject, Injectable } from '@nestjs/common';
import { networkErrors } from '../network.errors.js';
import type { RouterView } from '../routers/router.queries.js';
import { patiently } from './patience.js';
import { plannedChanges } from './planned-changes.js';
import { SUBSCRIBER_DRIVERS, type SubscriberDriver, type SubscriberState } from './device-driver.port.js';

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

  constructor(@Inject(SUBSCRIBER_DRIVERS) drivers: readonly SubscriberDriver[]) {
    this.drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  /** @throws `network.driver.unknown` */
  async apply({ router, stepKey, wanted, signal }: RouterOrder): Promise<void> {
    const driver = this.driverOf(router);
    await patiently(signal, (limit) => driver.apply(router, stepKey, wanted, limit));
  }

  async verify({ router, wanted, signal }: Omit<RouterOrder, 'stepKey'>): Promise<void> {
    const driver = this.driverOf(router);
    const seen = await patiently(signal, (limit) => driver.readBack(router, wanted.username, limit));
    if (plannedChanges(seen, wanted).length > 0) throw networkErrors('network.device.mismatch');
  }

  private driverOf(router: RouterView): SubscriberDriver {
    const driver = this.drivers.get(router.driver);
    if (!driver) throw networkErrors('network.driver.unknown');
    return driver;
  }
}
