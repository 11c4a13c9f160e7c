import { Injectable } from '@nestjs/common';
import type {
  DeviceRef,
  PlannedChange,
  SubscriberAccess,
  SubscriberDriver,
  SubscriberState,
} from '../device-driver.port.js';
import { plannedChanges } from '../planned-changes.js';
import { RouterOsClient } from './routeros-client.js';

/** PPP profiles that the router must have, by what a subscriber may reach; `settings.routeros.profiles` renames them. */
const PROFILES: Readonly<Record<SubscriberAccess, string>> = {
  open: 'isp',
  walled_garden: 'isp-garden',
  closed: 'isp',
};

/**
 * MikroTik RouterOS over its API: a subscriber is a PPP secret, disabled when closed, with its facts in the comment and
 * its rate as RouterOS writes it. Tested against the protocol, not against a device.
 */
@Injectable()
export class RouterOsRouter implements SubscriberDriver {
  readonly name = 'routeros-api';

  async plan(device: DeviceRef, wanted: SubscriberState, signal: AbortSignal): Promise<readonly PlannedChange[]> {
    return plannedChanges(await this.readBack(device, wanted.username, signal), wanted);
  }

  /** Setting what is there and adding what is not: repeating it changes nothing. */
  apply(device: DeviceRef, _stepKey: string, wanted: SubscriberState, signal: AbortSignal): Promise<void> {
    return talk(device, signal, async (client) => {
      const facts = wordsOf(device, wanted);
      const [there] = await secretsOf(client, wanted.username);
      if (there) await client.ask(['/ppp/secret/set', `=.id=${there['.id'] ?? ''}`, ...facts]);
      else await client.ask(['/ppp/secret/add', `=name=${wanted.username}`, '=service=pppoe', ...facts]);
    });
  }

  readBack(device: DeviceRef, username: string, signal: AbortSignal): Promise<SubscriberState | undefined> {
    return talk(device, signal, async (client) => {
      const [there] = await secretsOf(client, username);
      return there && stateOf(device, username, there);
    });
  }

  remove(device: DeviceRef, _stepKey: string, username: string, signal: AbortSignal): Promise<void> {
    return talk(device, signal, async (client) => {
      for (const there of await secretsOf(client, username))
        await client.ask(['/ppp/secret/remove', `=.id=${there['.id'] ?? ''}`]);
    });
  }
}

async function talk<T>(
  device: DeviceRef,
  signal: AbortSignal,
  work: (client: RouterOsClient) => Promise<T>,
): Promise<T> {
  const client = await RouterOsClient.open(device, signal);
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

const secretsOf = (client: RouterOsClient, username: string) => client.ask(['/ppp/secret/print', `?name=${username}`]);

function profilesOf(device: DeviceRef): Readonly<Record<SubscriberAccess, string>> {
  const { profiles = {} } = (device.settings['routeros'] ?? {}) as { profiles?: Partial<typeof PROFILES> };
  return { ...PROFILES, ...profiles };
}

/** Upload first: RouterOS rates are from the router's side, rx/tx. */
function wordsOf(device: DeviceRef, { address, vlanId, profile, access = 'open' }: SubscriberState): string[] {
  const facts = [profile.name, vlanId ?? '', `${profile.uploadKbps}k/${profile.downloadKbps}k`].join('|');
  return [
    `=remote-address=${address}`,
    `=profile=${profilesOf(device)[access]}`,
    `=disabled=${access === 'closed' ? 'yes' : 'no'}`,
    `=comment=${facts}`,
  ];
}

function stateOf(device: DeviceRef, username: string, secret: Readonly<Record<string, string>>): SubscriberState {
  const [name = '', vlan = '', rate = ''] = (secret['comment'] ?? '').split('|');
  const [, up, down] = /^(\d+)k\/(\d+)k$/.exec(rate) ?? [];
  const garden = secret['profile'] === profilesOf(device).walled_garden;
  const off = secret['disabled'] === 'yes' || secret['disabled'] === 'true';
  return {
    username,
    address: secret['remote-address'] ?? '',
    vlanId: vlan ? Number(vlan) : null,
    access: off ? 'closed' : garden ? 'walled_garden' : 'open',
    profile: { name, downloadKbps: Number(down ?? 0), uploadKbps: Number(up ?? 0) },
  };
}
