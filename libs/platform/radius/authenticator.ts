import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { RADIUS_CODE } from './dictionary.js';
import { type Attribute, encodeAttributes, HEADER_OCTETS, MAX_OCTETS, numberValueOf } from './packet.js';
import type { RadiusPacket } from './packet.js';
import { radiusErrors } from './radius.errors.js';

export type Secret = string | Buffer;

const ZEROS = Buffer.alloc(16);
const MESSAGE_AUTHENTICATOR_HEADER = Buffer.from([80, 18]);
/** These carry random octets in place of a digest: their Message-Authenticator alone proves who sent them. */
const RANDOM_AUTHENTICATOR = new Set<number>([RADIUS_CODE.AccessRequest, RADIUS_CODE.StatusServer]);
const PASSWORD_OCTETS = 128;

export interface RequestParts {
  readonly code: number;
  /** 0 to 255. */
  readonly identifier: number;
  readonly attributes: readonly Attribute[];
  readonly secret: Secret;
  /** Left out only to see what a peer makes of that. */
  readonly messageAuthenticator?: boolean;
  /** Of an Access-Request or Status-Server; random when not given. */
  readonly authenticator?: Buffer;
}

/**
 * A signed request, its Message-Authenticator first (the advice after CVE-2024-3596). A `User-Password` is given in
 * clear and leaves hidden.
 * @throws `radius.packet.too_long`, `radius.attribute.unknown`, `radius.attribute.invalid`
 */
export function encodeRequest(parts: RequestParts): Buffer {
  const { code, identifier, secret, messageAuthenticator = true } = parts;
  const random = RANDOM_AUTHENTICATOR.has(code);
  const authenticator = random ? (parts.authenticator ?? randomBytes(16)) : ZEROS;
  const attributes = parts.attributes.map((attribute) => hiding(attribute, secret, authenticator));
  const octets = assemble({ code, identifier, authenticator, attributes, messageAuthenticator });
  if (messageAuthenticator) signMessage(octets, HEADER_OCTETS + 2, secret);
  if (!random) digest(octets, secret).copy(octets, 4);
  return octets;
}

export interface ReplyParts {
  readonly code: number;
  readonly attributes?: readonly Attribute[];
  readonly secret: Secret;
  readonly request: Pick<RadiusPacket, 'identifier' | 'authenticator'>;
  readonly messageAuthenticator?: boolean;
}

/** @throws as `encodeRequest` */
export function encodeReply({ code, attributes = [], secret, request, messageAuthenticator = true }: ReplyParts) {
  const { identifier, authenticator } = request;
  const octets = assemble({ code, identifier, authenticator, attributes, messageAuthenticator });
  if (messageAuthenticator) signMessage(octets, HEADER_OCTETS + 2, secret);
  digest(octets, secret).copy(octets, 4);
  return octets;
}

/** Why a packet is not what a holder of the secret sent for us. */
export type Distrust = 'authenticator' | 'message_authenticator' | 'no_message_authenticator';

export interface Strictness {
  readonly requireMessageAuthenticator?: boolean;
}

/** Undefined for a request that a holder of the secret signed. All comparisons take the same time. */
export function distrustRequest(
  packet: RadiusPacket,
  secret: Secret,
  strictness: Strictness = {},
): Distrust | undefined {
  const random = RANDOM_AUTHENTICATOR.has(packet.code);
  if (random) return distrustMessage(packet, packet.authenticator, secret, strictness);
  if (!timingSafeEqual(digest(withAuthenticator(packet, ZEROS), secret), packet.authenticator)) return 'authenticator';
  return distrustMessage(packet, ZEROS, secret, strictness);
}

/** Undefined for a reply that a holder of the secret signed to the request with that authenticator. */
export function distrustReply(
  packet: RadiusPacket,
  secret: Secret,
  requestAuthenticator: Buffer,
  strictness: Strictness = {},
): Distrust | undefined {
  const signed = digest(withAuthenticator(packet, requestAuthenticator), secret);
  if (!timingSafeEqual(signed, packet.authenticator)) return 'authenticator';
  return distrustMessage(packet, requestAuthenticator, secret, strictness);
}

/** Whether the Event-Timestamp (RFC 5176 3.3) is there and within so many seconds of now, either way. */
export function isFresh(packet: RadiusPacket, now: Date, toleranceSeconds: number): boolean {
  const stamp = numberValueOf(packet, 'Event-Timestamp');
  return stamp !== undefined && Math.abs(now.getTime() / 1000 - stamp) <= toleranceSeconds;
}

export function eventTimestamp(now: Date): Attribute {
  return ['Event-Timestamp', Math.floor(now.getTime() / 1000)];
}

/** RFC 2865 5.2. @throws `radius.attribute.invalid` for more than 128 octets */
export function hidePassword(password: string | Buffer, secret: Secret, authenticator: Buffer): Buffer {
  const clear = Buffer.from(password as string);
  if (clear.length > PASSWORD_OCTETS) throw radiusErrors('radius.attribute.invalid', { name: 'User-Password' });
  const padded = Buffer.alloc(Math.max(16, Math.ceil(clear.length / 16) * 16));
  clear.copy(padded);
  let previous = authenticator;
  for (let at = 0; at < padded.length; at += 16) {
    const block = padded.subarray(at, at + 16);
    xor(block, md5(secret, previous));
    previous = block;
  }
  return padded;
}

/** The password in clear without its padding; undefined for what cannot be a hidden password. */
export function revealPassword(hidden: Buffer, secret: Secret, authenticator: Buffer): Buffer | undefined {
  if (hidden.length === 0 || hidden.length > PASSWORD_OCTETS || hidden.length % 16 !== 0) return undefined;
  const clear = Buffer.from(hidden);
  let previous = authenticator;
  for (let at = 0; at < clear.length; at += 16) {
    xor(clear.subarray(at, at + 16), md5(secret, previous));
    previous = hidden.subarray(at, at + 16);
  }
  const end = clear.findLastIndex((octet) => octet !== 0) + 1;
  return clear.subarray(0, end);
}

/** The CHAP-Password of RFC 2865 5.3: the identifier, then the digest of RFC 1994. */
export function chapPassword(identifier: number, password: string | Buffer, challenge: Buffer): Buffer {
  const id = Buffer.from([identifier]);
  return Buffer.concat([id, md5(id, password, challenge)]);
}

/** Whether the peer that was given the challenge knows the password. */
export function checkChap(answer: Buffer, password: string | Buffer, challenge: Buffer): boolean {
  if (answer.length !== 17) return false;
  return timingSafeEqual(chapPassword(answer[0] ?? 0, password, challenge), answer);
}

interface Unsigned {
  readonly code: number;
  readonly identifier: number;
  readonly authenticator: Buffer;
  readonly attributes: readonly Attribute[];
  readonly messageAuthenticator: boolean;
}

function assemble({ code, identifier, authenticator, attributes, messageAuthenticator }: Unsigned): Buffer {
  const signature = messageAuthenticator ? [MESSAGE_AUTHENTICATOR_HEADER, ZEROS] : [];
  const octets = Buffer.concat([Buffer.alloc(HEADER_OCTETS), ...signature, encodeAttributes(attributes)]);
  if (octets.length > MAX_OCTETS) throw radiusErrors('radius.packet.too_long');
  octets[0] = code;
  octets[1] = identifier;
  octets.writeUInt16BE(octets.length, 2);
  authenticator.copy(octets, 4);
  return octets;
}

function hiding([name, value]: Attribute, secret: Secret, authenticator: Buffer): Attribute {
  if (name !== 'User-Password' || typeof value === 'number') return [name, value];
  return [name, hidePassword(value, secret, authenticator)];
}

function signMessage(octets: Buffer, at: number, secret: Secret): void {
  createHmac('md5', secret).update(octets).digest().copy(octets, at);
}

function distrustMessage(
  packet: RadiusPacket,
  authenticator: Buffer,
  secret: Secret,
  { requireMessageAuthenticator = false }: Strictness,
): Distrust | undefined {
  const at = packet.messageAuthenticatorAt;
  if (at === undefined) return requireMessageAuthenticator ? 'no_message_authenticator' : undefined;
  const unsigned = withAuthenticator(packet, authenticator);
  unsigned.fill(0, at, at + 16);
  const signed = createHmac('md5', secret).update(unsigned).digest();
  return timingSafeEqual(signed, packet.octets.subarray(at, at + 16)) ? undefined : 'message_authenticator';
}

function withAuthenticator({ octets }: RadiusPacket, authenticator: Buffer): Buffer {
  const copy = Buffer.from(octets);
  authenticator.copy(copy, 4);
  return copy;
}

const digest = (octets: Buffer, secret: Secret): Buffer => md5(octets, secret);

function md5(...parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('md5');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function xor(target: Buffer, key: Buffer): void {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] ?? 0) ^ (key[at] ?? 0);
}
