import { networkErrors } from '../../network.errors.js';
import type { SubscriberAccess } from '../device-driver.port.js';
import { prefixesOf } from '../planned-changes.js';

/** Names of sets in the table `inet isp`, those of IPv6 end in 6; who is in neither is open. */
export const SETS: Readonly<Record<Exclude<SubscriberAccess, 'open'>, string>> = {
  walled_garden: 'garden',
  closed: 'closed',
};

export interface LinuxSettings {
  /** Interface towards the subscribers; its egress is their download. */
  readonly down: string;
  /** Interface towards the network; its egress is their upload. */
  readonly up: string;
}

/** A subscriber as the router has it: its facts stand in the comment of its map element. */
export interface SeenSubscriber {
  readonly username: string;
  readonly address: string;
  readonly ipv6Prefix: string | null;
  readonly delegatedPrefix: string | null;
  readonly vlanId: number | null;
  readonly profileName: string;
  readonly access: SubscriberAccess;
  readonly downloadKbps: number;
  readonly uploadKbps: number;
}

/** What a router has of ours. */
export interface SeenRouter {
  readonly subscribers: readonly SeenSubscriber[];
  /** Every IPv6 prefix, and the set or map that it is in. */
  readonly prefixes: readonly { readonly within: string; readonly prefix: string }[];
}

/** The table as one line of JSON (tc has no JSON of its classes), then the classes of either interface. */
export function readScript({ down, up }: LinuxSettings): string {
  return `set -e
(nft -j list table inet isp 2>/dev/null || echo '{}') | tr -d '\\n'; echo
echo down; tc class show dev ${down}
echo up; tc class show dev ${up}
`;
}

/** An address, or a prefix as nft writes it; a prefix of one address comes as that address. */
type Value = string | { readonly prefix?: { readonly addr: string; readonly len: number } };
interface Element {
  readonly val: Value;
  readonly comment?: string;
}

interface Table {
  readonly nftables?: readonly {
    readonly set?: { readonly name: string; readonly elem?: readonly (Value | { readonly elem?: Element })[] };
    readonly map?: { readonly name: string; readonly elem?: readonly (readonly [{ elem?: Element }, string])[] };
  }[];
}

function textOf(value: Value): string {
  if (typeof value === 'string') return value.includes(':') ? `${value}/128` : value;
  return value.prefix ? `${value.prefix.addr}/${value.prefix.len}` : '';
}

/** An element of a map: what it is keyed by, its comment and its class. */
interface Entry {
  readonly key: string;
  readonly comment: readonly string[];
  readonly id: string;
}

function entriesOf(table: Table, name: string): Entry[] {
  const map = table.nftables?.find((row) => row.map?.name === name)?.map;
  return (map?.elem ?? []).flatMap(([key, id]) =>
    key.elem ? [{ key: textOf(key.elem.val), comment: key.elem.comment?.split('|') ?? [], id }] : [],
  );
}

/** What the read-back says. @throws `network.device.garbled` */
export function seenRouterOf(output: string): SeenRouter {
  try {
    const [first = '', ...lines] = output.split('\n');
    const table = JSON.parse(first) as Table;
    const up = lines.indexOf('up');
    const rates = { down: ratesIn(lines.slice(0, up)), up: ratesIn(lines.slice(up)) };
    const prefixes = new Map(entriesOf(table, 'classes6').map((entry) => [entry.comment.join('|'), entry]));
    const subscribers = entriesOf(table, 'classes').flatMap((entry) => subscriberOf(table, entry, prefixes, rates));
    const sets = Object.values(SETS).map((set) => `${set}6`);
    const inSets = sets.flatMap((within) => [...membersOf(table, within)].map((prefix) => ({ within, prefix })));
    const inMap = entriesOf(table, 'classes6').map(({ key: prefix }) => ({ within: 'classes6', prefix }));
    return { subscribers, prefixes: [...inSets, ...inMap] };
  } catch (error) {
    throw networkErrors('network.device.garbled', {}, { cause: error });
  }
}

function subscriberOf(
  table: Table,
  { key: address, comment, id }: Entry,
  prefixes: ReadonlyMap<string, Entry>,
  rates: Readonly<Record<'down' | 'up', ReadonlyMap<string, number>>>,
): SeenSubscriber[] {
  const [username = '', vlan = '', profileName = ''] = comment;
  if (!username || !address) return [];
  const [link, delegated] = [prefixes.get(`${username}|link`), prefixes.get(`${username}|delegated`)];
  const held = { ipv6Prefix: link?.key ?? null, delegatedPrefix: delegated?.key ?? null };
  // A prefix in the class of somebody else has not the rate that was sold.
  const isOneClass = [link, delegated].every((entry) => entry === undefined || entry.id === id);
  const rateOf = (way: 'down' | 'up'): number => (isOneClass ? (rates[way].get(id) ?? 0) : 0);
  const speeds = { downloadKbps: rateOf('down'), uploadKbps: rateOf('up') };
  const access = accessIn(table, [address, ...prefixesOf(held)]);
  return [{ username, address, ...held, vlanId: vlan ? Number(vlan) : null, profileName, access, ...speeds }];
}

const UNITS: Readonly<Record<string, number>> = { '': 0.001, K: 1, M: 1_000, G: 1_000_000 };

function ratesIn(lines: readonly string[]): Map<string, number> {
  const found = lines.map((line) => /^class htb (\S+) .*?\brate (\d+(?:\.\d+)?)([KMG]?)bit/.exec(line));
  return new Map(
    found.flatMap((match) => (match ? [[match[1] ?? '', Number(match[2]) * (UNITS[match[3] ?? ''] ?? 0)]] : [])),
  );
}

/** What all of them are; where one is open and another is not, nobody may do with it as was wanted: it counts as open. */
function accessIn(table: Table, places: readonly string[]): SubscriberAccess {
  const areIn = (name: string): boolean => {
    const all = new Set([...membersOf(table, name), ...membersOf(table, `${name}6`)]);
    return places.every((place) => all.has(place));
  };
  if (areIn(SETS.closed)) return 'closed';
  return areIn(SETS.walled_garden) ? 'walled_garden' : 'open';
}

function membersOf(table: Table, name: string): string[] {
  const elements = table.nftables?.find(({ set }) => set?.name === name)?.set?.elem ?? [];
  return elements.map((element) => textOf(valueOf(element)));
}

function valueOf(element: Value | { readonly elem?: Element }): Value {
  return typeof element === 'object' && 'elem' in element && element.elem ? element.elem.val : (element as Value);
}
