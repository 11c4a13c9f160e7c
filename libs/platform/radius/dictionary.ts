/**
 * How an attribute's octets are read. `text` is UTF-8 where it can be and bytes where it cannot; `hidden` is the
 * User-Password of RFC 2865 5.2; numbers are unsigned 32 bit; `prefix` is that of RFC 3162 2.3.
 */
export type AttributeKind = 'text' | 'octets' | 'hidden' | 'number' | 'ipv4' | 'ipv6' | 'prefix';

type Standard = readonly [type: number, kind: AttributeKind];
type Vendor = readonly [type: number, kind: AttributeKind, vendor: number];

/** IANA private enterprise numbers. */
const MIKROTIK = 14988;
const WISPR = 14122;
const ERX = 4874;
const HUAWEI = 2011;
const H3C = 25506;
const ERICSSON_AB = 2352;

/** RFC 2865, 2866, 2869, 3162, 4818, 5176, 6911 and the vendors' attributes that we send or count by. */
export const DICTIONARY = {
  'User-Name': [1, 'text'],
  'User-Password': [2, 'hidden'],
  'CHAP-Password': [3, 'octets'],
  'NAS-IP-Address': [4, 'ipv4'],
  'NAS-Port': [5, 'number'],
  'Service-Type': [6, 'number'],
  'Framed-Protocol': [7, 'number'],
  'Framed-IP-Address': [8, 'ipv4'],
  'Framed-IP-Netmask': [9, 'ipv4'],
  'Filter-Id': [11, 'text'],
  'Framed-MTU': [12, 'number'],
  'Reply-Message': [18, 'text'],
  'Framed-Route': [22, 'text'],
  State: [24, 'octets'],
  Class: [25, 'octets'],
  'Session-Timeout': [27, 'number'],
  'Idle-Timeout': [28, 'number'],
  'Termination-Action': [29, 'number'],
  'Called-Station-Id': [30, 'text'],
  'Calling-Station-Id': [31, 'text'],
  'NAS-Identifier': [32, 'text'],
  'Proxy-State': [33, 'octets'],
  'Acct-Status-Type': [40, 'number'],
  'Acct-Delay-Time': [41, 'number'],
  'Acct-Input-Octets': [42, 'number'],
  'Acct-Output-Octets': [43, 'number'],
  'Acct-Session-Id': [44, 'text'],
  'Acct-Authentic': [45, 'number'],
  'Acct-Session-Time': [46, 'number'],
  'Acct-Input-Packets': [47, 'number'],
  'Acct-Output-Packets': [48, 'number'],
  'Acct-Terminate-Cause': [49, 'number'],
  'Acct-Multi-Session-Id': [50, 'text'],
  'Acct-Link-Count': [51, 'number'],
  'Acct-Input-Gigawords': [52, 'number'],
  'Acct-Output-Gigawords': [53, 'number'],
  'Event-Timestamp': [55, 'number'],
  'CHAP-Challenge': [60, 'octets'],
  'NAS-Port-Type': [61, 'number'],
  'Port-Limit': [62, 'number'],
  'Connect-Info': [77, 'text'],
  'EAP-Message': [79, 'octets'],
  'Message-Authenticator': [80, 'octets'],
  'Acct-Interim-Interval': [85, 'number'],
  'NAS-Port-Id': [87, 'text'],
  'Framed-Pool': [88, 'text'],
  'NAS-IPv6-Address': [95, 'ipv6'],
  'Framed-Interface-Id': [96, 'octets'],
  'Framed-IPv6-Prefix': [97, 'prefix'],
  'Framed-IPv6-Route': [99, 'text'],
  'Framed-IPv6-Pool': [100, 'text'],
  'Error-Cause': [101, 'number'],
  'Delegated-IPv6-Prefix': [123, 'prefix'],
  'Framed-IPv6-Address': [168, 'ipv6'],
  'DNS-Server-IPv6-Address': [169, 'ipv6'],
  'Delegated-IPv6-Prefix-Pool': [171, 'text'],
  'Mikrotik-Recv-Limit': [1, 'number', MIKROTIK],
  'Mikrotik-Xmit-Limit': [2, 'number', MIKROTIK],
  'Mikrotik-Group': [3, 'text', MIKROTIK],
  'Mikrotik-Rate-Limit': [8, 'text', MIKROTIK],
  'Mikrotik-Host-IP': [10, 'ipv4', MIKROTIK],
  'Mikrotik-Recv-Limit-Gigawords': [14, 'number', MIKROTIK],
  'Mikrotik-Xmit-Limit-Gigawords': [15, 'number', MIKROTIK],
  'Mikrotik-Address-List': [19, 'text', MIKROTIK],
  'Mikrotik-Delegated-IPv6-Pool': [22, 'text', MIKROTIK],
  'WISPr-Location-ID': [1, 'text', WISPR],
  'WISPr-Location-Name': [2, 'text', WISPR],
  'WISPr-Redirection-URL': [4, 'text', WISPR],
  'WISPr-Bandwidth-Min-Up': [5, 'number', WISPR],
  'WISPr-Bandwidth-Min-Down': [6, 'number', WISPR],
  'WISPr-Bandwidth-Max-Up': [7, 'number', WISPR],
  'WISPr-Bandwidth-Max-Down': [8, 'number', WISPR],
  'ERX-IPv6-Acct-Input-Octets': [151, 'number', ERX],
  'ERX-IPv6-Acct-Output-Octets': [152, 'number', ERX],
  'ERX-IPv6-Acct-Input-Gigawords': [155, 'number', ERX],
  'ERX-IPv6-Acct-Output-Gigawords': [156, 'number', ERX],
  'Huawei-Acct-IPv6-Input-Octets': [144, 'number', HUAWEI],
  'Huawei-Acct-IPv6-Output-Octets': [145, 'number', HUAWEI],
  'Huawei-Acct-IPv6-Input-Gigawords': [148, 'number', HUAWEI],
  'Huawei-Acct-IPv6-Output-Gigawords': [149, 'number', HUAWEI],
  'H3C-Acct-IPv6-Input-Octets': [144, 'number', H3C],
  'H3C-Acct-IPv6-Output-Octets': [145, 'number', H3C],
  'H3C-Acct-IPv6-Input-Gigawords': [146, 'number', H3C],
  'H3C-Acct-IPv6-Output-Gigawords': [147, 'number', H3C],
  'Acct-Input-IPv6-Octets': [220, 'number', ERICSSON_AB],
  'Acct-Output-IPv6-Octets': [221, 'number', ERICSSON_AB],
  'Acct-Input-IPv6-Gigawords': [224, 'number', ERICSSON_AB],
  'Acct-Output-IPv6-Gigawords': [225, 'number', ERICSSON_AB],
} as const satisfies Readonly<Record<string, Standard | Vendor>>;

export type AttributeName = keyof typeof DICTIONARY;

export interface AttributeDefinition {
  readonly name: string;
  readonly type: number;
  readonly kind: AttributeKind;
  readonly vendor: number | undefined;
}

const definitions: readonly AttributeDefinition[] = Object.entries<Standard | Vendor>(DICTIONARY).map(
  ([name, [type, kind, vendor]]) => ({ name, type, kind, vendor }),
);
const byName = new Map(definitions.map((definition) => [definition.name, definition]));
const byNumber = new Map(definitions.map((definition) => [numberOf(definition.type, definition.vendor), definition]));

/** How an attribute is called that has no name: `5`, or `26.14988.8` for a vendor's. */
export function numberOf(type: number, vendor?: number): string {
  return vendor === undefined ? `${type}` : `26.${vendor}.${type}`;
}

/** An attribute by its name, or by its number when it has none. */
export function definitionOf(name: string): AttributeDefinition | undefined {
  const known = byName.get(name);
  if (known) return known;
  const match = /^(?:26\.(\d{1,10})\.)?(\d{1,3})$/.exec(name);
  if (!match) return undefined;
  const type = Number(match[2]);
  const vendor = match[1] === undefined ? undefined : Number(match[1]);
  const fits = type <= 255 && (vendor === undefined ? type > 0 : vendor <= 0xffffffff);
  return fits ? { name, type, vendor, kind: 'octets' } : undefined;
}

export function definitionByNumber(type: number, vendor?: number): AttributeDefinition | undefined {
  return byNumber.get(numberOf(type, vendor));
}

/** Packet types (RFC 2865 3, RFC 2866 3, RFC 5997, RFC 5176 2.3). */
export const RADIUS_CODE = {
  AccessRequest: 1,
  AccessAccept: 2,
  AccessReject: 3,
  AccountingRequest: 4,
  AccountingResponse: 5,
  AccessChallenge: 11,
  StatusServer: 12,
  DisconnectRequest: 40,
  DisconnectAck: 41,
  DisconnectNak: 42,
  CoaRequest: 43,
  CoaAck: 44,
  CoaNak: 45,
} as const;

/** Acct-Status-Type (RFC 2866 5.1). */
export const ACCT_STATUS = { Start: 1, Stop: 2, InterimUpdate: 3, AccountingOn: 7, AccountingOff: 8 } as const;

/** Acct-Terminate-Cause (RFC 2866 5.10). */
export const TERMINATE_CAUSE = {
  UserRequest: 1,
  LostCarrier: 2,
  IdleTimeout: 4,
  SessionTimeout: 5,
  AdminReset: 6,
  NasReboot: 11,
} as const;

/** Error-Cause (RFC 5176 3.5). */
export const ERROR_CAUSE = {
  ResidualSessionContextRemoved: 201,
  UnsupportedAttribute: 401,
  MissingAttribute: 402,
  NasIdentificationMismatch: 403,
  InvalidRequest: 404,
  UnsupportedService: 405,
  UnsupportedExtension: 406,
  InvalidAttributeValue: 407,
  AdministrativelyProhibited: 501,
  RequestNotRoutable: 502,
  SessionContextNotFound: 503,
  SessionContextNotRemovable: 504,
  ResourcesUnavailable: 506,
  RequestInitiated: 507,
  MultipleSessionSelectionUnsupported: 508,
} as const;

const causeNames = new Map<number, string>(
  Object.entries(ERROR_CAUSE).map(([name, cause]) => [cause, name.replace(/(?!^)([A-Z])/g, ' $1').toLowerCase()]),
);

/** `503 session context not found`, for messages to people. */
export function describeErrorCause(cause: number): string {
  const name = causeNames.get(cause);
  return name === undefined ? `${cause}` : `${cause} ${name}`;
}
