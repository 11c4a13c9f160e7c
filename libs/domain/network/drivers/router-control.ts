import { Inject, Injectable } from '@nestjs/common';
import { DeviceSecrets } from '../devices/device-secrets.js';
import { networkErrors } from '../network.errors.js';
import type { RouterView } from '../devices/router.queries.js';
import { patiently } from './patience.js';
import { plannedChanges } from './planned-changes.js';
import {
  type DeviceRef,
  type PlannedChange,
  SUBSCRIBER_DRIVERS,
  type SubscriberDriver,
  type SubscriberState,
} from './device-driver.port.js';

export interface RouterOrder {
  readonly router: RouterView;
  /** The same on every repetition of this step. */
  readonly stepKey: string;
  readonly wanted: SubscriberState;
  readonly signal: AbortSignal;
  /** How long the device may take; 15 s when absent. */
  readonly timeoutMs?: number;
}

export type RemovalOrder = Omit<RouterOrder, 'wanted'> & { readonly username: string };

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
  async apply({ router, stepKey, wanted, signal, timeoutMs }: RouterOrder): Promise<void> {
    const driver = this.driverOf(router);
    await patiently(signal, (limit) => driver.apply(this.refOf(router), stepKey, wanted, limit), timeoutMs);
  }

  async verify(order: Omit<RouterOrder, 'stepKey'>): Promise<void> {
    if ((await this.differences(order)).length > 0) throw networkErrors('network.device.mismatch');
  }

  /** In what a router differs from what it is to do for a subscriber. */
  async differences({
    router,
    wanted,
    signal,
    timeoutMs,
  }: Omit<RouterOrder, 'stepKey'>): Promise<readonly PlannedChange[]> {
    const driver = this.driverOf(router);
    const { username } = wanted;
    const seen = await patiently(signal, (limit) => driver.readBack(this.refOf(router), username, limit), timeoutMs);
    return plannedChanges(seen, wanted);
  }

  /** Takes a subscriber off a router; one that is not there is gone already. */
  async remove({ router, stepKey, username, signal, timeoutMs }: RemovalOrder): Promise<void> {
    const driver = this.driverOf(router);
    await patiently(signal, (limit) => driver.remove(this.refOf(router), stepKey, username, limit), timeoutMs);
  }

  /** @throws `network.device.mismatch` while the router still knows the subscriber */
  async verifyGone({ router, username, signal, timeoutMs }: Omit<RemovalOrder, 'stepKey'>): Promise<void> {
    const driver = this.driverOf(router);
    const seen = await patiently(signal, (limit) => driver.readBack(this.refOf(router), username, limit), timeoutMs);
    if (seen) throw networkErrors('network.device.mismatch');
  }

  /** How many orders a router takes at once; undefined without a limit. */
  limitOf(router: RouterView): number | undefined {
    const set = Number(router.settings['max_parallel']);
    return Number.isInteger(set) && set > 0 ? set : this.driverOf(router).maxParallel;
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
