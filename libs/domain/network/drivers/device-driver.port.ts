/** What the network is to do for one service; what a driver applies and reads back. */
export interface SubscriberState {
  /** PPPoE user name. */
  readonly username: string;
  /** Address handed to the subscriber, without prefix length. */
  readonly address: string;
  /** Framed-IPv6-Prefix and Delegated-IPv6-Prefix of the same subscriber, sharing its rate; absent or null: it has none. */
  readonly ipv6Prefix?: string | null;
  readonly delegatedPrefix?: string | null;
  /** IEEE 802.1Q VLAN id; null when untagged. */
  readonly vlanId: number | null;
  readonly profile: { readonly name: string; readonly downloadKbps: number; readonly uploadKbps: number };
  /** `walled_garden` reaches the operator's own pages alone, `closed` nothing at all. Open when absent. */
  readonly access?: SubscriberAccess;
}

export type SubscriberAccess = 'open' | 'walled_garden' | 'closed';

/** The device as its drivers need to know it. */
export interface DeviceRef {
  readonly id: number;
  readonly name: string;
  /** Without secrets: ports, OID maps, limits, simulated faults. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Management address; null for devices that have none, such as simulated ones. */
  readonly address?: string | null;
  /** Where its RADIUS packets come from and where it is to be told of changes; null when it is no NAS. */
  readonly nasAddress?: string | null;
  /** Opened credentials by name (`radius`, `snmp_community`, `ssh_password` …). Never to be logged. */
  readonly secrets?: Readonly<Record<string, string>>;
}

/** One difference between what a device does and what it is to do. */
export interface PlannedChange {
  readonly what: 'subscriber' | 'address' | 'prefixes' | 'vlan' | 'rate' | 'access';
  readonly from: string | null;
  readonly to: string | null;
}

/**
 * How subscribers are configured on one kind of device: an extension point. Calls may be repeated after a crash;
 * `stepKey` is the same on every repetition, and a device (or its driver) carries each key out once.
 */
export interface SubscriberDriver {
  /** The value of `devices.driver` that selects this driver. */
  readonly name: string;
  /** How many orders such a device takes at once unless its `settings.max_parallel` says otherwise; no limit when absent. */
  readonly maxParallel?: number;
  /** What `apply` would change; empty when the device already does what is wanted. */
  plan(device: DeviceRef, wanted: SubscriberState, signal: AbortSignal): Promise<readonly PlannedChange[]>;
  /** Makes the subscriber exist as described. Rejects when the device refuses or stays silent. */
  apply(device: DeviceRef, stepKey: string, wanted: SubscriberState, signal: AbortSignal): Promise<void>;
  /** What the device really does for a user name; undefined when it knows none. */
  readBack(device: DeviceRef, username: string, signal: AbortSignal): Promise<SubscriberState | undefined>;
  /** Takes a subscriber off the device again; a device that knows none has nothing to do. */
  remove(device: DeviceRef, stepKey: string, username: string, signal: AbortSignal): Promise<void>;
}

/** A session as its NAS knows it. */
export interface SessionRef {
  readonly username: string;
  /** Acct-Session-Id (RFC 2866). */
  readonly sessionId: string;
  /** Framed-IP-Address; null when the session has none. */
  readonly framedAddress: string | null;
  readonly nasAddress: string;
  readonly nasIdentifier: string | null;
}

/** What a live session is to have from now on. */
export interface SessionChange {
  readonly downloadKbps: number;
  readonly uploadKbps: number;
  readonly access: SubscriberAccess;
}

/** `no_such_session` (Error-Cause 503) counts as done for a disconnect: there is nothing left to end. */
export type SessionAnswer = 'acknowledged' | 'no_such_session';

/**
 * How sessions are ended and changed (RFC 5176 and its like): an extension point.
 * Rejects with `network.device.refused` on a NAK and `network.device.silent` when nothing answered.
 */
export interface SessionDriver {
  /** The value of `devices.session_driver` that selects this driver. */
  readonly name: string;
  disconnect(device: DeviceRef, session: SessionRef, signal: AbortSignal): Promise<SessionAnswer>;
  change(device: DeviceRef, session: SessionRef, change: SessionChange, signal: AbortSignal): Promise<SessionAnswer>;
}

/** All subscriber drivers of this process. */
export const SUBSCRIBER_DRIVERS = Symbol('SubscriberDrivers');
/** All session drivers of this process. */
export const SESSION_DRIVERS = Symbol('SessionDrivers');
