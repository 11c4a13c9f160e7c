import type { SubscriberAccess } from '../drivers/device-driver.port.js';

/** What a session is to have. */
export interface WantedOfSession {
  readonly access: SubscriberAccess;
  readonly address: string | null;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
}

/** What a session was given; null where nobody knows. */
export interface GrantedToSession {
  readonly access: 'open' | 'walled_garden' | null;
  readonly address: string | null;
  readonly downloadKbps: number | null;
  readonly uploadKbps: number | null;
}

export type SessionOrderKind = 'keep' | 'change' | 'disconnect';

/**
 * What brings a session to what is wanted. Into the garden and out of it leads a new log-in, as the addresses differ;
 * where the device does it by address lists (`byCoa`), a CoA-Request does while the session has its own address.
 */
export function sessionOrder(wanted: WantedOfSession, granted: GrantedToSession, byCoa = false): SessionOrderKind {
  if (wanted.access === 'closed') return 'disconnect';
  const hasOwn = granted.address !== null && granted.address === wanted.address;
  const access = granted.access ?? accessGuessed(wanted, granted.address);
  if (access !== wanted.access) return byCoa && hasOwn ? 'change' : 'disconnect';
  if (access === 'walled_garden') return 'keep';
  if (granted.address !== null && isIPv4(wanted.address) && !hasOwn) return 'disconnect';
  const asWanted = granted.downloadKbps === wanted.downloadKbps && granted.uploadKbps === wanted.uploadKbps;
  return asWanted ? 'keep' : 'change';
}

/** A session without our Class tells by its address where it is. */
function accessGuessed(wanted: WantedOfSession, address: string | null): SubscriberAccess {
  if (address === null) return wanted.access;
  return address === wanted.address ? 'open' : 'walled_garden';
}

const isIPv4 = (address: string | null): boolean => address?.includes('.') ?? false;
