import { isIPv4, isIPv6 } from 'node:net';
import type { AttributeDefinition, AttributeKind } from './dictionary.js';
import { radiusErrors } from './radius.errors.js';

/** Text that is not UTF-8, and everything without a kind, stays as bytes. */
export type AttributeValue = string | number | Buffer;

type Encode = (value: AttributeValue) => Buffer | undefined;
type Decode = (octets: Buffer) => AttributeValue | undefined;

const U32 = 0xffffffff;

const CODECS: Readonly<Record<Exclude<AttributeKind, 'hidden'>, readonly [Encode, Decode]>> = {
  text: [(value) => (typeof value === 'number' ? undefined : Buffer.from(value as string)), decodeText],
  octets: [(value) => (Buffer.isBuffer(value) ? value : undefined), (octets) => octets],
  number: [encodeNumber, (octets) => (octets.length === 4 ? octets.readUInt32BE() : undefined)],
  ipv4: [encodeIPv4, (octets) => (octets.length === 4 ? octets.join('.') : undefined)],
  ipv6: [encodeIPv6, (octets) => (octets.length === 16 ? formatIPv6(octets) : undefined)],
  prefix: [encodePrefix, decodePrefix],
};

/** @throws `radius.attribute.invalid` */
export function encodeValue({ name, kind }: AttributeDefinition, value: AttributeValue): Buffer {
  const octets = kind === 'hidden' ? CODECS.octets[0](value) : CODECS[kind][0](value);
  if (!octets) throw radiusErrors('radius.attribute.invalid', { name });
  return octets;
}

/** Undefined when the octets are none of that kind. */
export function decodeValue(kind: AttributeKind, octets: Buffer): AttributeValue | undefined {
  return kind === 'hidden' ? octets : CODECS[kind][1](octets);
}

/**
 * A value as people and FreeRADIUS's tables write it: `0x` starts octets, numbers are decimal.
 * @throws `radius.attribute.invalid`
 */
export function valueFromText({ name, kind }: AttributeDefinition, text: string): AttributeValue {
  if (kind === 'number') {
    if (/^\d{1,10}$/.test(text) && Number(text) <= U32) return Number(text);
    throw radiusErrors('radius.attribute.invalid', { name });
  }
  if (kind !== 'octets') return text;
  return /^0x(?:[0-9a-f]{2})*$/i.test(text) ? Buffer.from(text.slice(2), 'hex') : Buffer.from(text);
}

function decodeText(octets: Buffer): AttributeValue {
  const text = octets.toString('utf8');
  return Buffer.from(text).equals(octets) ? text : octets;
}

function encodeNumber(value: AttributeValue): Buffer | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > U32) return undefined;
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

function encodeIPv4(value: AttributeValue): Buffer | undefined {
  return typeof value === 'string' && isIPv4(value) ? Buffer.from(value.split('.').map(Number)) : undefined;
}

function encodeIPv6(value: AttributeValue): Buffer | undefined {
  if (typeof value !== 'string' || !isIPv6(value) || value.includes('%')) return undefined;
  const [head = '', tail] = dotless(value).split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const octets = Buffer.alloc(16);
  left.forEach((group, at) => octets.writeUInt16BE(parseInt(group, 16), at * 2));
  right.forEach((group, at) => octets.writeUInt16BE(parseInt(group, 16), 16 - (right.length - at) * 2));
  return octets;
}

/** `::ffff:192.0.2.1` with its last four octets in hexadecimal. */
function dotless(address: string): string {
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  if (!dotted) return address;
  const [a, b, c, d] = dotted.slice(2).map(Number) as [number, number, number, number];
  return `${dotted[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** RFC 5952: lower case, no leading zeros, the longest run of zero groups shortened. */
function formatIPv6(octets: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, at) => octets.readUInt16BE(at * 2).toString(16));
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?:^|(?<=:))0(?::0)+(?=:|$)/g)];
  const longest = runs.reduce((best, run) => (run[0].length > best.length ? run[0] : best), '');
  if (longest === '') return text;
  const at = runs.find((run) => run[0] === longest)?.index ?? 0;
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

/** A reserved octet, the length in bits, then the address (RFC 3162 2.3); bits beyond the length are zero. */
function encodePrefix(value: AttributeValue): Buffer | undefined {
  const match = typeof value === 'string' ? /^([^/]+)\/(\d{1,3})$/.exec(value) : null;
  const address = match?.[1] === undefined ? undefined : encodeIPv6(match[1]);
  const bits = Number(match?.[2]);
  if (!address || bits > 128) return undefined;
  return Buffer.concat([Buffer.from([0, bits]), masked(address, bits)]);
}

function decodePrefix(octets: Buffer): AttributeValue | undefined {
  const bits = octets[1] ?? 255;
  if (octets.length < 2 || octets.length > 18 || bits > 128 || (octets.length - 2) * 8 < bits) return undefined;
  const address = Buffer.alloc(16);
  octets.copy(address, 0, 2);
  return `${formatIPv6(masked(address, bits))}/${bits}`;
}

function masked(address: Buffer, bits: number): Buffer {
  return address.map((octet, at) => octet & ~(0xff >> Math.min(8, Math.max(0, bits - at * 8)))) as Buffer;
}
