import { lookup, Resolver as DnsResolver } from 'node:dns/promises';
import { isIP, isIPv4 } from 'node:net';
import { isAllowedAddress, networks } from './address.js';
import { egressErrors } from './egress.errors.js';

/** What an operator allows beyond https to public addresses on ports 443 and 8443. */
export interface EgressPolicy {
  readonly allowHttp?: boolean;
  readonly allowAnyPort?: boolean;
  /** Networks that may be reached although they are not public, such as `10.20.0.0/16` or `::1/128`. */
  readonly allowedCidrs?: readonly string[];
}

export interface ResolvedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** All addresses of a host name; rejects or answers none when there is none. */
export type Resolver = (hostname: string, policy: EgressPolicy) => Promise<readonly ResolvedAddress[]>;

const PORTS = new Set(['', '443', '8443']);
const MAX_URL_LENGTH = 2048;
/** Scheme, authority (no user, no escapes), rest. The parser forgives far more than this. */
const SHAPE = /^(https?):\/\/([^/?#\\@%]+)([/?#].*)?$/i;
const BLANKS_OR_CONTROLS = /[\u0000-\u0020\u007f-\u00a0\u00ad\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff\\]/;
const FOREIGN_DOTS = /[\u3002\uff0e\uff61]/;
const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;
const LOOPBACK: readonly ResolvedAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Checks a URL without asking the network, as when a webhook is registered: scheme, port, no user, a host that is a
 * plain name or a literal address one may connect to.
 * @throws DomainError `egress.destination.refused`
 */
export function checkDestination(text: string, policy: EgressPolicy): URL {
  if (text.length > MAX_URL_LENGTH) throw refused(`it is longer than ${MAX_URL_LENGTH} characters`);
  if (BLANKS_OR_CONTROLS.test(text)) throw refused('it contains blanks, backslashes or control characters');
  const match = SHAPE.exec(text);
  if (!match) throw refused('it must be https://host/path without user, password or escapes in the host');
  const url = parse(text);
  if (url.protocol !== 'https:' && !policy.allowHttp) throw refused('it must be https');
  if (url.username !== '' || url.password !== '') throw refused('it must not name a user');
  checkPort(url, policy);
  checkHost(url, match[2] as string, policy);
  return url;
}

/**
 * All addresses of a checked URL's host. One that may not be reached refuses the whole name: a mixture is how
 * rebinding looks.
 * @throws DomainError `egress.destination.refused`, `egress.dns.failed`
 */
export async function resolveDestination(
  url: URL,
  policy: EgressPolicy,
  resolve: Resolver = resolveByDns,
): Promise<readonly ResolvedAddress[]> {
  const host = bareHost(url);
  const family = isIP(host);
  const addresses =
    family === 0 ? await resolveName(host, policy, resolve) : [{ address: host, family: family as 4 | 6 }];
  const allowed = networks(policy.allowedCidrs ?? []);
  if (!addresses.every(({ address }) => isAllowedAddress(address, allowed))) {
    throw refused('its host has an address that is not public');
  }
  return addresses;
}

/** The host without the brackets of an IPv6 literal. */
export function bareHost(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1');
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch {
    throw refused('it is not a URL');
  }
}

function checkPort(url: URL, policy: EgressPolicy): void {
  const standard = PORTS.has(url.port) || (url.port === '80' && url.protocol === 'http:');
  if (url.port === '0' || (!standard && !policy.allowAnyPort)) throw refused('its port must be 443 or 8443');
  if (url.protocol === 'http:' && !policy.allowHttp) throw refused('it must be https');
}

function checkHost(url: URL, authority: string, policy: EgressPolicy): void {
  const host = bareHost(url);
  const allowed = networks(policy.allowedCidrs ?? []);
  const written = authority.replace(/:\d*$/, '').toLowerCase();
  if (isIP(host) !== 0) {
    if (isIPv4(host) && written !== host) throw refused('its address is written in an unusual way');
    if (!isAllowedAddress(host, allowed)) throw refused('its address is not public');
    return;
  }
  if (FOREIGN_DOTS.test(authority)) throw refused('its host is written in an unusual way');
  const labels = host.split('.');
  if (host.length > 253 || !labels.every((label) => LABEL.test(label))) throw refused('its host is not a plain name');
  if (isLocalhost(host)) {
    if (!LOOPBACK.some(({ address }) => isAllowedAddress(address, allowed))) throw refused('its address is not public');
  } else if (labels.length < 2 && (policy.allowedCidrs ?? []).length === 0)
    throw refused('its host is not a full name');
}

/** RFC 6761: these names mean the machine itself, whatever a name server says. */
function isLocalhost(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

async function resolveName(host: string, policy: EgressPolicy, resolve: Resolver): Promise<readonly ResolvedAddress[]> {
  if (isLocalhost(host)) {
    const allowed = networks(policy.allowedCidrs ?? []);
    const usable = LOOPBACK.filter(({ address }) => isAllowedAddress(address, allowed));
    return usable.length > 0 ? usable : LOOPBACK;
  }
  let addresses: readonly ResolvedAddress[];
  try {
    addresses = await resolve(host, policy);
  } catch (cause) {
    throw egressErrors('egress.dns.failed', {}, { cause });
  }
  if (addresses.length === 0) throw egressErrors('egress.dns.failed');
  return addresses;
}

/**
 * Asks the name servers directly, because the system's resolver occupies a thread for as long as a slow server likes.
 * Names that only the machine's hosts file knows are found where private networks are allowed at all.
 */
const resolveByDns: Resolver = async (hostname, policy) => {
  const dns = new DnsResolver({ timeout: 2000, tries: 2 });
  const [v4, v6] = await Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)]);
  const found: ResolvedAddress[] = [
    ...(v4.status === 'fulfilled' ? v4.value : []).map((address) => ({ address, family: 4 as const })),
    ...(v6.status === 'fulfilled' ? v6.value : []).map((address) => ({ address, family: 6 as const })),
  ];
  if (found.length > 0) return found;
  if ((policy.allowedCidrs ?? []).length === 0) throw v4.status === 'rejected' ? v4.reason : new Error('no addresses');
  const local = await lookup(hostname, { all: true });
  return local.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
};

function refused(problem: string) {
  return egressErrors('egress.destination.refused', { problem });
}
