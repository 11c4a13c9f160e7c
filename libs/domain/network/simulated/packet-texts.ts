import { createHash } from 'node:crypto';
import { type AttributeKey, numberValueOf, valueOf } from '@isp/platform/radius';
import type { LoginOutcome, ReceivedPacket } from './radius-backend.port.js';

/** FreeRADIUS's words for the numbers of RFC 2866 5.1 and 5.10. */
const STATUS: Readonly<Record<number, string>> = {
  1: 'Start',
  2: 'Stop',
  3: 'Interim-Update',
  7: 'Accounting-On',
  8: 'Accounting-Off',
};
const CAUSES: readonly string[] = [
  '',
  'User-Request',
  'Lost-Carrier',
  'Lost-Service',
  'Idle-Timeout',
  'Session-Timeout',
  'Admin-Reset',
  'Admin-Reboot',
  'Port-Error',
  'NAS-Error',
  'NAS-Request',
  'NAS-Reboot',
];
/** No standard attribute counts IPv6: each vendor has its own pair. The part before `-Gigawords` and `-Octets`. */
const IPV6_INPUT = ['ERX-IPv6-Acct-Input', 'Huawei-Acct-IPv6-Input', 'H3C-Acct-IPv6-Input'] as const;
const IPV6_OUTPUT = ['ERX-IPv6-Acct-Output', 'Huawei-Acct-IPv6-Output', 'H3C-Acct-IPv6-Output'] as const;

/** The arguments of `radius.account`, in their order: text as FreeRADIUS would write it, '' for what is missing. */
export function accountingTexts({ packet, from, at }: ReceivedPacket): string[] {
  const text = (...names: AttributeKey[]): string => textIn(packet.attributes, names);
  const either = (stems: typeof IPV6_INPUT | typeof IPV6_OUTPUT, unit: 'Gigawords' | 'Octets'): string =>
    text(...stems.map((stem) => `${stem}-${unit}` as const));
  const cause = numberValueOf(packet, 'Acct-Terminate-Cause');
  return [
    STATUS[numberValueOf(packet, 'Acct-Status-Type') ?? 0] ?? '',
    uniqueId({ packet, from, at }),
    text('Acct-Session-Id'),
    text('User-Name'),
    text('Class'),
    text('NAS-IP-Address', 'NAS-IPv6-Address') || from,
    text('NAS-Identifier'),
    text('NAS-Port-Id', 'NAS-Port'),
    text('Calling-Station-Id'),
    text('Called-Station-Id'),
    text('Framed-IP-Address'),
    text('Framed-IPv6-Prefix'),
    text('Delegated-IPv6-Prefix'),
    text('Event-Timestamp'),
    `${Math.floor(at.getTime() / 1000)}`,
    text('Acct-Delay-Time'),
    text('Acct-Session-Time'),
    text('Acct-Input-Gigawords'),
    text('Acct-Input-Octets'),
    text('Acct-Output-Gigawords'),
    text('Acct-Output-Octets'),
    either(IPV6_INPUT, 'Gigawords'),
    either(IPV6_INPUT, 'Octets'),
    either(IPV6_OUTPUT, 'Gigawords'),
    either(IPV6_OUTPUT, 'Octets'),
    cause === undefined ? '' : (CAUSES[cause] ?? `${cause}`),
  ];
}

/** The arguments of `radius.note_attempt`, in their order. */
export function attemptTexts({ username, reply, reason }: LoginOutcome, { packet, from }: ReceivedPacket): string[] {
  const text = (...names: AttributeKey[]): string => textIn(packet.attributes, names);
  return [
    username,
    reply,
    reason,
    text('NAS-IP-Address', 'NAS-IPv6-Address') || from,
    text('NAS-Identifier'),
    text('NAS-Port-Id', 'NAS-Port'),
    text('Calling-Station-Id'),
  ];
}

/** Session ids alone repeat. As the shipped FreeRADIUS computes it, so that either server finds the other's rows. */
function uniqueId({ packet, from }: ReceivedPacket): string {
  const text = (...names: AttributeKey[]): string => textIn(packet.attributes, names);
  const parts = [
    text('User-Name'),
    text('Acct-Session-Id'),
    text('NAS-IPv6-Address', 'NAS-IP-Address'),
    text('NAS-Identifier'),
    text('NAS-Port-Id'),
    text('NAS-Port'),
    from,
  ];
  return createHash('md5').update(parts.join(',')).digest('hex');
}

/** The first of the attributes that is there. PostgreSQL's text holds no NUL. */
function textIn(attributes: ReceivedPacket['packet']['attributes'], names: readonly AttributeKey[]): string {
  const value = names.map((name) => valueOf({ attributes }, name)).find((found) => found !== undefined);
  if (Buffer.isBuffer(value)) return `0x${value.toString('hex')}`;
  return String(value ?? '').replaceAll('\0', '');
}
