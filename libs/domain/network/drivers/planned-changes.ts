import type { PlannedChange, SubscriberState } from './device-driver.port.js';

/** The IPv6 prefixes of a subscriber. */
export const prefixesOf = ({ ipv6Prefix, delegatedPrefix }: Pick<SubscriberState, 'ipv6Prefix' | 'delegatedPrefix'>) =>
  [ipv6Prefix, delegatedPrefix].filter((prefix): prefix is string => typeof prefix === 'string');

type Told = Readonly<Record<PlannedChange['what'], string>>;

function told(state: SubscriberState): Told {
  const { profile, vlanId } = state;
  return {
    subscriber: state.username,
    address: state.address,
    prefixes: prefixesOf(state).join(' ') || 'none',
    vlan: vlanId === null ? 'untagged' : String(vlanId),
    rate: `${profile.downloadKbps}/${profile.uploadKbps} kbit/s`,
    access: state.access ?? 'open',
  };
}

/** What separates a device from what it is to do; empty when nothing does. */
export function plannedChanges(seen: SubscriberState | undefined, wanted: SubscriberState): readonly PlannedChange[] {
  const to = told(wanted);
  if (!seen) return [{ what: 'subscriber', from: null, to: to.subscriber }];
  const from = told(seen);
  const kinds = Object.keys(to) as PlannedChange['what'][];
  return kinds.filter((what) => from[what] !== to[what]).map((what) => ({ what, from: from[what], to: to[what] }));
}
