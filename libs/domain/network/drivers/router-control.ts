import { Inject, Injectable } from '@nestjs/common';
import { networkErrors } from '../network.errors.js';
import type { RouterView } from '../routers/router.queries.js';
import { DEVICE_DRIVERS, type DeviceDriver, type SubscriberState } from './device-driver.port.js';

const DEVICE_TIMEOUT_MS = 60_000;

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
  private readonly drivers: ReadonlyMap<string, DeviceDriver>;

  constructor(@Inject(DEVICE_DRIVERS) drivers: readonly DeviceDriver[]) {
    this.drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  /** @throws `network.driver.unknown` */
  async apply({ router, stepKey, wanted, signal }: RouterOrder): Promise<void> {
    await this.driverOf(router).apply(
      router,
      stepKey,
      wanted,
      AbortSignal.any([signal, AbortSignal.timeout(DEVICE_TIMEOUT_MS)]),
    );
  }

  async verify({ router, wanted, signal }: Omit<RouterOrder, 'stepKey'>): Promise<void> {
    const seen = await this.driverOf(router).readBack(router, wanted.username, signal);
    if (
      !seen ||
      seen.address !== wanted.address ||
      seen.vlanId !== wanted.vlanId ||
      seen.profile.name !== wanted.profile.name
    ) {
      throw networkErrors('network.device.mismatch');
    }
  }

  private driverOf(router: RouterView): DeviceDriver {
    const driver = this.drivers.get(router.driver);
    if (!driver) throw networkErrors('network.driver.unknown');
    return driver;
  }
}
