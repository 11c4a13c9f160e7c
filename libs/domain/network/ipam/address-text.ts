import { isIP } from 'node:net';
import { Address4, Address6 } from 'ip-address';
import { networkErrors } from '../network.errors.js';
import { ipamErrors } from './ipam.errors.js';

export interface HostWithLength {
  readonly host: string;
  readonly length: number;
}

/**
 * One address in the usual notation (RFC 6943, section 3.1.1): no octal or hexadecimal parts, which other programs read
 * as another address, and no zone.
 */
export function isAddress(text: string): boolean {
  return !text.includes('%') && isIP(text) !== 0;
}

/** An address with its prefix length, host bits or not. */
function parts(text: string): HostWithLength | undefined {
  const [host = '', digits = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isAddress(host) || !/^(0|[1-9]\d{0,2})$/.test(digits)) return undefined;
  const length = Number(digits);
  return length <= (isIP(host) === 4 ? 32 : 128) ? { host, length } : undefined;
}

/** A network address with its length and without host bits. */
export function isPrefix(text: string): boolean {
  const found = parts(text);
  if (!found) return false;
  const address = isIP(found.host) === 4 ? new Address4(text) : new Address6(text);
  return address.startAddress().correctForm() === address.correctForm();
}

/** Host and length of `192.168.1.100/24`. @throws `network.address.malformed` */
export function parseAssignment(text: string): HostWithLength {
  const found = parts(text);
  if (!found) throw networkErrors('network.address.malformed');
  return found;
}

/** @throws `network.prefix.malformed` */
export function parsePrefix(text: string): string {
  if (!isPrefix(text)) throw ipamErrors('network.prefix.malformed');
  return text;
}

/** The host part of `192.168.1.100/24`. @throws `network.address.malformed` */
export function hostOf(assignment: string): string {
  return parseAssignment(assignment).host;
}

/** Whether it names a unit of an IPv6 pool, with its length, and no single address. */
export const isUnit = (text: string): boolean => text.includes('/');

/** The how-many-eth prefix of its length a unit is inside an IPv6 prefix that holds it, from 0; as text, for it may be large. */
export function unitPosition(base: string, unit: string): string {
  const { length } = parseAssignment(unit);
  const offset = new Address6(unit).startAddress().bigInt() - new Address6(base).startAddress().bigInt();
  return String(offset >> BigInt(128 - length));
}
