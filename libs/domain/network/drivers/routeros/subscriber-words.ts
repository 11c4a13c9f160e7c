import type { DeviceRef, SubscriberAccess, SubscriberState } from '../device-driver.port.js';
import { prefixesOf } from '../planned-changes.js';

type Attributes = Readonly<Record<string, string>>;

/** PPP profiles that the router must have, by what a subscriber may reach; `settings.routeros.profiles` renames them. */
const PROFILES: Readonly<Record<SubscriberAccess, string>> = {
  open: 'isp',
  walled_garden: 'isp-garden',
  closed: 'isp',
};

interface RouterOsSettings {
  readonly profiles?: Partial<typeof PROFILES>;
  /** Who limits the rate: a simple queue of ours, or the one that RouterOS makes of RADIUS's Mikrotik-Rate-Limit. */
  readonly limit?: 'queue' | 'radius';
}

const settingsOf = (device: DeviceRef): RouterOsSettings => device.settings['routeros'] ?? {};
const profilesOf = (device: DeviceRef) => ({ ...PROFILES, ...settingsOf(device).profiles });

export const hasQueues = (device: DeviceRef): boolean => settingsOf(device).limit !== 'radius';

/** RouterOS counts from the router's side: received from the subscriber first, so upload before download. */
const rateOf = ({ profile }: SubscriberState): string => `${profile.uploadKbps}k/${profile.downloadKbps}k`;

/** Of `/ppp/secret`. What RouterOS has no field for stands in the comment. */
export function secretWords(device: DeviceRef, wanted: SubscriberState): string[] {
  const { address, vlanId, profile, ipv6Prefix, delegatedPrefix, access = 'open' } = wanted;
  return [
    `=remote-address=${address}`,
    ...(ipv6Prefix ? [`=remote-ipv6-prefix=${ipv6Prefix}`] : []),
    `=profile=${profilesOf(device)[access]}`,
    `=disabled=${access === 'closed' ? 'yes' : 'no'}`,
    `=comment=${[profile.name, vlanId ?? '', rateOf(wanted), delegatedPrefix ?? ''].join('|')}`,
  ];
}

/** The name of a subscriber's queue; those in angle brackets are RouterOS's own. */
export const queueName = (username: string): string => `isp-${username}`;

/** Of `/queue/simple`: one limit for all that the subscriber has, IPv4 and IPv6 together. */
export function queueWords(wanted: SubscriberState): string[] {
  return [`=target=${targetsOf(wanted).join(',')}`, `=max-limit=${rateOf(wanted)}`, '=disabled=no'];
}

const targetsOf = (state: SubscriberState): string[] => [`${state.address}/32`, ...prefixesOf(state)];

/**
 * What the router does for a user name. The rate is the queue's, and none where the queue is off or misses an address:
 * what is not limited as it was sold is not what was wanted.
 */
export function stateOf(
  device: DeviceRef,
  username: string,
  secret: Attributes,
  queue: Attributes | undefined,
): SubscriberState {
  const [name = '', vlan = '', noted = '', delegated = ''] = (secret['comment'] ?? '').split('|');
  const off = isYes(secret['disabled']);
  const garden = secret['profile'] === profilesOf(device).walled_garden;
  const state = {
    username,
    address: secret['remote-address'] ?? '',
    ipv6Prefix: secret['remote-ipv6-prefix'] || null,
    delegatedPrefix: delegated || null,
    vlanId: vlan ? Number(vlan) : null,
    access: off ? ('closed' as const) : garden ? ('walled_garden' as const) : ('open' as const),
  };
  const profile = { name, downloadKbps: 0, uploadKbps: 0 };
  const limit = hasQueues(device) ? limitOf(queue, targetsOf({ ...state, profile })) : noted;
  const [uploadKbps = 0, downloadKbps = 0] = limit.split('/').map(kbpsOf);
  return { ...state, profile: { name, downloadKbps, uploadKbps } };
}

function limitOf(queue: Attributes | undefined, targets: readonly string[]): string {
  if (!queue || isYes(queue['disabled'])) return '';
  const covered = new Set((queue['target'] ?? '').split(','));
  return targets.every((target) => covered.has(target)) ? (queue['max-limit'] ?? '') : '';
}

const isYes = (text: string | undefined): boolean => text === 'yes' || text === 'true';
const FACTORS: Readonly<Record<string, number>> = { '': 0.001, k: 1, M: 1_000, G: 1_000_000 };

/** `20M`, `20000k` and `20000000` are the same rate: RouterOS takes all and answers in bits. */
function kbpsOf(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([kMG]?)$/.exec(text) ?? [];
  return digits === undefined ? 0 : Number(digits) * (FACTORS[unit] ?? 0);
}
