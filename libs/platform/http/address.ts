import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { egressErrors } from './egress.errors.js';

/** IANA special-purpose registries: what is not globally reachable unicast, and what tunnels IPv4 inside IPv6. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
const PUBLIC_V6 = ['2000::/3'];
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];
/** IPv4 in disguise (with the mapped form, see below): a rule for IPv4 must neither be dodged nor stretched that way. */
const EMBEDDED_V4 = ['::/96', '64:ff9b::/96', '64:ff9b:1::/48'];

const notPublicV4 = networks(NOT_PUBLIC_V4);
const publicV6 = networks(PUBLIC_V6);
const notPublicV6 = networks(NOT_PUBLIC_V6);
const embeddedV4 = networks(EMBEDDED_V4);
/** BlockList holds IPv4 rules against mapped addresses (`::ffff:0:0/96`) by itself, so this finds every one of them. */
const everyV4 = networks(['0.0.0.0/0']);
const loopbackV6 = networks(['::1/128']);

/** @throws DomainError `egress.policy.invalid` for what is no `address/prefix`. */
export function networks(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const match = /^([0-9a-fA-F.:]+)\/(\d{1,3})$/.exec(cidr.trim());
    const address = match?.[1] ?? '';
    const prefix = Number(match?.[2]);
    if (!match || isIP(address) === 0 || prefix > (isIPv4(address) ? 32 : 128)) {
      throw egressErrors('egress.policy.invalid', { problem: `${cidr} is no network` });
    }
    list.addSubnet(address, prefix, isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}

/** Whether connecting there is allowed: global unicast, or inside an allowed network. Zone ids are refused. */
export function isAllowedAddress(address: string, allowed: BlockList): boolean {
  if (isIPv4(address)) return allowed.check(address, 'ipv4') || !notPublicV4.check(address, 'ipv4');
  if (!isIPv6(address) || address.includes('%')) return false;
  if (isDisguisedV4(address)) return false;
  if (allowed.check(address, 'ipv6')) return true;
  return publicV6.check(address, 'ipv6') && !notPublicV6.check(address, 'ipv6');
}

function isDisguisedV4(address: string): boolean {
  if (everyV4.check(address, 'ipv6')) return true;
  return embeddedV4.check(address, 'ipv6') && !loopbackV6.check(address, 'ipv6');
}
