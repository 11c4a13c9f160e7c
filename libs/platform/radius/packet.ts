import { definitionByNumber, definitionOf, numberOf } from './dictionary.js';
import type { AttributeName } from './dictionary.js';
import { radiusErrors } from './radius.errors.js';
import { type AttributeValue, decodeValue, encodeValue } from './values.js';

/** A name of the dictionary, or the number of what has no name there: `5`, `26.14988.8`. */
export type AttributeKey = AttributeName | `${number}` | `26.${number}.${number}`;
export type Attribute = readonly [name: AttributeKey, value: AttributeValue];

export const HEADER_OCTETS = 20;
export const MAX_OCTETS = 4096;
const VENDOR_SPECIFIC = 26;
const MESSAGE_AUTHENTICATOR = 80;

/** A packet as it arrived; nothing in it is to be believed before it has been verified. */
export interface RadiusPacket {
  readonly code: number;
  readonly identifier: number;
  readonly authenticator: Buffer;
  readonly attributes: readonly Attribute[];
  /** Where the sixteen octets of the Message-Authenticator start. */
  readonly messageAuthenticatorAt: number | undefined;
  /** The octets of the packet alone, without padding. */
  readonly octets: Buffer;
}

/** The first value of an attribute. */
export function valueOf(packet: Pick<RadiusPacket, 'attributes'>, name: AttributeKey): AttributeValue | undefined {
  return packet.attributes.find(([found]) => found === name)?.[1];
}

export function textOf(packet: Pick<RadiusPacket, 'attributes'>, name: AttributeKey): string | undefined {
  const value = valueOf(packet, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberValueOf(packet: Pick<RadiusPacket, 'attributes'>, name: AttributeKey): number | undefined {
  const value = valueOf(packet, name);
  return typeof value === 'number' ? value : undefined;
}

/**
 * Reads a datagram (RFC 2865 3). A value of the wrong length for its kind, and a vendor's attribute that does not
 * follow 5.26, is kept as octets under its number.
 * @throws `radius.packet.malformed`
 */
export function parsePacket(datagram: Buffer): RadiusPacket {
  const length = lengthOf(datagram);
  const octets = Buffer.from(datagram.subarray(0, length));
  const attributes: Attribute[] = [];
  let messageAuthenticatorAt: number | undefined;
  for (let at = HEADER_OCTETS; at < length;) {
    const type = octets[at] ?? 0;
    const size = octets[at + 1] ?? 0;
    if (size < 2 || at + size > length) throw malformed('an attribute has an impossible length');
    const value = octets.subarray(at + 2, at + size);
    if (type === MESSAGE_AUTHENTICATOR) {
      if (size !== 18 || messageAuthenticatorAt !== undefined) throw malformed('its Message-Authenticator is none');
      messageAuthenticatorAt = at + 2;
    }
    attributes.push(...(type === VENDOR_SPECIFIC ? vendorAttributes(value) : [attribute(type, value)]));
    at += size;
  }
  const [code = 0, identifier = 0] = octets;
  return { code, identifier, authenticator: octets.subarray(4, 20), attributes, messageAuthenticatorAt, octets };
}

function lengthOf(datagram: Buffer): number {
  if (datagram.length < HEADER_OCTETS) throw malformed('shorter than its header');
  const length = datagram.readUInt16BE(2);
  if (length < HEADER_OCTETS || length > MAX_OCTETS) throw malformed('its length is out of range');
  if (length > datagram.length) throw malformed('it was cut short');
  return length;
}

function attribute(type: number, octets: Buffer, vendor?: number): Attribute {
  const definition = definitionByNumber(type, vendor);
  const value = definition && decodeValue(definition.kind, octets);
  const name = value === undefined ? numberOf(type, vendor) : definition?.name;
  return [name as AttributeKey, value ?? octets];
}

/** The vendor's number and any count of sub-attributes (RFC 2865 5.26), or the whole as octets. */
function vendorAttributes(octets: Buffer): Attribute[] {
  const whole: Attribute[] = [[`${VENDOR_SPECIFIC}`, octets]];
  if (octets.length < 6) return whole;
  const vendor = octets.readUInt32BE();
  const found: Attribute[] = [];
  for (let at = 4; at < octets.length;) {
    const type = octets[at] ?? 0;
    const size = octets[at + 1] ?? 0;
    if (size < 2 || at + size > octets.length) return whole;
    found.push(attribute(type, octets.subarray(at + 2, at + size), vendor));
    at += size;
  }
  return found;
}

/**
 * The attributes one after the other.
 * @throws `radius.attribute.unknown`, `radius.attribute.invalid`
 */
export function encodeAttributes(attributes: readonly Attribute[]): Buffer {
  return Buffer.concat(attributes.map(encodeAttribute));
}

function encodeAttribute([name, value]: Attribute): Buffer {
  const definition = definitionOf(name);
  if (!definition) throw radiusErrors('radius.attribute.unknown', { name });
  const { type, vendor } = definition;
  const octets = encodeValue(definition, value);
  const inner = Buffer.concat([Buffer.from([type, octets.length + 2]), octets]);
  const size = vendor === undefined ? inner.length : inner.length + 6;
  if (size > 255) throw radiusErrors('radius.attribute.invalid', { name });
  if (vendor === undefined) return inner;
  const header = Buffer.from([VENDOR_SPECIFIC, size, 0, 0, 0, 0]);
  header.writeUInt32BE(vendor, 2);
  return Buffer.concat([header, inner]);
}

function malformed(problem: string) {
  return radiusErrors('radius.packet.malformed', { problem });
}
