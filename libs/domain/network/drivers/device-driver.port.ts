/** What a router is to do for one subscriber. */
export interface SubscriberState {
  /** PPPoE user name. */
  readonly username: string;
  /** Address handed to the subscriber, without prefix length. */
  readonly address: string;
  /** IEEE 802.1Q VLAN id; null when untagged. */
  readonly vlanId: number | null;
  readonly profile: { readonly name: string; readonly downloadKbps: number; readonly uploadKbps: number };
}

/** The device as its driver needs to know it. */
export interface DeviceRef {
  readonly id: number;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/**
 * How to talk to one kind of router: an extension point. Calls may be repeated after a crash; `stepKey` is the same
 * on every repetition, and a device (or its driver) carries each key out once.
 */
export interface DeviceDriver {
  /** The value of `routers.driver` that selects this driver. */
  readonly name: string;
  /** Makes the subscriber exist as described. Rejects when the device refuses or stays silent. */
  apply(device: DeviceRef, stepKey: string, wanted: SubscriberState, signal: AbortSignal): Promise<void>;
  /** What the device really does for a user name; undefined when it knows none. */
  readBack(device: DeviceRef, username: string, signal: AbortSignal): Promise<SubscriberState | undefined>;
}

/** All drivers of this process. */
export const DEVICE_DRIVERS = Symbol('DeviceDrivers');
