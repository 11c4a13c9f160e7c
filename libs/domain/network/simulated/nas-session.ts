import { type Attribute, type RadiusPacket, numberValueOf, textOf, valueOf } from '@isp/platform/radius';
import { NO_OCTETS, type Octets, added, movedBetween } from './traffic.js';

/** kbit/s. */
export interface Rate {
  readonly downloadKbps: number;
  readonly uploadKbps: number;
}

const UNLIMITED: Rate = { downloadKbps: 100_000, uploadKbps: 20_000 };
const INTERIM_SECONDS = 300;
const LOW_32_BITS = 0x1_0000_0000;
const OPEN_LIST = 'open';
/** What a captive browser asks for. */
const WALLED_GARDEN_KBPS = 64;

/** What an Access-Accept or a CoA-Request says of the rate; undefined when it says nothing, null when it makes no sense. */
export function rateIn(packet: Pick<RadiusPacket, 'attributes'>): Rate | undefined | null {
  const limit = valueOf(packet, 'Mikrotik-Rate-Limit');
  if (limit !== undefined) return typeof limit === 'string' ? rateOfLimit(limit) : null;
  const up = numberValueOf(packet, 'WISPr-Bandwidth-Max-Up');
  const down = numberValueOf(packet, 'WISPr-Bandwidth-Max-Down');
  if (up === undefined || down === undefined) return undefined;
  return { uploadKbps: Math.floor(up / 1000), downloadKbps: Math.floor(down / 1000) };
}

/** `10000k/50M`: what the router receives from the subscriber, then what it sends. */
function rateOfLimit(text: string): Rate | null {
  const match = /^(\d{1,12})([kMG]?)(?:\/(\d{1,12})([kMG]?))?(?: .*)?$/.exec(text);
  if (!match) return null;
  const uploadKbps = kbps(match[1] ?? '', match[2] ?? '');
  const downloadKbps = match[3] === undefined ? uploadKbps : kbps(match[3], match[4] ?? '');
  return { uploadKbps, downloadKbps };
}

function kbps(digits: string, unit: string): number {
  const bits = { '': 1, k: 1e3, M: 1e6, G: 1e9 }[unit] ?? 1;
  return Math.floor((Number(digits) * bits) / 1000);
}

export interface SessionStart {
  readonly id: string;
  readonly username: string;
  readonly port: number;
  readonly callingStation: string;
  readonly seed: number;
  readonly at: Date;
  readonly accept: RadiusPacket;
}

/** A subscriber's session on a simulated NAS: what the Access-Accept gave, what changed since, what was moved. */
export class NasSession {
  readonly id: string;
  readonly username: string;
  readonly port: number;
  readonly callingStation: string;
  readonly startedAt: Date;
  readonly framedAddress: string | undefined;
  readonly framedPrefix: string | undefined;
  readonly delegatedPrefix: string | undefined;
  readonly timeoutSeconds: number | undefined;
  rate: Rate;
  addressList: string | undefined;
  octets: Octets = NO_OCTETS;
  private readonly seed: number;
  private readonly interimSeconds: number;
  private readonly classes: readonly Attribute[];
  private countedAt: number;
  private reportedAt: number;

  constructor({ id, username, port, callingStation, seed, at, accept }: SessionStart) {
    this.id = id;
    this.username = username;
    this.port = port;
    this.callingStation = callingStation;
    this.seed = seed;
    this.startedAt = at;
    this.countedAt = at.getTime();
    this.reportedAt = at.getTime();
    this.framedAddress = textOf(accept, 'Framed-IP-Address');
    this.framedPrefix = textOf(accept, 'Framed-IPv6-Prefix');
    this.delegatedPrefix = textOf(accept, 'Delegated-IPv6-Prefix');
    this.timeoutSeconds = numberValueOf(accept, 'Session-Timeout');
    this.interimSeconds = Math.max(1, numberValueOf(accept, 'Acct-Interim-Interval') ?? INTERIM_SECONDS);
    this.rate = rateIn(accept) ?? UNLIMITED;
    this.addressList = textOf(accept, 'Mikrotik-Address-List') ?? textOf(accept, 'Framed-Pool');
    this.classes = accept.attributes.filter(([name]) => name === 'Class');
  }

  /** Whether the subscriber reaches the operator's own pages alone. */
  get isWalledIn(): boolean {
    return (
      this.addressList !== undefined && /walled|suspended/.test(this.addressList) && this.addressList !== OPEN_LIST
    );
  }

  /** Counts what was moved until now, at the rate of now. */
  count(now: Date): void {
    const slowed = { downloadKbps: WALLED_GARDEN_KBPS, uploadKbps: WALLED_GARDEN_KBPS };
    const hasIPv6 = this.framedPrefix !== undefined || this.delegatedPrefix !== undefined;
    const line = { seed: this.seed, username: this.username, hasIPv6, ...(this.isWalledIn ? slowed : this.rate) };
    this.octets = added(this.octets, movedBetween(line, this.countedAt, now.getTime()));
    this.countedAt = Math.max(this.countedAt, now.getTime());
  }

  /** Whether an interim update is due; asking settles it. */
  reportIsDue(now: Date): boolean {
    if (now.getTime() - this.reportedAt < this.interimSeconds * 1000) return false;
    this.reportedAt = now.getTime();
    return true;
  }

  isOver(now: Date): boolean {
    return this.timeoutSeconds !== undefined && now.getTime() - this.startedAt.getTime() >= this.timeoutSeconds * 1000;
  }

  /** What identifies the session in every accounting packet. */
  identity(): Attribute[] {
    return [
      ['Acct-Session-Id', this.id],
      ['User-Name', this.username],
      ['NAS-Port', this.port],
      ['NAS-Port-Type', 15],
      ['Service-Type', 2],
      ['Framed-Protocol', 1],
      ['Calling-Station-Id', this.callingStation],
      ...(this.framedAddress === undefined ? [] : [['Framed-IP-Address', this.framedAddress] as const]),
      ...(this.framedPrefix === undefined ? [] : [['Framed-IPv6-Prefix', this.framedPrefix] as const]),
      ...(this.delegatedPrefix === undefined ? [] : [['Delegated-IPv6-Prefix', this.delegatedPrefix] as const]),
      ...this.classes,
    ];
  }

  /** Duration and counters, the upper 32 bits as gigawords (RFC 2869 5.1) and IPv6 by Juniper's ERX attributes. */
  counters(now: Date): Attribute[] {
    const { input, output, ipv6Input, ipv6Output } = this.octets;
    const seconds = Math.max(0, Math.floor((now.getTime() - this.startedAt.getTime()) / 1000));
    return [
      ['Acct-Session-Time', seconds],
      ['Acct-Input-Octets', input % LOW_32_BITS],
      ['Acct-Input-Gigawords', Math.floor(input / LOW_32_BITS)],
      ['Acct-Output-Octets', output % LOW_32_BITS],
      ['Acct-Output-Gigawords', Math.floor(output / LOW_32_BITS)],
      ['ERX-IPv6-Acct-Input-Octets', ipv6Input % LOW_32_BITS],
      ['ERX-IPv6-Acct-Input-Gigawords', Math.floor(ipv6Input / LOW_32_BITS)],
      ['ERX-IPv6-Acct-Output-Octets', ipv6Output % LOW_32_BITS],
      ['ERX-IPv6-Acct-Output-Gigawords', Math.floor(ipv6Output / LOW_32_BITS)],
    ];
  }
}
