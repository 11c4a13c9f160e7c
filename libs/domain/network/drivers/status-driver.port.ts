import type { DeviceRef } from './device-driver.port.js';

/** What a reading is made of: a figure, words, whether it is on, or a count that outgrows a double (as digits). */
export type ReadingType = 'number' | 'text' | 'online' | 'counter';

/** Everything that a device can be asked, with what the answer is. Powers in dBm, as ITU-T G.984.2 has them. */
export const READINGS = {
  online: 'online',
  /** State of the ONU as its OLT words it. */
  gponStatus: 'text',
  /** Received and sent by the device. */
  rxPowerDbm: 'number',
  txPowerDbm: 'number',
  /** What the OLT receives from the device. */
  oltRxPowerDbm: 'number',
  sfpStatus: 'text',
  sfpPowerDbm: 'number',
  sfpRxPowerDbm: 'number',
  sfpSyncSpeed: 'text',
  distanceMetres: 'number',
  temperatureCelsius: 'number',
  voltageVolts: 'number',
  biasMilliamperes: 'number',
  uptimeSeconds: 'number',
  lastDownCause: 'text',
  softwareVersion: 'text',
  serialNumber: 'text',
  /** Hardware address of the customer's own equipment. */
  cpe: 'text',
  populatedPorts: 'text',
  switchPort: 'text',
  wifiStatus: 'text',
  wifiClients: 'number',
  cpuPercent: 'number',
  memoryPercent: 'number',
  inOctets: 'counter',
  outOctets: 'counter',
} as const satisfies Record<string, ReadingType>;

export type ReadingName = keyof typeof READINGS;
export const READING_NAMES = Object.keys(READINGS) as ReadingName[];

interface Values {
  readonly number: number;
  readonly text: string;
  readonly online: boolean;
  readonly counter: string;
}

/** One look at a device. What it did not say is null; nothing is made up. */
export type DeviceReading = { readonly [N in ReadingName]: Values[(typeof READINGS)[N]] | null };

/** The device that is asked, the one that the question is about, and how: an ONT is asked about at its OLT. */
export interface StatusTarget {
  readonly device: DeviceRef & { readonly serialNumber: string | null };
  /** Who is asked; the device itself where nobody stands before it. */
  readonly asked: DeviceRef;
  /** `device_models.oids` of the device. */
  readonly oids: unknown;
  readonly ponPort: string | null;
  readonly onuIndex: number | null;
}

/**
 * How a device is asked how it is: an extension point. Rejects with `network.device.silent` when nothing answered,
 * `….garbled` when the answer cannot be read, `….login_refused` when the credentials are wrong, and
 * `….misconfigured` when the question cannot be asked. Memory stays bounded whatever the device sends.
 */
export interface StatusDriver {
  /** The value of `devices.status_driver` that selects this driver. */
  readonly name: string;
  read(target: StatusTarget, signal: AbortSignal): Promise<DeviceReading>;
}

/** All status drivers of this process. */
export const STATUS_DRIVERS = Symbol('StatusDrivers');

/** A reading with only what is known. */
export function readingOf(known: Partial<DeviceReading>): DeviceReading {
  const empty = Object.fromEntries(READING_NAMES.map((name) => [name, null])) as unknown as DeviceReading;
  return { ...empty, ...known };
}
