import { Inject, Injectable } from '@nestjs/common';
import { networkErrors } from '../network.errors.js';
import { SESSION_DRIVERS } from './device-driver.port.js';
import type { DeviceRef, SessionAnswer, SessionChange, SessionDriver, SessionRef } from './device-driver.port.js';
import { patiently } from './patience.js';

/** A NAS with the driver that its row names; null when its sessions cannot be reached. */
export interface SessionDevice extends DeviceRef {
  readonly sessionDriver: string | null;
}

export interface SessionOrder {
  readonly device: SessionDevice;
  readonly session: SessionRef;
  readonly signal: AbortSignal;
}

/**
 * Ends and changes sessions on whatever NAS they live. Never inside a transaction.
 * @throws `network.driver.unknown`, `network.device.silent` after 15 s at most, `network.device.refused`
 */
@Injectable()
export class SessionControl {
  private readonly drivers: ReadonlyMap<string, SessionDriver>;

  constructor(@Inject(SESSION_DRIVERS) drivers: readonly SessionDriver[]) {
    this.drivers = new Map(drivers.map((driver) => [driver.name, driver]));
  }

  async disconnect({ device, session, signal }: SessionOrder): Promise<SessionAnswer> {
    const driver = this.driverOf(device);
    return patiently(signal, (limit) => driver.disconnect(device, session, limit));
  }

  async change({
    device,
    session,
    signal,
    change,
  }: SessionOrder & { readonly change: SessionChange }): Promise<SessionAnswer> {
    const driver = this.driverOf(device);
    return patiently(signal, (limit) => driver.change(device, session, change, limit));
  }

  private driverOf({ sessionDriver }: SessionDevice): SessionDriver {
    const driver = sessionDriver === null ? undefined : this.drivers.get(sessionDriver);
    if (!driver) throw networkErrors('network.driver.unknown');
    return driver;
  }
}
