import { isIPv4 } from 'node:net';
import { networkErrors } from '../../network.errors.js';
import type { SubscriberState } from '../device-driver.port.js';
import { prefixesOf } from '../planned-changes.js';
import { type LinuxSettings, type SeenRouter, type SeenSubscriber, SETS } from './linux-readback.js';

/**
 * The class of a subscriber: the last 16 bits of its IPv4 address, so one of them in each /16. Its IPv6 prefixes share it.
 * 0 and the default class are nobody's.
 * @throws `network.device.misconfigured` for what has no class of its own
 */
export function classOf(address: string): number {
  if (!isIPv4(address))
    throw networkErrors('network.device.misconfigured', {
      reason: 'a subscriber needs an IPv4 address to have a class',
    });
  const [, , third = 0, fourth = 0] = address.split('.').map(Number);
  const number = third * 256 + fourth;
  if (number === 0 || number >= 0xfffe)
    throw networkErrors('network.device.misconfigured', { reason: 'the address has no class' });
  return number;
}

/** Tables, chains and queues as they must be before a subscriber is configured; repeating it changes nothing. */
function baseScript({ down, up }: LinuxSettings): string {
  const queue = (nic: string): string =>
    `tc qdisc show dev ${nic} root | grep -q 'htb 1:' || tc qdisc replace dev ${nic} root handle 1: htb default fffe`;
  return `${queue(down)}\n${queue(up)}\nnft -f - <<'ISP'
table inet isp {
  set garden { type ipv4_addr; }
  set closed { type ipv4_addr; }
  set allowed { type ipv4_addr; flags interval; }
  map classes { type ipv4_addr : classid; }
  set garden6 { type ipv6_addr; flags interval; }
  set closed6 { type ipv6_addr; flags interval; }
  set allowed6 { type ipv6_addr; flags interval; }
  map classes6 { type ipv6_addr : classid; flags interval; }
  chain forward { type filter hook forward priority 0; policy accept; }
}
flush chain inet isp forward
add rule inet isp forward ip saddr @closed drop
add rule inet isp forward ip daddr @closed drop
add rule inet isp forward ip saddr @garden ip daddr != @allowed drop
add rule inet isp forward ip6 saddr @closed6 drop
add rule inet isp forward ip6 daddr @closed6 drop
add rule inet isp forward ip6 saddr @garden6 ip6 daddr != @allowed6 drop
add rule inet isp forward oifname "${down}" meta priority set ip daddr map @classes
add rule inet isp forward oifname "${up}" meta priority set ip saddr map @classes
add rule inet isp forward oifname "${down}" meta priority set ip6 daddr map @classes6
add rule inet isp forward oifname "${up}" meta priority set ip6 saddr map @classes6
ISP`;
}

const USERNAME = /^[\w.@-]{1,64}$/;
const PROFILE = /^[\w.@ -]{1,40}$/;
const PREFIX = /^[0-9a-f:.]{2,45}\/\d{1,3}$/;

function commentOf({ username, vlanId, profile }: SubscriberState): string {
  if (!USERNAME.test(username) || !PROFILE.test(profile.name))
    throw networkErrors('network.device.misconfigured', { reason: 'a name does not fit a comment of nftables' });
  return `${username}|${vlanId ?? ''}|${profile.name}`;
}

/** Map elements of a subscriber's prefixes, with which of both each is. */
function prefixElements(id: string, { username, ipv6Prefix, delegatedPrefix }: SubscriberState): string {
  const kinds = { link: ipv6Prefix, delegated: delegatedPrefix };
  return Object.entries(kinds)
    .flatMap(([kind, prefix]) =>
      prefix ? [`add element inet isp classes6 { ${prefix} comment "${username}|${kind}" : 1:${id} }\n`] : [],
    )
    .join('');
}

function refuseMalformed(prefixes: readonly string[]): void {
  if (!prefixes.every((prefix) => PREFIX.test(prefix)))
    throw networkErrors('network.device.misconfigured', { reason: 'an IPv6 prefix is none' });
}

/**
 * Everything that one subscriber needs, in one shell program that stops at its first failure. The firewall's part is one
 * transaction of nft; the queues are replaced, never added, so that repeating the whole changes nothing.
 */
export function applyScript(settings: LinuxSettings, wanted: SubscriberState, router: SeenRouter): string {
  const { address, access = 'open', profile } = wanted;
  const prefixes = prefixesOf(wanted);
  refuseMalformed(prefixes);
  const taken = new Set([address, ...prefixes]);
  const there = router.subscribers.filter(
    (one) => one.username === wanted.username || [one.address, ...prefixesOf(one)].some((place) => taken.has(place)),
  );
  const id = classOf(address).toString(16);
  const shape = (nic: string, kbps: number): string =>
    `tc class replace dev ${nic} parent 1: classid 1:${id} htb rate ${kbps}kbit ceil ${kbps}kbit`;
  const held =
    access === 'open'
      ? []
      : [`${SETS[access]} { ${address} }`, ...prefixes.map((prefix) => `${SETS[access]}6 { ${prefix} }`)];
  const moved = there.filter((one) => one.address !== address);
  return `set -e
${baseScript(settings)}
${shape(settings.down, profile.downloadKbps)}
${shape(settings.up, profile.uploadKbps)}
nft -f - <<'ISP'
${withoutEntries(there)}${outOfSets(address)}${withoutPrefixes(router, there, prefixes)}add element inet isp classes { ${address} comment "${commentOf(wanted)}" : 1:${id} }
${prefixElements(id, wanted)}${held.map((element) => `add element inet isp ${element}\n`).join('')}ISP
${moved.map((one) => withoutClass(settings, one.address)).join('\n')}
`;
}

/** Takes subscribers off again. */
export function removeScript(settings: LinuxSettings, router: SeenRouter, there: readonly SeenSubscriber[]): string {
  return `set -e
${baseScript(settings)}
nft -f - <<'ISP'
${withoutEntries(there)}${withoutPrefixes(router, there)}ISP
${there.map((one) => withoutClass(settings, one.address)).join('\n')}
`;
}

const withoutEntries = (there: readonly SeenSubscriber[]): string =>
  there.map(({ address }) => `delete element inet isp classes { ${address} }\n${outOfSets(address)}`).join('');

/** Adding first makes deleting what is not there no failure: both are one transaction. */
function outOfSets(address: string): string {
  return Object.values(SETS)
    .map((set) => `add element inet isp ${set} { ${address} }\ndelete element inet isp ${set} { ${address} }\n`)
    .join('');
}

/** Of prefixes nft cannot add and delete one in one transaction, so what was seen there is deleted, and nothing else. */
function withoutPrefixes(router: SeenRouter, there: readonly SeenSubscriber[], wanted: readonly string[] = []): string {
  const concerned = new Set([...wanted, ...there.flatMap(prefixesOf)]);
  return router.prefixes
    .filter(({ prefix }) => concerned.has(prefix))
    .map(({ within, prefix }) => `delete element inet isp ${within} { ${prefix} }\n`)
    .join('');
}

function withoutClass({ down, up }: LinuxSettings, address: string): string {
  const id = classOf(address).toString(16);
  return [down, up].map((nic) => `tc class del dev ${nic} classid 1:${id} 2>/dev/null || true`).join('\n');
}
