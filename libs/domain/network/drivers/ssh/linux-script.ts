import { isIPv4 } from 'node:net';
import { networkErrors } from '../../network.errors.js';
import type { SubscriberAccess, SubscriberState } from '../device-driver.port.js';

/** Names of sets in the table `inet isp`; who is in neither is open. */
const SETS: Readonly<Record<Exclude<SubscriberAccess, 'open'>, string>> = { walled_garden: 'garden', closed: 'closed' };

export interface LinuxSettings {
  /** Interface towards the subscribers; its egress is their download. */
  readonly down: string;
  /** Interface towards the network; its egress is their upload. */
  readonly up: string;
}

/**
 * The class of an address: its last 16 bits, so one of them in each /16. 0 and the default class are nobody's.
 * @throws `network.device.misconfigured` for what has no class of its own
 */
export function classOf(address: string): number {
  if (!isIPv4(address)) throw networkErrors('network.device.misconfigured', { reason: 'it shapes IPv4 alone' });
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
  chain forward { type filter hook forward priority 0; policy accept; }
}
flush chain inet isp forward
add rule inet isp forward ip saddr @closed drop
add rule inet isp forward ip daddr @closed drop
add rule inet isp forward ip saddr @garden ip daddr != @allowed drop
add rule inet isp forward oifname "${down}" meta priority set ip daddr map @classes
add rule inet isp forward oifname "${up}" meta priority set ip saddr map @classes
ISP`;
}

/** A subscriber as the router has it: its facts stand in the comment of its map element. */
export interface SeenSubscriber {
  readonly username: string;
  readonly address: string;
  readonly vlanId: number | null;
  readonly profileName: string;
  readonly access: SubscriberAccess;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
}

const USERNAME = /^[\w.@-]{1,64}$/;
const PROFILE = /^[\w.@ -]{1,40}$/;

function commentOf({ username, vlanId, profile }: SubscriberState): string {
  if (!USERNAME.test(username) || !PROFILE.test(profile.name))
    throw networkErrors('network.device.misconfigured', { reason: 'a name does not fit a comment of nftables' });
  return `${username}|${vlanId ?? ''}|${profile.name}`;
}

/**
 * Everything that one subscriber needs, in one shell program that stops at its first failure. The firewall's part is one
 * transaction of nft; the queues are replaced, never added, so that repeating the whole changes nothing.
 */
export function applyScript(
  settings: LinuxSettings,
  wanted: SubscriberState,
  there: readonly SeenSubscriber[],
): string {
  const { address, access = 'open', profile } = wanted;
  const id = classOf(address).toString(16);
  const shape = (nic: string, kbps: number): string =>
    `tc class replace dev ${nic} parent 1: classid 1:${id} htb rate ${kbps}kbit ceil ${kbps}kbit`;
  const held = access === 'open' ? '' : `add element inet isp ${SETS[access]} { ${address} }\n`;
  const moved = there.filter((one) => one.address !== address);
  return `set -e
${baseScript(settings)}
${shape(settings.down, profile.downloadKbps)}
${shape(settings.up, profile.uploadKbps)}
nft -f - <<'ISP'
${there.map(withoutEntry).join('')}${outOfSets(address)}add element inet isp classes { ${address} comment "${commentOf(wanted)}" : 1:${id} }
${held}ISP
${moved.map((one) => withoutClass(settings, one.address)).join('\n')}
`;
}

/** Takes subscribers off again. */
export function removeScript(settings: LinuxSettings, there: readonly SeenSubscriber[]): string {
  return `set -e
${baseScript(settings)}
nft -f - <<'ISP'
${there.map(withoutEntry).join('')}ISP
${there.map((one) => withoutClass(settings, one.address)).join('\n')}
`;
}

function withoutEntry({ address }: SeenSubscriber): string {
  return `delete element inet isp classes { ${address} }\n${outOfSets(address)}`;
}

/** Adding first makes deleting what is not there no failure: both are one transaction. */
function outOfSets(address: string): string {
  const sets = Object.values(SETS);
  return sets
    .map((set) => `add element inet isp ${set} { ${address} }\ndelete element inet isp ${set} { ${address} }\n`)
    .join('');
}

function withoutClass({ down, up }: LinuxSettings, address: string): string {
  const id = classOf(address).toString(16);
  return [down, up].map((nic) => `tc class del dev ${nic} classid 1:${id} 2>/dev/null || true`).join('\n');
}

/** The table as one line of JSON (tc has no JSON of its classes), then the classes of either interface. */
export function readScript({ down, up }: LinuxSettings): string {
  return `set -e
(nft -j list table inet isp 2>/dev/null || echo '{}') | tr -d '\\n'; echo
echo down; tc class show dev ${down}
echo up; tc class show dev ${up}
`;
}

interface Table {
  readonly nftables?: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly unknown[] };
    readonly map?: {
      readonly name: string;
      readonly elem?: readonly (readonly [{ elem?: { val: string; comment?: string } }, string])[];
    };
  }[];
}

/** Every subscriber of the read-back. @throws `network.device.garbled` */
export function subscribersOf(output: string): SeenSubscriber[] {
  try {
    const [first = '', ...lines] = output.split('\n');
    const table = JSON.parse(first) as Table;
    const up = lines.indexOf('up');
    const rates = { down: ratesIn(lines.slice(0, up)), up: ratesIn(lines.slice(up)) };
    const map = table.nftables?.find((row) => row.map?.name === 'classes')?.map;
    return (map?.elem ?? []).flatMap(([key, id]) => {
      const [username = '', vlan = '', profileName = ''] = key.elem?.comment?.split('|') ?? [];
      const address = key.elem?.val ?? '';
      if (!username || !address) return [];
      const speeds = { downloadKbps: rates.down.get(id) ?? 0, uploadKbps: rates.up.get(id) ?? 0 };
      return [
        {
          username,
          address,
          vlanId: vlan ? Number(vlan) : null,
          profileName,
          access: accessIn(table, address),
          ...speeds,
        },
      ];
    });
  } catch (error) {
    throw networkErrors('network.device.garbled', {}, { cause: error });
  }
}

const UNITS: Readonly<Record<string, number>> = { '': 0.001, K: 1, M: 1_000, G: 1_000_000 };

function ratesIn(lines: readonly string[]): Map<string, number> {
  const found = lines.map((line) => /^class htb (\S+) .*?\brate (\d+(?:\.\d+)?)([KMG]?)bit/.exec(line));
  return new Map(
    found.flatMap((match) => (match ? [[match[1] ?? '', Number(match[2]) * (UNITS[match[3] ?? ''] ?? 0)]] : [])),
  );
}

function accessIn(table: Table, address: string): SubscriberAccess {
  const isIn = (name: string): boolean =>
    table.nftables?.some(({ set }) => set?.name === name && set.elem?.includes(address)) ?? false;
  if (isIn(SETS.closed)) return 'closed';
  return isIn(SETS.walled_garden) ? 'walled_garden' : 'open';
}
