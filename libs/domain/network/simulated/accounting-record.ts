import { createHash } from 'node:crypto';
import { ACCT_STATUS, type AttributeName, TERMINATE_CAUSE, type RadiusPacket } from '@isp/platform/radius';
import { numberValueOf, textOf, valueOf } from '@isp/platform/radius';
import type { AccountingRecord } from './radius-backend.port.js';

const STATUS = new Map<number, AccountingRecord['status']>([
  [ACCT_STATUS.Start, 'start'],
  [ACCT_STATUS.InterimUpdate, 'interim'],
  [ACCT_STATUS.Stop, 'stop'],
  [ACCT_STATUS.AccountingOn, 'on'],
  [ACCT_STATUS.AccountingOff, 'off'],
]);
const CAUSES = new Map<number, string>(
  Object.entries(TERMINATE_CAUSE).map(([name, cause]) => [cause, name.replace(/(?!^)([A-Z])/g, '-$1')]),
);

/** No standard attribute counts IPv6: each vendor has its own pair. */
const IPV6 = {
  Input: ['ERX-IPv6-Acct-Input', 'Huawei-Acct-IPv6-Input', 'H3C-Acct-IPv6-Input', 'Acct-Input-IPv6'],
  Output: ['ERX-IPv6-Acct-Output', 'Huawei-Acct-IPv6-Output', 'H3C-Acct-IPv6-Output', 'Acct-Output-IPv6'],
} as const;

/** Undefined when the packet says nothing that could be kept: no known status, or no session. */
export function accountingRecord(packet: RadiusPacket, from: string, arrived: Date): AccountingRecord | undefined {
  const status = STATUS.get(numberValueOf(packet, 'Acct-Status-Type') ?? 0);
  const sessionId = textOf(packet, 'Acct-Session-Id') ?? '';
  if (status === undefined || (sessionId === '' && status !== 'on' && status !== 'off')) return undefined;
  const stamp = numberValueOf(packet, 'Event-Timestamp');
  const delayed = arrived.getTime() - (numberValueOf(packet, 'Acct-Delay-Time') ?? 0) * 1000;
  const ended = status === 'stop' ? numberValueOf(packet, 'Acct-Terminate-Cause') : undefined;
  const classes = valueOf(packet, 'Class');
  return {
    status,
    sessionId,
    uniqueId: uniqueId(packet),
    username: textOf(packet, 'User-Name') ?? '',
    nasAddress: textOf(packet, 'NAS-IP-Address') ?? from,
    nasIdentifier: textOf(packet, 'NAS-Identifier') ?? null,
    nasPort: textOf(packet, 'NAS-Port-Id') ?? numberValueOf(packet, 'NAS-Port')?.toString() ?? null,
    callingStation: textOf(packet, 'Calling-Station-Id') ?? null,
    calledStation: textOf(packet, 'Called-Station-Id') ?? null,
    framedAddress: textOf(packet, 'Framed-IP-Address') ?? null,
    framedPrefix: textOf(packet, 'Framed-IPv6-Prefix') ?? null,
    delegatedPrefix: textOf(packet, 'Delegated-IPv6-Prefix') ?? null,
    at: new Date(stamp === undefined ? delayed : stamp * 1000),
    seconds: numberValueOf(packet, 'Acct-Session-Time') ?? 0,
    inputOctets: octets(packet, 'Acct-Input-Octets', 'Acct-Input-Gigawords'),
    outputOctets: octets(packet, 'Acct-Output-Octets', 'Acct-Output-Gigawords'),
    ipv6InputOctets: vendorOctets(packet, IPV6.Input),
    ipv6OutputOctets: vendorOctets(packet, IPV6.Output),
    terminateCause: ended === undefined ? null : (CAUSES.get(ended) ?? `${ended}`),
    class: Buffer.isBuffer(classes) ? classes.toString('hex') : null,
  };
}

/** As FreeRADIUS is configured to compute it, so that either server finds the other's rows. */
function uniqueId(packet: RadiusPacket): string {
  const names: AttributeName[] = [
    'User-Name',
    'Acct-Session-Id',
    'NAS-IP-Address',
    'NAS-Identifier',
    'NAS-Port-Id',
    'NAS-Port',
  ];
  const parts = names.map((name) => String(valueOf(packet, name) ?? ''));
  return createHash('md5').update(parts.join(',')).digest('hex');
}

function octets(packet: RadiusPacket, low: AttributeName, high: AttributeName): bigint {
  return (BigInt(numberValueOf(packet, high) ?? 0) << 32n) + BigInt(numberValueOf(packet, low) ?? 0);
}

function vendorOctets(packet: RadiusPacket, vendors: (typeof IPV6)['Input' | 'Output']): bigint {
  const counts = vendors.map((vendor) => octets(packet, `${vendor}-Octets`, `${vendor}-Gigawords`));
  return counts.find((count) => count > 0n) ?? 0n;
}
