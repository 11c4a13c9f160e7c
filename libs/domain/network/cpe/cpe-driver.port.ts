import type { DeviceRef } from '../drivers/device-driver.port.js';

/** What the equipment at a customer's is to do. */
export interface CpeState {
  /** SSID of the customer's network, at most 32 octets. */
  readonly wifiName: string;
  /** Pre-shared key in clear (8 to 63 characters): not to be logged or recorded. */
  readonly wifiPassword: string;
  readonly bandSteering: boolean;
}

/**
 * Equipment at customers' that is configured from afar: an extension point. A device is configured by the driver that
 * has the name of the one that reads it. Calls may be repeated after a crash; `stepKey` is the same on every repetition,
 * and the device (or its driver) carries each key out once. Rejects when the device refuses or stays silent.
 */
export interface CpeDriver {
  readonly name: string;
  /** Makes the device do what is wanted. */
  configure(device: DeviceRef, stepKey: string, wanted: CpeState, signal: AbortSignal): Promise<void>;
  /** Whether it was seen to do so. */
  follows(device: DeviceRef, wanted: CpeState, signal: AbortSignal): Promise<boolean>;
}

export const CPE_DRIVERS = Symbol('CpeDrivers');
